/** Telemetry pushed by OTLP, by the sandboxed program to a collector of the test, which decodes what it gets by itself. */
import assert from "node:assert/strict"
import { echoBackend } from "../support/Backend.ts"
import { pause } from "../support/Changes.ts"
import type { Endpoint } from "../support/Endpoint.ts"
import { type CollectorOptions, type OtlpCollector, otlpCollector } from "../support/OtlpCollector.ts"
import type { Span } from "../support/OtlpData.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import { tlsServer } from "../support/TlsServer.ts"
import type { Tunnel, TunnelBuilder } from "../support/Tunnel.ts"
import { ca, clientIdentity, clientTunnel, join, serverIdentity, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const portOf = (endpoint: Endpoint): number => (endpoint.network === "tcp" ? endpoint.port : assert.fail("not TCP"))

const collect = async (stage: Stage, options: CollectorOptions = {}): Promise<OtlpCollector> => {
  const collector = await otlpCollector({ port: portOf(await stage.tcp()), ...options })
  stage.defer(collector.close)
  return collector
}

/** A server for `client` alone, that must find everything it needs inside its sandbox. */
const tunnelTo = async (
  stage: Stage,
  endpoint: string,
  environment: Readonly<Record<string, string>> = {},
  ...words: ReadonlyArray<string>
): Promise<TunnelBuilder> =>
  (await serverTunnel(stage))
    .allowCn("client")
    .target(await echoBackend(stage))
    .below("env", ...Object.entries(environment).map(([name, value]) => `${name}=${value}`))
    .args(`--otlp-endpoint=${endpoint}`, "--metrics-interval=1s", "--sandbox=require", ...words)

const soon = { OTEL_BSP_SCHEDULE_DELAY: "100", OTEL_BLRP_SCHEDULE_DELAY: "100" }

/** Carries five bytes each way. */
const serves = async (stage: Stage, tunnel: Tunnel): Promise<void> => {
  const peer = await join(stage, tunnel)
  await peer.echo("hello")
  peer.end()
  await peer.close()
}

/** Ends it with a signal, and says how long that took. */
const stops = async (tunnel: Tunnel): Promise<number> => {
  const began = performance.now()
  tunnel.signal("SIGTERM")
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  assert.equal(tunnel.stderr, "")
  return performance.now() - began
}

const metrics = (form: "http/protobuf" | "http/json") =>
  scenario(
    `server-otlp-metrics-${form === "http/json" ? "json" : "protobuf"}`,
    form === "http/json" ? "control" : "data-path",
    async (stage) => {
      const collector = await collect(stage)
      const tunnel = await (
        await tunnelTo(stage, `http://127.0.0.1:${collector.port}/base/`, {
          OTEL_EXPORTER_OTLP_PROTOCOL: form,
          OTEL_EXPORTER_OTLP_HEADERS: "x-tenant=blue%20team,authorization=Bearer%20t0psecret",
          OTEL_EXPORTER_OTLP_COMPRESSION: form === "http/json" ? "none" : "gzip",
          OTEL_RESOURCE_ATTRIBUTES: "service.name=other,deployment.environment.name=test",
          OTEL_SERVICE_NAME: "front",
          // The flag alone says where to.
          OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: "http://127.0.0.1:9/"
        })
      ).start()
      assert.equal(
        tunnel.count(/^metrics enabled; exporting metrics via OTLP to http:\/\/127\.0\.0\.1:\d+\/base\/$/),
        1
      )
      await serves(stage, tunnel)
      const push = await collector.until("the closed connection", ({ pushes }) =>
        pushes.find((each) => each.metrics.some(({ name }) => name === "ghostunnel_connections_closed"))
      )
      assert.equal(push.path, "/base/v1/metrics")
      assert.equal(push.headers["x-tenant"], "blue team")
      assert.equal(push.headers.authorization, "Bearer t0psecret")
      assert.equal(push.headers["content-encoding"], form === "http/json" ? undefined : "gzip")
      assert.match(push.headers["user-agent"] ?? "", /^ghostunnel\/\S+$/)
      assert.equal(push.scope.name, "ghostunnel")
      const { resource } = push
      assert.deepEqual(
        [resource["service.name"], resource["deployment.environment.name"], resource["ghostunnel.mode"]],
        ["front", "test", "server"]
      )
      assert.equal(resource["service.version"], push.scope.version)
      assert.equal(resource["process.pid"], tunnel.pid)

      const named = (name: string) =>
        push.metrics.find((each) => each.name === `ghostunnel_${name}`) ?? assert.fail(name)
      const accepted = named("connections_accepted")
      assert.deepEqual([accepted.type, accepted.monotonic, accepted.temporality], ["sum", true, 2])
      assert.deepEqual(
        accepted.points.map(({ value }) => value),
        [1]
      )
      assert.ok(accepted.points.every(({ start, time }) => start > 1_700_000_000_000_000_000n && start < time))
      const carried = named("carried_bytes")
      assert.deepEqual([carried.type, carried.unit], ["sum", "By"])
      assert.deepEqual(
        Object.fromEntries(carried.points.map(({ attributes, value }) => [attributes.direction, value])),
        { forwarded: 5, returned: 5 }
      )
      assert.equal(named("connections_active").type, "gauge")
      const handshake = named("handshake_duration_seconds")
      assert.deepEqual([handshake.type, handshake.unit, handshake.temporality], ["histogram", "s", 2])
      const [point = assert.fail("no point")] = handshake.points
      assert.deepEqual([point.attributes, point.count], [{ result: "admitted" }, 1])
      assert.ok(point.sum !== undefined && point.sum > 0 && point.sum < 10)
      assert.deepEqual(
        [point.bounds?.length, point.buckets?.length, point.buckets?.reduce((a, b) => a + b)],
        [14, 15, 1]
      )
      assert.deepEqual(collector.misunderstood, [])
      // Without being asked for, nothing is told of single connections.
      assert.deepEqual([...new Set(collector.pushes.map(({ path }) => path))], ["/base/v1/metrics"])
      await stops(tunnel)
      assert.doesNotMatch(tunnel.stdout, /t0psecret|error exporting/)
    }
  )

const spansOf = (collector: OtlpCollector, wanted: (root: Span) => boolean) =>
  collector.until("a connection's spans", (all) => {
    const root = all.spans().find((each) => each.parentSpanId === "" && wanted(each))
    if (root === undefined) return undefined
    return { root, children: all.spans().filter(({ parentSpanId }) => parentSpanId === root.spanId) }
  })

const traces = scenario("server-otlp-traces", "data-path", async (stage) => {
  const collector = await collect(stage)
  const endpoint = `http://127.0.0.1:${collector.port}`
  const tunnel = await (await tunnelTo(stage, endpoint, soon, "--otlp-traces")).start()
  assert.equal(tunnel.count(/^metrics enabled; exporting metrics, traces, logs via OTLP to http:/), 1)
  await serves(stage, tunnel)
  const { children, root } = await spansOf(collector, ({ status }) => status === 0)
  const {
    "ghostunnel.connection": id,
    "ghostunnel.target": target,
    "network.peer.port": port,
    ...rest
  } = root.attributes
  assert.match(String(id), /^[0-9a-f]{16}-\d+$/)
  assert.match(String(target), /:\d+$|^unix:/)
  if (tunnel.listen.network === "tcp") {
    assert.equal(typeof port, "number")
    assert.equal(rest["network.peer.address"], "127.0.0.1")
    assert.equal(rest["network.transport"], "tcp")
  }
  assert.deepEqual([root.name, root.kind, root.message], ["connection", 2, ""])
  assert.match(String(rest["tls.client.subject"]), /CN=client/)
  assert.deepEqual(
    [
      ...[rest["tls.protocol.version"], rest["tls.established"], rest["tls.resumed"]],
      ...[rest["ghostunnel.bytes.forwarded"], rest["ghostunnel.bytes.returned"]],
      ...[rest["ghostunnel.close.stage"], rest["ghostunnel.close.reason"]]
    ],
    ["1.3", true, false, 5, 5, "copy", "eof"]
  )
  assert.match(String(rest["tls.cipher"]), /^TLS_/)
  assert.deepEqual(
    children.map(({ kind, name }) => [name, kind]),
    [
      ["handshake", 1],
      ["dial", 3]
    ]
  )
  const [handshake = root, dial = root] = children
  assert.ok(root.start === handshake.start && handshake.start < handshake.end && handshake.end <= dial.start)
  assert.ok(dial.start < dial.end && dial.end <= root.end)
  const all = [root, ...children]
  assert.equal(new Set(all.map(({ traceId }) => traceId)).size, 1)
  assert.equal(new Set(all.map(({ spanId }) => spanId)).size, 3)

  const logs = await collector.until("two log records", (each) =>
    each.logs().filter(({ traceId }) => traceId === root.traceId).length === 2 ? each.logs() : undefined
  )
  assert.deepEqual(
    logs.map(({ attributes, severityText, spanId }) => [attributes["event.name"], severityText, spanId]),
    [
      ["ghostunnel.connection.open", "INFO", root.spanId],
      ["ghostunnel.connection.close", "INFO", root.spanId]
    ]
  )
  assert.match(logs[1]?.body ?? "", /^closed pipe: .* \[forwarded 5 bytes, returned 5 bytes, open /)

  // Somebody who may not: refused, and told as such.
  const stranger = await clientIdentity({ cn: "stranger" })
  await join(stage, tunnel, { identity: stranger }).catch(() => undefined)
  const refused = await spansOf(collector, ({ status }) => status === 2)
  assert.match(refused.root.message, /unauthorized: /)
  assert.deepEqual(
    ["ghostunnel.close.stage", "error.type", "ghostunnel.bytes.forwarded"].map((name) => refused.root.attributes[name]),
    ["handshake", "acl", 0]
  )
  assert.deepEqual(
    refused.children.map(({ message, name, status }) => [name, status, message]),
    [["handshake", 2, refused.root.message]]
  )
  const told = await collector.until("the refusal's log records", (each) => {
    const found = each.logs().filter(({ traceId }) => traceId === refused.root.traceId)
    return found.length === 2 ? found : undefined
  })
  assert.deepEqual(
    told.map(({ severityText }) => severityText),
    ["INFO", "WARN"]
  )
  assert.deepEqual(collector.misunderstood, [])
  await stops(tunnel)
})

const lastWords = scenario("server-otlp-flushes-at-exit", "control", async (stage) => {
  const collector = await collect(stage)
  const endpoint = `http://127.0.0.1:${collector.port}`
  const json = { OTEL_EXPORTER_OTLP_PROTOCOL: "http/json", OTEL_BLRP_SCHEDULE_DELAY: "3600000" }
  const never = { ...json, OTEL_BSP_SCHEDULE_DELAY: "3600000", OTEL_METRIC_EXPORT_INTERVAL: "3600000" }
  const tunnel = await (await tunnelTo(stage, endpoint, never, "--otlp-traces")).start()
  await serves(stage, tunnel)
  assert.equal(collector.metrics("ghostunnel_connections_accepted").length, 0)
  await stops(tunnel)
  const [root, ...children] = collector.spans()
  assert.ok(root !== undefined && children.length === 2)
  assert.deepEqual([root.name, root.kind, root.attributes["ghostunnel.bytes.forwarded"]], ["connection", 2, 5])
  assert.deepEqual(
    children.map(({ parentSpanId, traceId }) => [traceId, parentSpanId]),
    [1, 2].map(() => [root.traceId, root.spanId])
  )
  assert.deepEqual(
    collector.logs().map(({ attributes, spanId }) => [attributes.event, attributes["event.name"], spanId]),
    ["open", "close"].map((event) => [undefined, `ghostunnel.connection.${event}`, root.spanId])
  )
  assert.deepEqual(collector.misunderstood, [])
  assert.deepEqual(
    collector.metrics("ghostunnel_connections_closed").flatMap(({ points }) => points.map(({ value }) => value)),
    [1]
  )
})

const downThenUp = scenario("server-otlp-down-then-up", "control", async (stage) => {
  const port = portOf(await stage.tcp())
  const place = `127.0.0.1:${port}`
  const tunnel = await (await tunnelTo(stage, `http://user:s3cret@${place}`, soon, "--otlp-traces")).start()
  await serves(stage, tunnel)
  const failure = (signal: string) =>
    new RegExp(
      `error exporting OTLP ${signal}: Post "http://user:\\*\\*\\*@${place}/v1/${signal}": dial tcp ${place}: .* refused$`
    )
  for (const signal of ["metrics", "traces", "logs"]) await tunnel.waitForLine(failure(signal))
  await pause(2500)
  assert.equal(tunnel.count(/^error exporting OTLP/), 3)
  const collector = await collect(stage, { port })
  for (const signal of ["metrics", "traces", "logs"]) {
    await tunnel.waitForLine(
      new RegExp(`exporting OTLP ${signal} again to http://user:\\*\\*\\*@${place}/v1/${signal}$`)
    )
  }
  // Nothing of the connection that ended meanwhile is lost.
  assert.equal((await spansOf(collector, () => true)).children.length, 2)
  assert.equal(collector.pushes[0]?.headers.authorization, `Basic ${Buffer.from("user:s3cret").toString("base64")}`)
  await stops(tunnel)
  assert.doesNotMatch(tunnel.stdout + tunnel.stderr, /s3cret/)
})

const hanging = scenario("server-otlp-hanging-collector", "control", async (stage) => {
  const collector = await collect(stage, { answer: () => {} })
  const endpoint = `http://127.0.0.1:${collector.port}`
  const limits = {
    ...soon,
    OTEL_BSP_MAX_QUEUE_SIZE: "4",
    OTEL_EXPORTER_OTLP_TIMEOUT: "600000",
    OTEL_EXPORTER_OTLP_METRICS_TIMEOUT: "1000"
  }
  const tunnel = await (await tunnelTo(stage, endpoint, limits, "--otlp-traces")).start()
  await serves(stage, tunnel)
  await collector.until("a push of each", ({ pushes }) =>
    new Set(pushes.map(({ path }) => path)).size === 3 ? 1 : undefined
  )
  await tunnel.waitForLine(/error exporting OTLP metrics: Post .*: context deadline exceeded$/)
  // Connections do not feel it; what does not fit is dropped, and said so once.
  for (let n = 0; n < 3; n++) await serves(stage, tunnel)
  await tunnel.waitForLine(/warning: dropping OTLP traces: 4 are waiting to be exported$/)
  assert.equal(tunnel.count(/^warning: dropping OTLP/), 1)
  const took = await stops(tunnel)
  // Not at once, and not the ten minutes that a request for traces or logs may take.
  assert.ok(took > 2500, `took ${took} ms`)
})

const https = scenario("server-otlp-https", "control", async (stage) => {
  const collector = await collect(stage, { identity: await serverIdentity() })
  const tunnel = await (await tunnelTo(stage, `https://localhost:${collector.port}`)).start()
  await collector.until("a push", ({ pushes }) => pushes[0])
  await stops(tunnel)
  assert.equal(tunnel.count(/error exporting/), 0)
})

const refusals = scenario("server-otlp-refused-for-good", "control", async (stage) => {
  const collector = await collect(stage, {
    answer: (response, { path }) => response.writeHead(path === "/v1/traces" ? 403 : 200).end()
  })
  const tunnel = await (await tunnelTo(stage, `http://127.0.0.1:${collector.port}`, soon, "--otlp-traces")).start()
  await serves(stage, tunnel)
  await tunnel.waitForLine(/error exporting OTLP traces: Post "http:\S+": collector returned status: 403$/)
  await serves(stage, tunnel)
  await collector.until("the second connection", (all) => (all.spans().length === 6 ? true : undefined))
  assert.equal(tunnel.count(/^error exporting/), 1)
  assert.equal(new Set(collector.spans().map(({ traceId }) => traceId)).size, 2)
  await stops(tunnel)
})

const disabled = scenario("server-otlp-disabled-by-environment", "control", async (stage) => {
  const collector = await collect(stage)
  const endpoint = `http://127.0.0.1:${collector.port}`
  const tunnel = await (await tunnelTo(stage, endpoint, { OTEL_SDK_DISABLED: "true" }, "--otlp-traces")).start()
  await tunnel.waitForLine(/OTLP: nothing is exported/)
  await serves(stage, tunnel)
  await stops(tunnel)
  assert.equal(collector.pushes.length, 0)
})

const client = scenario("client-otlp-traces", "control", async (stage) => {
  const collector = await collect(stage)
  const server = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), echo: true })
  const tunnel = await (await clientTunnel(stage))
    .localTarget(server)
    .below("env", ...Object.entries(soon).map(([name, value]) => `${name}=${value}`))
    .args(`--otlp-endpoint=http://127.0.0.1:${collector.port}`, "--otlp-traces", "--sandbox=require")
    .start()
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.echo("hello")
  peer.end()
  await peer.close()
  const { children, root } = await spansOf(collector, () => true)
  assert.equal(root.attributes["tls.server.subject"], "CN=server")
  assert.equal(root.attributes["tls.client.server_name"], "localhost")
  assert.ok(!("tls.client.subject" in root.attributes))
  assert.deepEqual(
    children.map(({ attributes, kind, name }) => [name, kind, attributes["server.address"]]),
    [["dial", 3, "localhost"]]
  )
  await stops(tunnel)
})

/** An environment made for all programs of a host must not make this one talk. */
const unasked = scenario("server-otlp-not-by-environment-alone", "control", async (stage) => {
  const collector = await collect(stage)
  const tunnel = await (await serverTunnel(stage))
    .allowAll()
    .target(await echoBackend(stage))
    .below("env", `OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:${collector.port}`, "OTEL_METRIC_EXPORT_INTERVAL=50")
    .start()
  await serves(stage, tunnel)
  await pause(500)
  await stops(tunnel)
  assert.equal(collector.pushes.length, 0)
})

const grpc = scenario("server-otlp-rejects-grpc", "control", async (stage) => {
  const tunnel = await (
    await tunnelTo(stage, "http://127.0.0.1:4317", { OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })
  ).launch()
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  assert.match(tunnel.stdout, /error: OTEL_EXPORTER_OTLP_PROTOCOL: OTLP over gRPC is not supported, use http\/protobuf/)
})

export const serverOtlp = [
  ...[metrics("http/protobuf"), metrics("http/json"), traces, lastWords, downThenUp, hanging, https],
  ...[refusals, disabled, client, unasked, grpc]
]

runTopic("server-otlp", serverOtlp)
