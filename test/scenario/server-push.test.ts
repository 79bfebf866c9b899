/** Pushed metrics (docs/compatibility/status-and-metrics.md, 8 and 9), by the sandboxed program: to Graphite and to a URL. */
import assert from "node:assert/strict"
import { entries, golden } from "../metrics/Golden.ts"
import { type Backend, echoBackend, holdingBackend } from "../support/Backend.ts"
import { eventually, patience, pause } from "../support/Changes.ts"
import type { Endpoint } from "../support/Endpoint.ts"
import { httpReceiver } from "../support/HttpReceiver.ts"
import { waitForRow } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import type { Tunnel, TunnelBuilder } from "../support/Tunnel.ts"
import { clientTunnel, foreignIdentity, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { needing, scenario, waiting } from "./Scenario.ts"

const portOf = (endpoint: Endpoint): number => (endpoint.network === "tcp" ? endpoint.port : assert.fail("not TCP"))

/** A tunnel to an echo backend that must find everything it needs inside its sandbox. */
const tunnelTo = async (stage: Stage, ...words: ReadonlyArray<string>): Promise<TunnelBuilder> =>
  (await serverTunnel(stage))
    .allowAll()
    .target(await echoBackend(stage))
    .args(...words)

/** Name and format of every line, digits aside. */
const shapes = (text: string): ReadonlyArray<string> =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => line.replace(/ -?\d+(\.\d+)? \d{10}$/, (_, fraction?: string) => ` ${fraction?.length ?? 0}`))
    .toSorted()

/** The first flush that `matches`, whole. */
const flush = (receiver: Backend, matches: (text: string) => boolean): Promise<string> =>
  eventually("a flush", async () => receiver.connections.find((peer) => peer.ended && matches(peer.text))?.text)

/** Serves one client to its end. */
const serves = async (stage: Stage, tunnel: Tunnel): Promise<void> => {
  const peer = await join(stage, tunnel)
  await peer.echo("counted")
  peer.end()
  await peer.close()
}

/** Ends it with a signal; where something could hold it up for longer, within so many milliseconds. */
const stops = async (tunnel: Tunnel, within = patience): Promise<void> => {
  const began = performance.now()
  tunnel.signal("SIGTERM")
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  const took = performance.now() - began
  assert.ok(took < within, `took ${took} ms`)
  assert.equal(tunnel.stderr, "")
}

const graphite = scenario("server-push-graphite", "data-path", async (stage) => {
  const receiver = await holdingBackend(stage)
  const to = `localhost:${portOf(receiver.endpoint)}`
  const tunnel = await (await tunnelTo(stage, `--metrics-graphite=${to}`, "--metrics-interval=1s")).start()
  assert.equal(tunnel.count(/^metrics enabled; reporting metrics via TCP to 127\.0\.0\.1:\d+$/), 1)
  const peer = await join(stage, tunnel)
  await peer.echo("counted")
  const text = await flush(
    receiver,
    (all) => /^ghostunnel\.accept\.success\.count 1 /m.test(all) && all.includes(".goroutines.value ")
  )
  assert.deepEqual(shapes(text), shapes(golden("graphite.txt")))
  const value = (name: string) => new RegExp(`^ghostunnel\\.${name} (\\S+) `, "m").exec(text)?.[1]
  assert.deepEqual(
    ["conn.open.count", "accept.total.count", "accept.total.count_ps", "conn.handshake.count"].map(value),
    ["1", "1", "1.00", "1"]
  )
  const seconds = new Set(
    text
      .trimEnd()
      .split("\n")
      .map((line) => line.split(" ")[2])
  )
  assert.equal(seconds.size, 1)
  peer.end()
  await peer.close()
  await stops(tunnel)
  assert.equal(tunnel.count(/error reporting metrics|reporting metrics again/), 0)
})

