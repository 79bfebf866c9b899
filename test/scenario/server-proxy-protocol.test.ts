/** The backend learns who the client is: one PROXY protocol header, exact, before any byte of the client. */
import assert from "node:assert/strict"
import { Result } from "effect"
import { type Header, type SslValue, TlvType } from "../../src/transport/ProxyProtocol.ts"
import { decodeSsl } from "../../src/transport/ProxyProtocolDecode.ts"
import { type Endpoint, tcp, textOf } from "../support/Endpoint.ts"
import { headerBackend, type RawConnection } from "../support/HeaderBackend.ts"
import { waitForRow } from "../support/Metrics.ts"
import { Program } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import type { TlsPeer, TlsVersion } from "../support/TlsClient.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { ca, clientIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const signature = "0d0a0d0a000d0a515549540a"

const portOf = (endpoint: Endpoint): number => (endpoint.network === "tcp" ? endpoint.port : assert.fail("not TCP"))

/** Both directions work behind the header, and nothing was in between. */
const talks = async (peer: TlsPeer, far: RawConnection) => {
  await peer.write("first words")
  await far.payload("first words")
  far.socket.write("answer")
  await peer.receive("answer")
}

/** The ends of a connection as the client's own socket knows them. */
const assertEnds = (header: Header, family: "Tcp4" | "Tcp6", peer: TlsPeer) => {
  assert.ok(header._tag === family, `${header._tag}`)
  assert.deepEqual(header.source, { host: peer.tls.localAddress, port: peer.tls.localPort })
  assert.deepEqual(header.destination, { host: peer.tls.remoteAddress, port: peer.tls.remotePort })
}

const sslOf = (header: Header): SslValue => {
  const tlvs = "tlvs" in header ? header.tlvs : []
  return Result.getOrThrow(decodeSsl(tlvs.find(({ type }) => type === TlvType.ssl)?.value ?? new Uint8Array()))
}

const typesOf = (of: { readonly tlvs: ReadonlyArray<{ readonly type: number }> }) => of.tlvs.map(({ type }) => type)
const textIn = (header: { readonly tlvs: SslValue["tlvs"] }, type: number) =>
  Buffer.from(header.tlvs.find((tlv) => tlv.type === type)?.value ?? []).toString()

const withMode = async (stage: Stage, ...words: ReadonlyArray<string>) => {
  const backend = await headerBackend(stage)
  const builder = (await serverTunnel(stage)).target(backend).args(...words)
  return { backend, builder }
}

/** Connects, and gives the header that came while the client had not said a word. */
const meet = async (stage: Stage, tunnel: Tunnel, far: Promise<RawConnection>, version?: TlsVersion) => {
  const peer = await join(stage, tunnel, { version })
  const connection = await far
  const header = await connection.header()
  assert.equal(connection.parsed?.rest, "")
  return { peer, connection, header }
}

