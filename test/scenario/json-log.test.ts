/** `--log-format=json`: what programs read that watch a tunnel. */
import assert from "node:assert/strict"
import { copyFileSync } from "node:fs"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { datagrams } from "../support/Datagrams.ts"
import { textOf } from "../support/Endpoint.ts"
import { assertFields, jsonLines, loggedConnections } from "../support/JsonLog.ts"
import { launch } from "../support/Launch.ts"
import { waitForNumbers } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import { privateDev } from "../support/PrivateDev.ts"
import type { Stage } from "../support/Stage.ts"
import type { TestIdentity } from "../support/TestCa.ts"
import { attemptTls } from "../support/TlsClient.ts"
import { tlsServer } from "../support/TlsServer.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { ca, clientIdentity, clientTunnel, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const json = "--log-format=json"

const ended = async (tunnel: Tunnel, code = 0) => {
  tunnel.signal("SIGTERM")
  assert.deepEqual(await tunnel.exit(), { code, signal: null })
  assert.equal(tunnel.stderr, "")
  return loggedConnections(tunnel.lines)
}

/** One client that is served, one that shows nothing, one that no rule names, one that speaks no TLS, one without backend. */
const everyKind = async (stage: Stage, ...more: ReadonlyArray<string>) => {
  const place = await stage.tcp()
  const tunnel = await (await serverTunnel(stage))
    .allowCn("client")
    .target(place)
    .args(json, ...more)
    .status()
    .start()
  const to = { to: tunnel.listen, ca: await ca() }
  await attemptTls(stage, to, "no certificate")
  await attemptTls(stage, { ...to, identity: await clientIdentity({ cn: "clinet" }) }, "no rule")
  const plain = await connectPlain(stage, tunnel.listen)
  await plain.write("GET / HTTP/1.0\r\n\r\n")
  await plain.eof()
  await (await join(stage, tunnel)).eof()
  await echoBackend(stage, place)
  const peer = await join(stage, tunnel)
  await peer.echo("twelve bytes")
  peer.end()
  await peer.close()
  return tunnel
}