/** Looking the receiver up must not start threads that stay outside of the sandbox. */
const strict = scenario("server-push-graphite-sandbox-required", "control", async (stage) => {
  const receiver = await holdingBackend(stage)
  const builder = await tunnelTo(stage, `--metrics-graphite=localhost:${portOf(receiver.endpoint)}`)
  const tunnel = await builder.args("--sandbox=require").start()
  assert.equal(tunnel.count(/threads outside: .*libuv/), 0)
  await flush(receiver, () => true)
  await stops(tunnel)
})

const downThenUp = scenario("server-push-graphite-down-then-up", "control", async (stage) => {
  const place = await stage.tcp()
  const builder = await tunnelTo(stage, `--metrics-graphite=127.0.0.1:${portOf(place)}`)
  const tunnel = await builder.start()
  await tunnel.waitForLine(
    new RegExp(`error reporting metrics: dial tcp 127\\.0\\.0\\.1:${portOf(place)}: connect: connection refused$`)
  )
  await pause(2_500)
  assert.equal(tunnel.count(/^error reporting metrics: /), 1)
  const receiver = await holdingBackend(stage, place)
  await tunnel.waitForLine(new RegExp(`reporting metrics again to 127\\.0\\.0\\.1:${portOf(place)}$`))
  assert.match((await receiver.connection(1)).socket.remoteAddress ?? "", /127/)
  await stops(tunnel)
  assert.equal(tunnel.stderr, "")
})

const url = waiting(
  scenario("server-push-url", "data-path", async (stage) => {
    const receiver = await httpReceiver(stage, (response) => response.writeHead(204).end())
    const place = `127.0.0.1:${portOf(receiver.endpoint)}/in?x=1`
    // The interval bounds a post too.
    const words = [`--metrics-url=http://user:s3cret@${place}`, "--metrics-interval=2s"]
    const tunnel = await (await tunnelTo(stage, ...words)).start()
    await serves(stage, tunnel)
    const total = (body: string) =>
      entries(body).find(({ metric }) => metric === "ghostunnel.accept.success")?.value ?? Number.NaN
    let index = 0
    while (total((await receiver.post(index)).body) !== 1 || entries((await receiver.post(index)).body).length < 48)
      index++
    const { body, headers, method, url: path } = await receiver.post(index)
    assert.deepEqual([method, path], ["POST", "/in?x=1"])
    assert.deepEqual(headers, {
      host: `127.0.0.1:${portOf(receiver.endpoint)}`,
      "user-agent": "Go-http-client/1.1",
      "content-length": String(Buffer.byteLength(body)),
      authorization: `Basic ${Buffer.from("user:s3cret").toString("base64")}`,
      "content-type": "application/json",
      "accept-encoding": "gzip"
    })
    const captured = golden("metrics-url-post.ok.http")
    const names = (text: string) =>
      entries(text)
        .map(({ metric }) => metric)
        .toSorted()
    assert.deepEqual(names(body), names(captured.slice(captured.indexOf("["))))

    await receiver.leave()
    await tunnel.waitForLine(/error reporting metrics: Post "http:\/\/user:\*\*\*@\S+\/in\?x=1": .*connection refused$/)
    const again = await httpReceiver(stage, (response) => response.writeHead(200).end("fine"), {
      at: receiver.endpoint
    })
    await again.post(0)
    await tunnel.waitForLine(/reporting metrics again to http:\/\/user:\*\*\*@\S+\/in\?x=1$/)
    assert.equal(tunnel.count(/^error reporting metrics: /), 1)
    assert.equal(tunnel.count(/^metrics enabled; reporting metrics via POST to http:\/\/user:\*\*\*@/), 1)
    await stops(tunnel)
    assert.doesNotMatch(tunnel.stdout + tunnel.stderr, /s3cret/)
  })
)