const tellsEnds = (flag: string) => async (stage: Stage) => {
  const { backend, builder } = await withMode(stage, flag)
  const tunnel = await builder.allowCn("client").status().start()
  const { connection, header, peer } = await meet(stage, tunnel, backend.connection(0))
  assertEnds(header, "Tcp4", peer)
  assert.equal(portOf(tunnel.listen), peer.tls.remotePort)
  const ports = Buffer.alloc(4)
  ports.writeUInt16BE(peer.tls.localPort ?? 0)
  ports.writeUInt16BE(portOf(tunnel.listen), 2)
  assert.equal(connection.bytes.toString("hex"), `${signature}2111000c7f0000017f000001${ports.toString("hex")}`)
  await talks(peer, connection)
  peer.destroy()
  connection.socket.end()
  // The header is not the client's: eleven bytes were forwarded.
  await tunnel.waitForLine(/^.*closed pipe: .*\[forwarded 11 bytes, returned 6 bytes, /)
  await waitForRow(tunnel, [0, 0, 1, 1, 0, 0, 1, 1])
}

const versionText = { "TLSv1.2": "TLS 1.2", "TLSv1.3": "TLS 1.3" } as const

const tellsTls = (version: TlsVersion) => async (stage: Stage) => {
  const { backend, builder } = await withMode(stage, "--proxy-protocol-mode=tls")
  const tunnel = await builder.allowCn("client").start()
  const { connection, header, peer } = await meet(stage, tunnel, backend.connection(0), version)
  assertEnds(header, "Tcp4", peer)
  assert.ok(header._tag === "Tcp4")
  assert.equal(connection.bytes.length, 58)
  assert.equal(connection.bytes.subarray(0, 16).toString("hex"), `${signature}2111002a`)
  assert.deepEqual(typesOf(header), [0x02, 0x20])
  assert.equal(textIn(header, 0x02), "localhost")
  const ssl = sslOf(header)
  assert.deepEqual([ssl.flags, ssl.verify, typesOf(ssl)], [0x01, 0, [0x21]])
  assert.equal(textIn(ssl, 0x21), versionText[version])
  await talks(peer, connection)
}

const tellsAll = (version: TlsVersion) => async (stage: Stage) => {
  const { backend, builder } = await withMode(stage, "--proxy-protocol-mode=tls-full")
  const tunnel = await builder.allowCn("Zoë, client").start()
  const identity = await clientIdentity({ cn: "Zoë, client" })
  const peer = await join(stage, tunnel, { version, identity })
  const connection = await backend.connection(0)
  const header = await connection.header()
  assertEnds(header, "Tcp4", peer)
  assert.ok(header._tag === "Tcp4")
  assert.deepEqual(typesOf(header), [0x02, 0x20])
  assert.equal(textIn(header, 0x02), "localhost")
  const ssl = sslOf(header)
  assert.deepEqual([ssl.flags, ssl.verify, typesOf(ssl)], [0x07, 0, [0x21, 0x22, 0x28]])
  assert.equal(textIn(ssl, 0x21), versionText[version])
  assert.equal(textIn(ssl, 0x22), "Zoë, client")
  assert.equal(Buffer.from(ssl.tlvs[2]?.value ?? []).toString("hex"), identity.der.toString("hex"))
  await talks(peer, connection)
}

/** A client that sends at once, so that its words come with the end of its handshake. */
const eager = async (stage: Stage, tunnel: Tunnel, words: ReadonlyArray<string>) => {
  const identity = await clientIdentity()
  const files = ["-cert", identity.certPath, "-key", identity.keyPath, "-CAfile", (await ca()).certPath]
  const client = ["s_client", "-connect", textOf(tunnel.listen), "-quiet", "-no_ign_eof", ...files, ...words]
  const program = new Program(stage, "openssl", client)
  program.input("at once\n")
  return program
}

export const serverProxyProtocol = [
  scenario("server-proxy-protocol-off", "data-path", async (stage) => {
    const { backend, builder } = await withMode(stage)
    const tunnel = await builder.allowCn("client").start()
    const peer = await join(stage, tunnel)
    await peer.write("only this")
    const far = await backend.connection(0)
    await far.changes.until(
      () => (far.bytes.length >= 9 ? true : undefined),
      () => "nine bytes"
    )
    assert.equal(far.bytes.toString(), "only this")
  }),
  scenario("server-proxy-protocol-flag", "data-path", tellsEnds("--proxy-protocol")),
  scenario("server-proxy-protocol-conn", "data-path", tellsEnds("--proxy-protocol-mode=conn")),
  scenario("server-proxy-protocol-tls12", "data-path", tellsTls("TLSv1.2")),
  scenario("server-proxy-protocol-tls13", "data-path", tellsTls("TLSv1.3")),
  scenario("server-proxy-protocol-full-tls12", "data-path", tellsAll("TLSv1.2")),
  scenario("server-proxy-protocol-full-tls13", "data-path", tellsAll("TLSv1.3")),
  scenario("server-proxy-protocol-full-without-certificate", "data-path", async (stage) => {
    const { backend, builder } = await withMode(stage, "--proxy-protocol-mode=tls-full", "--disable-authentication")
    const tunnel = await builder.start()
    const { connection, header, peer } = await meet(stage, tunnel, backend.connection(0))
    const ssl = sslOf(header)
    assert.deepEqual([ssl.flags, ssl.verify, typesOf(ssl)], [0x01, 0, [0x21]])
    assert.equal(connection.bytes.length, 58)
    await talks(peer, connection)
  }),
  scenario("server-proxy-protocol-without-name", "data-path", async (stage) => {
    const { backend, builder } = await withMode(stage, "--proxy-protocol-mode=tls")
    const tunnel = await builder.allowCn("client").start()
    await eager(stage, tunnel, ["-noservername"])
    const far = await backend.connection(0)
    await far.payload("at once\n")
    const header = await far.header()
    assert.ok(header._tag === "Tcp4")
    assert.deepEqual(typesOf(header), [0x20])
    assert.equal(far.bytes.subarray(0, 16).toString("hex"), `${signature}2111001e`)
  }),
  scenario("server-proxy-protocol-unix-listen", "data-path", async (stage) => {
    const { backend, builder } = await withMode(stage, "--proxy-protocol-mode=tls")
    const listen = stage.unix()
    assert.ok(listen.network === "unix")
    const tunnel = await builder.allowCn("client").listen(listen).start()
    const { connection, header, peer } = await meet(stage, tunnel, backend.connection(0))
    assert.ok(header._tag === "Unix")
    assert.deepEqual([header.source, header.destination], ["@", listen.path])
    assert.deepEqual(typesOf(header), [0x02, 0x20])
    // 216 of paths, 12 of authority, 18 of TLS: Ghostunnel in Go leaves the last 30 out of the length.
    assert.equal(connection.bytes.subarray(0, 16).toString("hex"), `${signature}213100f6`)
    assert.equal(connection.bytes.length, 16 + 246)
    await talks(peer, connection)
  }),
  scenario("server-proxy-protocol-names-concrete-address", "data-path", async (stage) => {
    const { backend, builder } = await withMode(stage, "--proxy-protocol")
    const wildcard = { ...(await stage.tcp()), host: "0.0.0.0" }
    const tunnel = await builder.allowCn("client").listen(wildcard).start()
    const peer = await join(stage, { listen: tcp(portOf(tunnel.listen), "127.0.0.2") })
    const header = await (await backend.connection(0)).header()
    assertEnds(header, "Tcp4", peer)
    assert.equal(header._tag === "Tcp4" && header.destination.host, "127.0.0.2")
  }),
  scenario(
    "server-proxy-protocol-ipv6",
    "data-path",
    async (stage) => {
      const { backend, builder } = await withMode(stage, "--proxy-protocol")
      const listen = { ...(await stage.tcp()), host: "::1" }
      const tunnel = await builder.allowCn("client").listen(listen).start()
      const { connection, header, peer } = await meet(stage, tunnel, backend.connection(0))
      assertEnds(header, "Tcp6", peer)
      assert.equal(connection.bytes.length, 52)
      assert.equal(connection.bytes.subarray(0, 16).toString("hex"), `${signature}21210024`)
      await talks(peer, connection)
    },
    ["ipv6"]
  ),
  scenario("server-proxy-protocol-each-its-own", "data-path", async (stage) => {
    const { backend, builder } = await withMode(stage, "--proxy-protocol-mode=tls-full")
    const tunnel = await builder.allowAll().start()
    const names = Array.from({ length: 12 }, (_, index) => `client ${index}`)
    const peers = await Promise.all(
      names.map(async (cn) => {
        const peer = await join(stage, tunnel, { identity: await clientIdentity({ cn }) })
        await peer.write(cn)
        return [peer.tls.localPort, cn] as const
      })
    )
    const seen = await Promise.all(
      names.map(async (_, index) => {
        const far = await backend.connection(index)
        const header = await far.header()
        assert.ok(header._tag === "Tcp4")
        const cn = textIn(sslOf(header), 0x22)
        await far.payload(cn)
        return [header.source.port, cn] as const
      })
    )
    assert.deepEqual(new Map(seen), new Map(peers))
  })
]

runTopic("server-proxy-protocol", serverProxyProtocol)
