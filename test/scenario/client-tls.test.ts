/** What a client tunnel offers, and the words for servers that want something else (docs/compatibility/credentials.md, 3). */
import assert from "node:assert/strict"
import { createServer } from "node:net"
import type { TlsOptions } from "node:tls"
import { Changes } from "../support/Changes.ts"
import { type ClientHello, numbers, readClientHello, sharedGroups } from "../support/ClientHello.ts"
import { type Endpoint, socketAddress, textOf } from "../support/Endpoint.ts"
import { connectPlain } from "../support/Peer.ts"
import { Program } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import { tlsServer } from "../support/TlsServer.ts"
import { ca, clientTunnel, foreignCa, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

/** Dials a server that says nothing, and reads what it is told. */
const helloOf = async (stage: Stage, words: ReadonlyArray<string>): Promise<ClientHello> => {
  const endpoint: Endpoint = await stage.tcp()
  const changes = new Changes()
  let received = Buffer.alloc(0)
  const silent = createServer((socket) => {
    socket.on("error", () => {})
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk])
      changes.notify()
    })
    stage.defer(() => void socket.destroy())
  })
  await new Promise<void>((resolve) => silent.listen(socketAddress(endpoint), resolve))
  stage.defer(() => new Promise((resolve) => silent.close(resolve)))
  const tunnel = await (await clientTunnel(stage))
    .localTarget({ endpoint })
    .args(...words)
    .start()
  await connectPlain(stage, tunnel.listen)
  return changes.until(
    () => readClientHello(received),
    () => "a ClientHello"
  )
}

const extension = {
  serverName: 0,
  groups: 10,
  alpn: 16,
  ticket: 35,
  versions: 43,
  earlyData: 42,
  keyShare: 51
} as const
const tls13 = [0x1301, 0x1302, 0x1303]
const aes = [0xc02b, 0xc02f, 0xc02c, 0xc030]
const chacha = [0xcca9, 0xcca8]
const renegotiationInfo = 0x00ff

const offers =
  (words: ReadonlyArray<string>, suites: ReadonlyArray<number>, versions: ReadonlyArray<number> | undefined) =>
  async (stage: Stage) => {
    const hello = await helloOf(stage, words)
    assert.deepEqual(
      hello.suites.filter((each) => each !== renegotiationInfo),
      suites
    )
    assert.deepEqual(hello.compressions, [0])
    const list = hello.extensions.get(extension.versions)
    assert.deepEqual(list === undefined ? undefined : numbers(list, 1), versions)
    const { alpn, earlyData, ticket } = extension
    for (const unwanted of [alpn, earlyData, ticket]) assert.equal(hello.extensions.has(unwanted), false, `${unwanted}`)
    assert.match(hello.extensions.get(extension.serverName)?.toString("latin1") ?? "", /localhost$/)
    if (versions?.includes(0x0304)) {
      assert.deepEqual(numbers(hello.extensions.get(extension.groups) ?? Buffer.alloc(0), 2), [0x11ec, 29, 23, 24, 25])
      assert.deepEqual(sharedGroups(hello.extensions.get(extension.keyShare) ?? Buffer.alloc(0)), [0x11ec, 29])
    }
  }

const reaches = (settings: TlsOptions) => async (stage: Stage) => {
  const server = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), echo: true, settings })
  const tunnel = await (await clientTunnel(stage)).localTarget(server).start()
  await (await connectPlain(stage, tunnel.listen)).echo("negotiated")
}

const fails = (settings: TlsOptions, phrase: RegExp) => async (stage: Stage) => {
  const server = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), settings })
  const tunnel = await (await clientTunnel(stage)).localTarget(server).start()
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.eof()
  await tunnel.waitForLine(new RegExp(`error on dial: ${phrase.source}$`))
  assert.equal(server.connections.length, 0)
}

/** OpenSSL's own server, which trusts none of our authorities. */
const distrusted = (version: "tls1_2" | "tls1_3", phrase: RegExp) => async (stage: Stage) => {
  const endpoint = await stage.tcp()
  const { certPath, keyPath } = await serverIdentity()
  const files = ["-cert", certPath, "-key", keyPath, "-CAfile", (await foreignCa()).certPath]
  const verify = ["-Verify", "1", "-verify_return_error", `-${version}`]
  const server = new Program(stage, "openssl", ["s_server", "-accept", textOf(endpoint), ...files, ...verify])
  await server.waitForLine(/ACCEPT/)
  const tunnel = await (await clientTunnel(stage)).localTarget({ endpoint }).start()
  await (await connectPlain(stage, tunnel.listen)).eof()
  await tunnel.waitForLine(new RegExp(`${phrase.source}: remote error: tls: unknown certificate authority$`))
}

export const clientTls: ReadonlyArray<Scenario> = [
  scenario("client-tls-offers", "data-path", offers([], [...tls13, ...aes, ...chacha], [0x0304, 0x0303])),
  scenario(
    "client-tls-offers-chacha",
    "data-path",
    offers(["--cipher-suites=CHACHA"], [...tls13, ...chacha], [0x0304, 0x0303])
  ),
  scenario(
    "client-tls-offers-tls12",
    "data-path",
    offers(["--max-tls-version=TLS1.2"], [...aes, ...chacha], undefined)
  ),
  scenario("client-tls-post-quantum-only", "data-path", reaches({ ecdhCurve: "X25519MLKEM768" })),
  scenario("client-tls-p-256-only", "data-path", reaches({ ecdhCurve: "P-256" })),
  scenario("client-tls-tls12", "data-path", reaches({ maxVersion: "TLSv1.2" })),
  scenario(
    "client-tls-no-group",
    "data-path",
    fails({ ecdhCurve: "X448", minVersion: "TLSv1.3" }, /remote error: tls: handshake failure/)
  ),
  scenario(
    "client-tls-no-suite",
    "data-path",
    fails({ ciphers: "ECDHE-ECDSA-AES128-SHA", maxVersion: "TLSv1.2" }, /remote error: tls: handshake failure/)
  ),
  scenario("client-tls-distrusted-tls12", "data-path", distrusted("tls1_2", /error on dial/)),
  scenario("client-tls-distrusted-tls13", "data-path", distrusted("tls1_3", /error during copy/)),
  scenario(
    "client-tls-old-server",
    "data-path",
    fails(
      { minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT:@SECLEVEL=0" },
      /remote error: tls: protocol version not supported/
    )
  )
]

runTopic("client-tls", clientTls)