const https = scenario("server-push-url-https", "control", async (stage) => {
  const answer = { identity: await serverIdentity() }
  const receiver = await httpReceiver(stage, (response) => response.writeHead(200).end(), answer)
  const words = [`--metrics-url=https://localhost:${portOf(receiver.endpoint)}/`, "--metrics-interval=1s"]
  const tunnel = await (await tunnelTo(stage, ...words)).start()
  assert.equal((await receiver.post(1)).method, "POST")
  await stops(tunnel)
  assert.equal(tunnel.count(/error reporting metrics/), 0)
})

const untrusted = scenario("server-push-url-https-untrusted", "control", async (stage) => {
  const answer = { identity: await foreignIdentity("server") }
  const receiver = await httpReceiver(stage, (response) => response.writeHead(200).end(), answer)
  const words = [`--metrics-url=https://localhost:${portOf(receiver.endpoint)}/`, "--metrics-interval=1s"]
  const tunnel = await (await tunnelTo(stage, ...words)).start()
  await tunnel.waitForLine(/error reporting metrics: Post .* x509: certificate signed by unknown authority$/)
  assert.equal(receiver.posts.length, 0)
  await stops(tunnel)
})

const refused = scenario("server-push-url-refused", "control", async (stage) => {
  const receiver = await httpReceiver(stage, (response) => response.writeHead(500).end("no"))
  const words = [`--metrics-url=http://127.0.0.1:${portOf(receiver.endpoint)}/`, "--metrics-interval=1s"]
  const tunnel = await (await tunnelTo(stage, ...words)).start()
  await receiver.post(2)
  await tunnel.waitForLine(/error reporting metrics: Post "http:\S+": receiver returned status: 500$/)
  assert.equal(tunnel.count(/error reporting metrics/), 1)
  await stops(tunnel)
})

const hanging = waiting(
  scenario("server-push-to-hanging-receivers", "data-path", async (stage) => {
    const silent = await httpReceiver(stage, () => {})
    const deaf = await holdingBackend(stage)
    const tunnel = await (
      await tunnelTo(
        stage,
        `--metrics-url=http://127.0.0.1:${portOf(silent.endpoint)}/`,
        "--metrics-interval=10s",
        `--metrics-graphite=127.0.0.1:${portOf(deaf.endpoint)}`,
        // More than the kernel buffers for a receiver that does not read.
        `--metrics-prefix=${"x".repeat(120_000)}`
      )
    ).start()
    ;(await deaf.connection(0)).socket.pause()
    await silent.post(0)
    await serves(stage, tunnel)
    await tunnel.waitForLine(/error reporting metrics: Post .*: context deadline exceeded$/)
    // A later post is tried, and open when the end comes: it might go on for ten seconds.
    await silent.post(1)
    await stops(tunnel, 9_500)
  })
)

const off = scenario("server-push-url-never", "control", async (stage) => {
  const receiver = await httpReceiver(stage, (response) => response.writeHead(200).end())
  const words = [`--metrics-url=http://127.0.0.1:${portOf(receiver.endpoint)}/`, "--metrics-interval=0s"]
  const tunnel = await (await tunnelTo(stage, ...words)).status().start()
  await serves(stage, tunnel)
  await waitForRow(tunnel, [0, 0, 1, 1, 0, 0, 1, 1])
  await pause(500)
  assert.equal(receiver.posts.length, 0)
  await stops(tunnel)
})

const client = scenario("client-push-graphite", "control", async (stage) => {
  const receiver = await holdingBackend(stage)
  const words = [`--metrics-graphite=127.0.0.1:${portOf(receiver.endpoint)}`]
  const tunnel = await (await clientTunnel(stage))
    .target("localhost:1")
    .args(...words)
    .start()
  assert.match(await flush(receiver, () => true), /^ghostunnel\.conn\.lifetime\.count 0 \d+$/m)
  await stops(tunnel)
})

export const serverPush = [
  graphite,
  needing(strict, "landlock"),
  downThenUp,
  url,
  https,
  untrusted,
  refused,
  hanging,
  off,
  client
]

runTopic("server-push", serverPush)
