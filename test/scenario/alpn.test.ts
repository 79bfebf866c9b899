/** Application protocols: what both ends name, what they agree on, and what becomes of those that do not (RFC 7301). */
import assert from "node:assert/strict"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { textOf } from "../support/Endpoint.ts"
import { headerBackend } from "../support/HeaderBackend.ts"
import { waitForRow } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import { runTool } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import { tlsServer } from "../support/TlsServer.ts"
import { ca, clientIdentity, clientTunnel, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

const versions = { tls12: "TLSv1.2", tls13: "TLSv1.3" } as const
const alpnType = 0x01

/** What `openssl s_client` is told when it offers these. */
const openssl = async (stage: Stage, to: string, offered: string, version: string) => {
  const identity = await clientIdentity()
  const files = ["-cert", identity.certPath, "-key", identity.keyPath, "-CAfile", (await ca()).certPath]
  const words = ["s_client", "-connect", to, version, "-alpn", offered, ...files]
  const tool = await runTool(stage, "openssl", words)
  return tool.stdout + tool.stderr
}

const meets = async (stage: Stage, serverWords: ReadonlyArray<string>, clientWords: ReadonlyArray<string>) => {
  const backend = await echoBackend(stage)
  const far = await (await serverTunnel(stage))
    .allowAll()
    .target(backend)
    .args(...serverWords)
    .start()
  const near = await (await clientTunnel(stage))
    .localTarget({ endpoint: far.listen })
    .args(...clientWords)
    .start()
  return { far, near, peer: await connectPlain(stage, near.listen) }
}

const goesOn = (serverWords: ReadonlyArray<string>, clientWords: ReadonlyArray<string>) => async (stage: Stage) => {
  const { peer } = await meets(stage, serverWords, clientWords)
  await peer.echo("with or without a protocol")
}

export const alpn: ReadonlyArray<Scenario> = [
  ...Object.entries(versions).flatMap(([short, version]) => [
    scenario(`server-alpn-${short}`, "data-path", async (stage) => {
      const backend = await headerBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().target(backend).args("--proxy-protocol-mode=tls")
      const tunnel = await builder.args("--alpn=h2,http/1.1").start()
      // The server's preference wins, and the backend learns what was agreed on.
      const offers = [["http/1.1", "h2"], ["http/1.1", "imap"], undefined]
      for (const [index, offered] of offers.entries()) {
        const agreed = ["h2", "http/1.1", undefined][index]
        const peer = await join(stage, tunnel, { version, alpn: offered })
        assert.equal(peer.tls.alpnProtocol, agreed ?? false)
        const header = await (await backend.connection(index)).header()
        assert.ok(header._tag === "Tcp4")
        const tlv = header.tlvs.find(({ type }) => type === alpnType)
        assert.equal(tlv && Buffer.from(tlv.value).toString(), agreed)
        assert.equal(header.tlvs[0]?.type, agreed === undefined ? 0x02 : alpnType)
      }
    }),
    scenario(`server-alpn-nothing-in-common-${short}`, "data-path", async (stage) => {
      const backend = await holdingBackend(stage)
      const builder = (await serverTunnel(stage)).allowAll().status().target(backend)
      const tunnel = await builder.args("--alpn=h2").start()
      const said = await openssl(stage, textOf(tunnel.listen), "imap,pop3", `-${short.replace("tls1", "tls1_")}`)
      assert.match(said, /SSL alert number 120/)
      await tunnel.waitForLine(
        /error on TLS handshake from 127\.0\.0\.1:\d+: tls: client requested unsupported application protocols$/
      )
      await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
      assert.equal(backend.connections.length, 0)
    }),
    scenario(`client-alpn-${short}`, "data-path", async (stage) => {
      const who = { identity: await serverIdentity(), ca: await ca(), version }
      const server = await tlsServer(stage, { ...who, alpn: ["http/1.1", "h2"], echo: true })
      const tunnel = await (await clientTunnel(stage)).localTarget(server).args("--alpn=h2", "--alpn=http/1.1").start()
      const peer = await connectPlain(stage, tunnel.listen)
      await peer.echo("the server chooses")
      assert.equal((await server.connection(0)).tls.alpnProtocol, "http/1.1")
    }),
    scenario(`client-alpn-nothing-in-common-${short}`, "data-path", async (stage) => {
      const who = { identity: await serverIdentity(), ca: await ca(), version }
      const server = await tlsServer(stage, { ...who, alpn: ["h2"] })
      const tunnel = await (await clientTunnel(stage)).localTarget(server).status().args("--alpn=imap").start()
      const peer = await connectPlain(stage, tunnel.listen)
      await peer.eof()
      await tunnel.waitForLine(/error on dial: remote error: tls: no application protocol$/)
      await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
    })
  ]),
  scenario("server-alpn-client-offers-none", "data-path", goesOn(["--alpn=h2"], [])),
  scenario("client-alpn-server-selects-none", "data-path", goesOn([], ["--alpn=h2"])),
  scenario("server-without-alpn-selects-none", "control", async (stage) => {
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .target(await echoBackend(stage))
      .start()
    const peer = await join(stage, tunnel, { alpn: ["h2", "http/1.1"] })
    assert.equal(peer.tls.alpnProtocol, false)
    await peer.echo("as ever")
  })
]

runTopic("alpn", alpn)
