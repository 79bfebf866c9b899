/** Client tunnel, server tunnel and a program behind it, as people use them. */
import assert from "node:assert/strict"
import type { Backend } from "../support/Backend.ts"
import { echoBackend, holdingBackend, httpBackend } from "../support/Backend.ts"
import type { Endpoint } from "../support/Endpoint.ts"
import { textOf } from "../support/Endpoint.ts"
import { ask, waitForRow } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import { runTool } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { ca, clientIdentity, clientTunnel, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

interface Chain {
  readonly near: Tunnel
  readonly far: Tunnel
}

const chain = async (stage: Stage, backend: Backend, listen?: Endpoint): Promise<Chain> => {
  const far = await (await serverTunnel(stage)).allowCn("client").status().target(backend).start()
  const at = listen ?? (await stage.tcp())
  const near = await (await clientTunnel(stage)).listen(at).status().localTarget({ endpoint: far.listen }).start()
  return { near, far }
}

const echoes = (network: Endpoint["network"]) => async (stage: Stage) => {
  const backend = await echoBackend(stage)
  const { near, far } = await chain(stage, backend, await stage.address(network))
  const peers = await Promise.all([1, 2, 3].map(() => connectPlain(stage, near.listen)))
  await Promise.all(peers.map((peer, index) => peer.echo(`through two tunnels, ${index}`)))
  for (const peer of peers) peer.end()
  await Promise.all(peers.map((peer) => peer.close()))
  const from = network === "tcp" ? "tcp:127\\.0\\.0\\.1:\\d+" : "unix:@"
  await near.waitForLine(
    new RegExp(`opening pipe: ${from} \\[no tls\\] <-> tcp:127\\.0\\.0\\.1:\\d+ \\[CN=server\\] $`),
    3
  )
  await far.waitForLine(/opening pipe: tcp:127\.0\.0\.1:\d+ \[CN=client,OU=ops\+OU=night,O=Scenario\] <-> /, 3)
  await near.waitForLine(/closed pipe/, 3)
  await waitForRow(near, [0, 0, 3, 3, 0, 0, 0, 3])
  await waitForRow(far, [0, 0, 3, 3, 0, 0, 3, 3])
  assert.equal(near.messages[0], "starting ghostunnel in client mode")
  assert.equal(near.count(/error/) + far.count(/error/), 0)
}

export const clientChain = [
  scenario("client-chain-echo", "data-path", echoes("tcp")),
  scenario("client-chain-echo-unix", "data-path", echoes("unix")),
  scenario(
    "client-chain-curl",
    "data-path",
    async (stage) => {
      const { near } = await chain(stage, await httpBackend(stage))
      const url = `http://${textOf(near.listen)}/some/path`
      const curl = await runTool(stage, "curl", ["-sS", url, "--data", "a body", "--next", "-sS", `${url}2`])
      assert.equal(curl.stdout, "POST /some/path a body\nGET /some/path2 \n")
      assert.equal(curl.exited?.code, 0)
    },
    ["curl"]
  ),
  scenario("client-chain-half-close-by-client", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const { near } = await chain(stage, backend)
    const peer = await connectPlain(stage, near.listen)
    await peer.write("question")
    peer.end()
    const end = await backend.connection(0)
    await end.receive("question")
    await end.eof()
    await end.write("answer after the end")
    end.end()
    await peer.close()
    assert.equal(peer.text, "answer after the end")
    await waitForRow(near, [0, 0, 1, 1, 0, 0, 0, 1])
  }),
  scenario("client-chain-half-close-by-backend", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const { near, far } = await chain(stage, backend)
    const peer = await connectPlain(stage, near.listen)
    const end = await backend.connection(0)
    await end.write("greeting")
    end.end()
    await peer.eof()
    assert.equal(peer.text, "greeting")
    await peer.write("spoken after your end")
    await end.receive("spoken after your end")
    peer.end()
    await end.close()
    await waitForRow(near, [0, 0, 1, 1, 0, 0, 0, 1])
    await waitForRow(far, [0, 0, 1, 1, 0, 0, 1, 1])
  }),
  scenario("client-chain-backend-down", "data-path", async (stage) => {
    const far = await (await serverTunnel(stage))
      .allowAll()
      .target(await stage.tcp())
      .start()
    const near = await (await clientTunnel(stage)).localTarget({ endpoint: far.listen }).start()
    const peer = await connectPlain(stage, near.listen)
    await peer.eof()
    assert.equal(peer.received, 0)
    await far.waitForLine(/error on dial: .*connection refused/)
  }),
  scenario("client-chain-not-allowed", "data-path", async (stage) => {
    const backend = await holdingBackend(stage)
    const far = await (await serverTunnel(stage)).allowCn("nobody").target(backend).start()
    const near = await (await clientTunnel(stage)).localTarget({ endpoint: far.listen }).start()
    const peer = await connectPlain(stage, near.listen)
    await peer.write("must not arrive")
    await peer.eof()
    assert.equal(peer.received, 0)
    await far.waitForLine(/error on TLS handshake from .*unauthorized: invalid principal, or principal not allowed/)
    assert.equal(backend.connections.length, 0)
  }),
  scenario("client-status-https", "control", async (stage) => {
    const far = await (await serverTunnel(stage))
      .allowCn("client")
      .target(await echoBackend(stage))
      .start()
    const identity = await clientIdentity({ dns: ["localhost"], eku: "both" })
    const builder = (await clientTunnel(stage)).identity(identity).status("https").localTarget({ endpoint: far.listen })
    const near = await builder.start()
    const answer = await ask(near.status, "/_status", "GET", (await ca()).certPem)
    assert.deepEqual([answer.code, answer.certificate], [200, "client"])
  }),
  scenario("client-status", "data-path", async (stage) => {
    const { near, far } = await chain(stage, await echoBackend(stage))
    const good = await ask(near.status, "/_status")
    assert.equal(good.code, 200)
    assert.match(good.body, /"forward_address":"localhost:\d+","backend_ok":true,"backend_status":"ok","time":/)
    far.signal("SIGTERM")
    await far.exit()
    const bad = await ask(near.status, "/_status")
    assert.equal(bad.code, 503)
    assert.match(bad.body, /"backend_ok":false,"backend_status":"critical","backend_error":"[^"]*connection refused"/)
  })
]

runTopic("client-chain", clientChain)
