/** A client tunnel whose TLS server listens on a UNIX socket. The refusals are in the matrix of `ClientRefusals.ts`. */
import assert from "node:assert/strict"
import { createHash, X509Certificate } from "node:crypto"
import { mkdtempSync, rmSync } from "node:fs"
import { echoBackend } from "../support/Backend.ts"
import { type Endpoint, textOf } from "../support/Endpoint.ts"
import { ask, waitForRow } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import { tlsServer } from "../support/TlsServer.ts"
import type { TunnelBuilder } from "../support/Tunnel.ts"
import { ca, clientTunnel, foreignIdentity, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

const onSocket = async (stage: Stage) =>
  tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), network: "unix", echo: true })

const refusedAtStart = (words: ReadonlyArray<string>, phrase: RegExp) => async (stage: Stage) => {
  const tunnel = await (await clientTunnel(stage))
    .target(stage.unix())
    .args(...words)
    .launch()
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  assert.match(tunnel.stderr, new RegExp(`^error: ${phrase.source}[^\\n]*\\n$`))
  assert.equal(tunnel.count(new RegExp(`^error: ${phrase.source}`)), 1)
}

const backendSays = async (builder: TunnelBuilder) => {
  const tunnel = await builder.status().start()
  return { tunnel, answer: await ask(tunnel.status, "/_status") }
}

export const clientUnixTarget: ReadonlyArray<Scenario> = [
  scenario("client-unix-target", "data-path", async (stage) => {
    const server = await onSocket(stage)
    const tunnel = await (await clientTunnel(stage)).localTarget(server).status().start()
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.echo("over a socket in a directory")
    assert.equal((await server.connection(0)).tls.alpnProtocol, false)
    peer.end()
    await peer.close()
    const pipe = `tcp:127\\.0\\.0\\.1:\\d+ \\[no tls\\] <-> ${textOf(server.endpoint)} \\[CN=server\\]`
    await tunnel.waitForLine(new RegExp(`opening pipe: ${pipe} $`))
    await tunnel.waitForLine(new RegExp(`closed pipe: ${pipe} \\[forwarded 28 bytes, returned 28 bytes, `))
    assert.equal(tunnel.count(new RegExp(`^using target address ${textOf(server.endpoint)}$`)), 1)
    await waitForRow(tunnel, [0, 0, 1, 1, 0, 0, 0, 1])
  }),
  scenario("client-unix-target-chain", "data-path", async (stage) => {
    const at: Endpoint = stage.unix()
    const far = await (await serverTunnel(stage))
      .allowCn("client")
      .listen(at)
      .target(await echoBackend(stage))
      .start()
    const near = await (await clientTunnel(stage)).listen(stage.unix()).localTarget({ endpoint: at }).start()
    const peers = await Promise.all([1, 2, 3].map(() => connectPlain(stage, near.listen)))
    await Promise.all(peers.map((peer, index) => peer.echo(`no port in between, ${index}`)))
    await far.waitForLine(/opening pipe: unix:@ \[CN=client,/, 3)
  }),
  scenario("client-unix-target-pinned", "data-path", async (stage) => {
    // A pin replaces the name.
    const identity = await foreignIdentity("server")
    const server = await tlsServer(stage, { identity, ca: await ca(), network: "unix", echo: true })
    const key = new X509Certificate(identity.der).publicKey.export({ type: "spki", format: "der" })
    const pin = `--verify-spki-pin=sha256:${createHash("sha256").update(key).digest("base64")}`
    const tunnel = await (await clientTunnel(stage)).target(server).args(pin).start()
    await (await connectPlain(stage, tunnel.listen)).echo("known by its key")
    assert.equal((await server.connection(0)).tls.servername, false)
  }),
  scenario("client-unix-target-status", "data-path", async (stage) => {
    const server = await onSocket(stage)
    const { answer } = await backendSays((await clientTunnel(stage)).localTarget(server))
    assert.equal(answer.code, 200)
    assert.ok(answer.body.includes(`"forward_address":"${textOf(server.endpoint)}","backend_ok":true,`), answer.body)
  }),
  scenario("client-unix-target-status-of-stranger", "data-path", async (stage) => {
    const identity = await foreignIdentity("server")
    const server = await tlsServer(stage, { identity, ca: await ca(), network: "unix" })
    const { answer } = await backendSays((await clientTunnel(stage)).localTarget(server))
    assert.equal(answer.code, 503)
    assert.match(
      answer.body,
      /"backend_error":"[^"]*certificate signed by unknown authority \(presented CN=server, issued by CN=Foreign Root, [^"]*\); no /
    )
  }),
  scenario("client-unix-target-nobody-there", "data-path", async (stage) => {
    const endpoint = stage.unix()
    // Nothing is looked up at start: a server may come later.
    const { answer, tunnel } = await backendSays((await clientTunnel(stage)).localTarget({ endpoint }))
    assert.equal(answer.code, 503)
    assert.match(answer.body, /"backend_error":"[^"]*no such file or directory"/)
    const peer = await connectPlain(stage, tunnel.listen)
    await peer.eof()
    await tunnel.waitForLine(/error on dial: .*no such file or directory$/)
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
  }),
  scenario("client-unix-target-sandboxed", "control", async (stage) => {
    // A directory that no other rule opens.
    const directory = mkdtempSync("/var/tmp/gt-target-")
    stage.defer(() => rmSync(directory, { recursive: true, force: true }))
    const endpoint: Endpoint = { network: "unix", path: `${directory}/s.sock` }
    const far = await (await serverTunnel(stage))
      .allowAll()
      .listen(endpoint)
      .target(await echoBackend(stage))
      .start()
    const near = await (await clientTunnel(stage)).localTarget({ endpoint: far.listen }).start()
    assert.equal(near.count(/^warning: /), 0)
    await (await connectPlain(stage, near.listen)).echo("through the wall")
  }),
  scenario("client-unix-target-needs-a-name", "control", refusedAtStart([], /--target unix:PATH names no server/)),
  scenario(
    "client-unix-target-refuses-proxy",
    "control",
    refusedAtStart(
      ["--override-server-name=localhost", "--proxy=http://localhost:1"],
      /--target unix:PATH is mutually exclusive with --proxy/
    )
  )
]

runTopic("client-unix-target", clientUnixTarget)