export const jsonLog = [
  scenario("server-json-log", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const builder = (await serverTunnel(stage)).args("--allow-cn=nobody", "--allow-ou=night", json)
    const tunnel = await builder.target(backend).start()
    const peers = await Promise.all([1, 2, 3].map(() => join(stage, tunnel)))
    // Their records come from different threads, which have no order among them: clients are known by their ports.
    const carried = new Map(peers.map(({ tls }, index) => [`127.0.0.1:${tls.localPort}`, index + 5]))
    for (const [index, peer] of peers.entries()) {
      await peer.echo("x".repeat(index + 5))
      peer.end()
      await peer.close()
    }
    const connections = await ended(tunnel)
    assert.deepEqual(new Set(connections.map(({ close }) => close.client_address)), new Set(carried.keys()))
    assert.equal(connections.length, 3)
    for (const { close, open } of connections) {
      const bytes = carried.get(String(close.client_address))
      const pipe = `tcp:127\\.0\\.0\\.1:\\d+ \\[OU=ops\\+OU=night.*|tcp:.*CN=client`
      const both = {
        level: "info",
        client_network: "tcp",
        client_address: close.client_address,
        target: textOf(backend.endpoint),
        target_network: "tcp",
        target_address: textOf(backend.endpoint),
        tls_version: /^TLS 1\.[23]$/,
        tls_cipher: /^[A-Z0-9_-]+$/,
        tls_server_name: "localhost",
        tls_resumed: false,
        tls_peer_subject: /CN=client/,
        tls_admitted_by: "OU night",
        handshake_seconds: "seconds",
        dial_seconds: "seconds"
      }
      assertFields(open, { ...both, message: new RegExp(`^opening pipe: (${pipe})`), accepted_at: /^\d{4}-/ })
      assertFields(close, {
        ...both,
        message: /^closed pipe: .* \[forwarded \d bytes, returned \d bytes, open /,
        connection: open.connection,
        stage: "copy",
        reason: "eof",
        forwarded_bytes: bytes,
        returned_bytes: bytes,
        open_seconds: "seconds",
        total_seconds: "seconds"
      })
    }
    const events = jsonLines(tunnel.lines).map(({ event }) => event)
    assert.equal(events[0], "starting")
    for (const each of ["certificate_source", "target", "listening", "shutdown", "draining"]) {
      assert.ok(events.includes(each), `${each} in ${events}`)
    }
    assert.ok(!events.includes(undefined), `a line without a name: ${tunnel.stdout}`)
  }),
  scenario("server-json-log-names-every-line", "control", async (stage) => {
    const files = { certPath: stage.path(".pem"), keyPath: stage.path(".key") }
    const use = (identity: TestIdentity) => {
      copyFileSync(identity.certPath, files.certPath)
      copyFileSync(identity.keyPath, files.keyPath)
    }
    use(await serverIdentity())
    const receiver = textOf(await stage.tcp())
    const builder = async () =>
      (await serverTunnel(stage))
        .identity(files)
        .allowAll()
        .target(await echoBackend(stage))
        .args(json, "--watch", `--metrics-url=http://${receiver}`, "--metrics-interval=100ms")
    const tunnel = await (await builder()).start()
    await tunnel.waitForLine(/error reporting metrics/)
    use(await serverIdentity({ cn: "second" }))
    await tunnel.waitForLine(/certificate files have changed/)
    await tunnel.waitForLine(/loaded certificate: CN=second/)
    const refused = await (await builder())
      .listen(tunnel.listen)
      .identity({ ...files, keyPath: "/missing" })
      .launch()
    assert.equal((await refused.exit()).code, 1)
    const named = (lines: ReadonlyArray<string>, message: RegExp) =>
      jsonLines(lines).find((line) => message.test(String(line.message)))?.event
    assert.equal(named(tunnel.lines, /certificate files have changed/), "reload")
    assert.equal(named(tunnel.lines, /error reporting metrics/), "metrics_push")
    assert.equal(named(refused.lines, /unable to load certificates/), "start_failed")
  }),
  scenario("server-json-log-failures", "data-path", async (stage) => {
    const tunnel = await everyKind(stage)
    const connections = await ended(tunnel)
    const reached = connections.map(({ close }) => `${close.stage} ${close.reason}`)
    assert.deepEqual([...reached].sort(), [
      "copy eof",
      "dial connect_refused",
      "handshake acl",
      "handshake no_cert",
      "handshake plaintext"
    ])
    for (const { close, open } of connections) {
      assertFields(close, {
        total_seconds: "seconds",
        handshake_seconds: "seconds",
        client_address: open.client_address
      })
      if (close.stage === "copy") continue
      assertFields(open, { level: "info", message: /^accepted connection from 127\.0\.0\.1:\d+$/ })
      assertFields(close, { level: "warn", message: /^error on /, forwarded_bytes: 0, returned_bytes: 0 })
      assert.ok(String(close.message).endsWith(String(close.error)))
      if (close.reason === "acl") {
        const why = "(presented CN=clinet; allowed CN client; CN client is spelled almost like it)"
        assertFields(close, {
          error: `unauthorized: invalid principal, or principal not allowed ${why}`,
          source: "peer"
        })
      }
      if (close.stage === "dial") assertFields(close, { tls_admitted_by: "CN client", dial_seconds: "seconds" })
    }
  }),
  scenario("server-json-log-quiet", "data-path", async (stage) => {
    const classes = { conns: "copy", "conn-errs": "dial", "handshake-errs": "handshake" } as const
    for (const [quiet, silenced] of Object.entries(classes)) {
      const connections = await ended(await everyKind(stage, `--quiet=${quiet}`))
      const stages = new Set(connections.map(({ close }) => close.stage))
      assert.deepEqual(stages.has(silenced), false, quiet)
      assert.equal(stages.size, 2, `${quiet}: ${[...stages]}`)
    }
  }),
  scenario("server-json-log-forced-exit", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const builder = (await serverTunnel(stage)).allowAll().target(backend)
    const tunnel = await builder.args(json, "--shutdown-timeout=300ms").start()
    const peers = await Promise.all([1, 2, 3, 4].map(() => join(stage, tunnel)))
    await Promise.all(peers.map((peer) => peer.echo("seven b")))
    const connections = await ended(tunnel, 1)
    assert.equal(connections.length, 4)
    for (const { close } of connections) {
      // A thread that does not say in time what it has carried is not waited for.
      const unknown = stage.cell.plane === "workers" && close.forwarded_bytes === undefined
      const bytes = unknown ? undefined : 7
      assertFields(close, { reason: "shutdown", stage: "copy", forwarded_bytes: bytes, returned_bytes: bytes })
      assertFields(close, { open_seconds: "seconds", total_seconds: "seconds", tls_peer_subject: /CN=client/ })
    }
  }),
  scenario("server-json-log-drain-cancels", "data-path", async (stage) => {
    const backend = await echoBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).args(json).status().start()
    const silent = await connectPlain(stage, tunnel.listen)
    const peer = await join(stage, tunnel)
    await peer.echo("whichever thread has the silent one")
    await waitForNumbers(tunnel, { "accept.total": 2 })
    peer.end()
    await peer.close()
    const connections = await ended(tunnel)
    silent.destroy()
    assert.deepEqual(connections.map(({ close }) => `${close.stage} ${close.reason}`).sort(), [
      "copy eof",
      "handshake cancelled"
    ])
  }),
  scenario("server-json-log-reset", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const tunnel = await (await serverTunnel(stage)).allowAll().target(backend).args(json).start()
    const peer = await join(stage, tunnel)
    await peer.write("hello")
    const held = await backend.connection(0)
    await held.receive("hello")
    held.reset()
    await peer.eof()
    peer.end()
    await tunnel.waitForLine(/"event":"close"/)
    const [only] = await ended(tunnel)
    assert.ok(only !== undefined)
    assertFields(only.close, { reason: "reset", forwarded_bytes: 5, returned_bytes: 0 })
  }),
  scenario("client-json-log", "data-path", async (stage) => {
    const server = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), echo: true })
    const tunnel = await (await clientTunnel(stage)).localTarget(server).args(json, "--verify-cn=server").start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("hello")
    peer.end()
    await peer.close()
    const [only] = await ended(tunnel)
    assert.ok(only !== undefined)
    assertFields(only.close, {
      target: /^localhost:\d+$/,
      target_address: textOf(server.endpoint),
      tls_version: /^TLS 1\.[23]$/,
      tls_peer_subject: /CN=server/,
      tls_admitted_by: "CN server",
      handshake_seconds: undefined,
      dial_seconds: "seconds",
      reason: "eof",
      forwarded_bytes: 5
    })
  }),
  scenario("client-json-log-refused-server", "data-path", async (stage) => {
    const server = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), echo: true })
    const tunnel = await (await clientTunnel(stage)).localTarget(server).args(json, "--verify-cn=Server").start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.eof()
    const [only] = await ended(tunnel)
    assert.ok(only !== undefined)
    assertFields(only.close, { stage: "dial", reason: "acl", error: /^unauthorized: .*differs only in case/ })
  }),
  scenario(
    "server-json-log-syslog",
    "control",
    async (stage) => {
      const syslog = await datagrams(stage)
      const below = privateDev(stage, syslog.path)
      const backend = await echoBackend(stage)
      const listen = await stage.tcp()
      const identity = await serverIdentity()
      const words = ["server", `--listen=${textOf(listen)}`, `--target=${textOf(backend.endpoint)}`, "--allow-all"]
      const files = [`--cert=${identity.certPath}`, `--key=${identity.keyPath}`, `--cacert=${(await ca()).certPath}`]
      const tunnel = launch(stage, [...words, ...files, "--syslog", json], { below })
      await syslog.waitFor(/listening for connections on/)
      const peer = await join(stage, { listen })
      await peer.echo("hello")
      peer.end()
      await peer.close()
      await syslog.waitFor(/closed pipe: /)
      tunnel.signal("SIGTERM")
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
      await syslog.waitFor(/shutdown proxy, waiting for drain/)
      const header = new RegExp(
        `^<30>[A-Z][a-z]{2} [ 1-3]\\d \\d\\d:\\d\\d:\\d\\d \\S*main\\.mjs\\[${tunnel.pid}\\]: (.+)\\n$`
      )
      const lines = syslog.received.map((text) => header.exec(text)?.[1] ?? assert.fail(`not as it should be: ${text}`))
      assert.equal(loggedConnections(lines).length, 1)
      assert.deepEqual([tunnel.stdout, tunnel.stderr], ["", ""])
    },
    ["python3", "mount-namespace"]
  )
]

runTopic("json-log", jsonLog)
