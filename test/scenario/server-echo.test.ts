/** Bytes go through a server tunnel: protocol versions, socket kinds, keystores, foreign clients. */
import assert from "node:assert/strict"
import { echoBackend } from "../support/Backend.ts"
import type { Endpoint } from "../support/Endpoint.ts"
import { textOf } from "../support/Endpoint.ts"
import { Program, runTool } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import type { KeyKind } from "../support/TestCa.ts"
import { connectTls } from "../support/TlsClient.ts"
import { server } from "../support/Tunnel.ts"
import { ca, clientIdentity, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const echoes = (version: "TLSv1.2" | "TLSv1.3") => async (stage: Stage) => {
  const backend = await echoBackend(stage)
  const tunnel = await (await serverTunnel(stage)).allowCn("client").target(backend).start()
  const peer = await join(stage, tunnel, { version })
  assert.equal(peer.tls.getProtocol(), version)
  assert.equal(peer.peerName, "server")
  await peer.echo("hello")
  await peer.echo("again")
  peer.end()
  await peer.close()
  await tunnel.waitForLine(/closed pipe/)
  assert.equal((await backend.connection(0)).text, "helloagain")
}

const overSockets = (listen: Endpoint["network"], target: Endpoint["network"]) => async (stage: Stage) => {
  const backend = await echoBackend(stage, await stage.address(target))
  const at = await stage.address(listen)
  const tunnel = await (await serverTunnel(stage)).listen(at).allowCn("client").target(backend).start()
  assert.deepEqual(tunnel.count(new RegExp(`^listening for connections on ${textOf(at)}$`)), 1)
  const peers = await Promise.all([1, 2, 3].map(() => join(stage, tunnel)))
  await Promise.all(peers.map((peer, index) => peer.echo(`over ${listen} and ${target}, ${index}`)))
  for (const peer of peers) peer.end()
  await tunnel.waitForLine(/closed pipe/, 3)
  const near = listen === "tcp" ? "tcp:127\\.0\\.0\\.1:\\d+" : "unix:@"
  const far =
    target === "tcp"
      ? "tcp:127\\.0\\.0\\.1:\\d+"
      : `unix:${backend.endpoint.network === "unix" ? backend.endpoint.path : ""}`
  const peerName = "CN=client,OU=ops\\+OU=night,O=Scenario"
  assert.equal(tunnel.count(new RegExp(`^opening pipe: ${near} \\[${peerName}\\] <-> ${far} \\[no tls\\] $`)), 3)
  assert.equal(
    tunnel.count(
      new RegExp(
        `^closed pipe: ${near} \\[${peerName}\\] <-> ${far} \\[no tls\\] \\[forwarded \\d+ bytes, returned \\d+ bytes, open \\S+\\]$`
      )
    ),
    3
  )
}

const withKeystore = (key: KeyKind) => async (stage: Stage) => {
  const backend = await echoBackend(stage)
  const identity = await serverIdentity({ key, cn: `server ${key}` })
  const tunnel = await server(stage)
    .keystore(identity.combinedPath)
    .ca(await ca())
    .allowAll()
    .target(backend)
    .start()
  assert.equal(tunnel.count(/^using keystore file on disk as certificate source$/), 1)
  const peer = await join(stage, tunnel)
  assert.equal(peer.peerName, `server ${key}`)
  await peer.echo("from a keystore")
}

const opensslClient = (flag: "-tls1_2" | "-tls1_3") => async (stage: Stage) => {
  const backend = await echoBackend(stage)
  const tunnel = await (await serverTunnel(stage)).allowCn("client").target(backend).start()
  const identity = await clientIdentity()
  const words = ["s_client", "-connect", textOf(tunnel.listen), flag, "-quiet", "-verify_return_error", "-no_ign_eof"]
  const trust = ["-CAfile", (await ca()).certPath, "-servername", "localhost", "-verify_hostname", "localhost"]
  const own = ["-cert", identity.certPath, "-key", identity.keyPath]
  const program = new Program(stage, "openssl", [...words, ...trust, ...own])
  program.input("hello from openssl\n")
  await program.waitForLine(/^hello from openssl$/)
  program.endInput()
  await program.exit()
  await tunnel.waitForLine(/closed pipe/)
}

const pythonClient = `
import socket, ssl, sys
host, port, ca, cert, key = sys.argv[1:]
context = ssl.create_default_context(cafile=ca)
context.load_cert_chain(cert, key)
with socket.create_connection((host, int(port)), 10) as raw:
    with context.wrap_socket(raw, server_hostname="localhost") as tls:
        tls.sendall(b"hello from python")
        got = b""
        while len(got) < 17:
            got += tls.recv(64)
        print(tls.version(), got.decode())
`

export const serverEcho = [
  scenario("server-echo-tls12", "data-path", echoes("TLSv1.2")),
  scenario("server-echo-tls13", "data-path", echoes("TLSv1.3")),
  scenario("server-echo-unix-listen", "data-path", overSockets("unix", "tcp")),
  scenario("server-echo-unix-target", "data-path", overSockets("tcp", "unix")),
  scenario("server-echo-unix-both", "data-path", overSockets("unix", "unix")),
  scenario("server-echo-tcp-both", "data-path", overSockets("tcp", "tcp")),
  scenario("server-keystore-p256", "control", withKeystore("p256")),
  scenario("server-keystore-rsa", "control", withKeystore("rsa")),
  scenario("server-keystore-ed25519", "control", withKeystore("ed25519")),
  scenario("server-echo-openssl-tls12", "data-path", opensslClient("-tls1_2")),
  scenario("server-echo-openssl-tls13", "data-path", opensslClient("-tls1_3")),
  scenario(
    "server-echo-python",
    "data-path",
    async (stage) => {
      const backend = await echoBackend(stage)
      const tunnel = await (await serverTunnel(stage)).allowCn("client").target(backend).start()
      const identity = await clientIdentity()
      const [host, port] = textOf(tunnel.listen).split(":")
      const files = [(await ca()).certPath, identity.certPath, identity.keyPath]
      const python = await runTool(stage, "python3", ["-c", pythonClient, host ?? "", port ?? "", ...files])
      assert.equal(python.stdout, "TLSv1.3 hello from python\n")
    },
    ["python3"]
  ),
  scenario(
    "server-echo-ipv6",
    "data-path",
    async (stage) => {
      const { endpoint } = await echoBackend(stage)
      const place = await stage.tcp()
      assert.ok(place.network === "tcp")
      const listen = { ...place, host: "::1" }
      const tunnel = await (await serverTunnel(stage)).listen(listen).allowCn("client").target(endpoint).start()
      assert.equal(tunnel.count(new RegExp(`^listening for connections on \\[::1\\]:${place.port}$`)), 1)
      const peer = await join(stage, tunnel)
      await peer.echo("over six")
      await tunnel.waitForLine(/opening pipe: tcp:\[::1\]:\d+ \[CN=client,/)
    },
    ["ipv6"]
  ),
  scenario("server-refuses-tls11", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).start()
    const words = ["s_client", "-connect", textOf(tunnel.listen), "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"]
    const program = await runTool(stage, "openssl", words)
    assert.notEqual(program.exited?.code, 0)
    assert.match(program.stderr, /protocol version/)
    await tunnel.waitForLine(
      /error on TLS handshake from 127\.0\.0\.1:\d+: tls: client offered only unsupported versions: \[302 301\]$/
    )
    assert.equal(backend.connections.length, 0)
  }),
  scenario("server-log-lines", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowCn("client").target(backend).start()
    const peer = await connectTls(stage, { to: tunnel.listen, ca: await ca(), identity: await clientIdentity() })
    await peer.echo("x".repeat(3_000))
    peer.end()
    await tunnel.waitForLine(/closed pipe.*\[forwarded 2\.9 KiB, returned 2\.9 KiB, open [\d.]+(ms|µs|s)\]$/)
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    for (const line of tunnel.lines) {
      assert.match(line, /^\[\d+\] \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{6} \S/)
      assert.ok(line.startsWith(`[${tunnel.pid}] `), line)
    }
    const order = [
      /^starting ghostunnel in server mode$/,
      /^using cert\/key files on disk as certificate source$/,
      /^using target address 127\.0\.0\.1:\d+$/,
      /^listening for connections on 127\.0\.0\.1:\d+$/,
      /^opening pipe: /,
      /^closed pipe: /,
      /^received terminated, shutting down$/,
      /^shutdown proxy, waiting for drain$/
    ]
    const places = order.map((pattern) => tunnel.messages.findIndex((message) => pattern.test(message)))
    assert.ok(!places.includes(-1), `${places}`)
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b)
    )
    assert.equal(places[0], 0)
    assert.equal(tunnel.stderr, "")
  })
]

runTopic("server-echo", serverEcho)
