import { assert, describe, it } from "@effect/vitest"
import { SpanKind, SpanStatusCode } from "@opentelemetry/api"
import {
  AggregationTemporality,
  DataPointType,
  InMemoryMetricExporter,
  PeriodicExportingMetricReader
} from "@opentelemetry/sdk-metrics"
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor
} from "@opentelemetry/sdk-trace-base"
import { Context, Duration, Effect, Exit, Layer, Logger, Schema, Scope } from "effect"
import { layerServer, ServerConfig, Tunnel } from "../../src/index.ts"
import * as OpenTelemetry from "../../src/opentelemetry.ts"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { type Endpoint, textOf } from "../support/Endpoint.ts"
import { cells } from "../support/Matrix.ts"
import { Stage } from "../support/Stage.ts"
import { makeCa, type TestIdentity } from "../support/TestCa.ts"
import { connectTls } from "../support/TlsClient.ts"

/** A tunnel for `client` alone, and who may join it. */
const setting = Effect.gen(function* () {
  const stage = yield* Effect.acquireRelease(
    Effect.sync(() => new Stage(cells[0] ?? assert.fail("no cell"))),
    (it) => Effect.promise(() => it.close())
  )
  const ca = yield* Effect.promise(() => makeCa("embedding"))
  const issue = (cn: string, eku: "server" | "client") =>
    Effect.promise(() => ca.issue({ cn, dns: ["localhost"], ip: ["127.0.0.1"], eku }))
  const identity = yield* issue("server", "server")
  const backend = yield* Effect.promise(() => echoBackend(stage))
  const listen = yield* Effect.promise(() => stage.tcp())
  const config = yield* Schema.decodeEffect(ServerConfig)({
    listen: textOf(listen),
    target: textOf(backend.endpoint),
    credentials: { _tag: "KeyPair", certificatePath: identity.certPath, keyPath: identity.keyPath },
    caBundlePath: ca.certPath,
    access: { _tag: "Names", rules: { commonNames: ["client"] } },
    workers: 0
  })
  const join = (to: Endpoint, as: TestIdentity) => connectTls(stage, { to, ca, identity: as })
  return {
    config,
    listen,
    join,
    client: yield* issue("client", "client"),
    stranger: yield* issue("stranger", "client")
  }
})

const named = (spans: ReadonlyArray<ReadableSpan>, name: string) => spans.filter((span) => span.name === name)

describe("ghostunnel/opentelemetry", () => {
  it.live("hands metrics and connection spans to the program's SDK", () =>
    Effect.gen(function* () {
      const { client, config, join, listen, stranger } = yield* setting
      const spans = new InMemorySpanExporter()
      const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE)
      const metricReader = new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })
      const sdk = OpenTelemetry.layer({
        metricReader,
        spanProcessor: new SimpleSpanProcessor(spans),
        resource: { "service.name": "embedder" }
      })
      const scope = yield* Scope.make()
      // Other tunnels of this process may have recorded in the registry under other names.
      const tunnel = layerServer(config, { name: "spans" }).pipe(Layer.provide(sdk), Layer.provide(Logger.layer([])))
      const context = yield* Layer.buildWithScope(tunnel, scope)
      assert.strictEqual(Context.get(context, Tunnel).workers, 0)
      yield* Effect.promise(async () => {
        const peer = await join(listen, client)
        await peer.echo("hello")
        peer.end()
        await peer.close()
        await join(listen, stranger).catch(() => undefined)
      })
      const all = yield* Effect.promise(() =>
        eventually("two connections", async () => {
          const finished = spans.getFinishedSpans()
          return named(finished, "connection").length === 2 ? finished : undefined
        })
      )
      const admitted = named(all, "connection").find(({ status }) => status.code === SpanStatusCode.UNSET)
      const refused = named(all, "connection").find(({ status }) => status.code === SpanStatusCode.ERROR)
      assert.isDefined(admitted)
      assert.isDefined(refused)
      assert.strictEqual(admitted.kind, SpanKind.SERVER)
      assert.isUndefined(admitted.parentSpanContext)
      assert.strictEqual(admitted.resource.attributes["service.name"], "embedder")
      assert.strictEqual(admitted.instrumentationScope.name, "ghostunnel")
      assert.strictEqual(admitted.attributes["tls.client.subject"], "CN=client")
      assert.strictEqual(admitted.attributes["ghostunnel.bytes.forwarded"], 5)
      assert.strictEqual(admitted.attributes["ghostunnel.close.reason"], "eof")
      assert.strictEqual(refused.attributes["error.type"], "acl")
      assert.match(refused.status.message ?? "", /^unauthorized: /)
      assert.deepStrictEqual(refused.events, [])
      const dials = named(all, "dial")
      assert.deepStrictEqual(
        dials.map(({ kind, parentSpanContext }) => [kind, parentSpanContext?.spanId]),
        [[SpanKind.CLIENT, admitted.spanContext().spanId]]
      )
      assert.strictEqual(named(all, "handshake").length, 2)

      yield* Effect.promise(() => metricReader.forceFlush())
      const data = metrics.getMetrics().flatMap(({ scopeMetrics }) => scopeMetrics.flatMap((each) => each.metrics))
      const accepted = data.find(({ descriptor }) => descriptor.name === "ghostunnel_connections_accepted")
      assert.isDefined(accepted)
      assert.strictEqual(accepted.dataPointType, DataPointType.SUM)
      assert.deepStrictEqual(
        accepted.dataPoints.filter(({ attributes }) => attributes.tunnel === "spans").map(({ value }) => value),
        [2]
      )
      const errors = data.find(({ descriptor }) => descriptor.name === "ghostunnel_errors")
      assert.deepStrictEqual(
        errors?.dataPoints
          .filter(({ attributes }) => attributes.tunnel === "spans")
          .map(({ attributes, value }) => [attributes, value]),
        [[{ tunnel: "spans", stage: "handshake", reason: "acl" }, 1]]
      )
      yield* Scope.close(scope, Exit.void)
    })
  )

  it.live("takes a tracer that stays the program's, and tells of connections that the end of the tunnel cuts", () =>
    Effect.gen(function* () {
      const { client, config, join, listen } = yield* setting
      const spans = new InMemorySpanExporter()
      const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] })
      const sdk = OpenTelemetry.layer({ tracer: provider.getTracer("mine") })
      const scope = yield* Scope.make()
      const hasty = ServerConfig.make({ ...config, shutdownTimeout: Duration.millis(100) })
      const tunnel = layerServer(hasty).pipe(Layer.provide(sdk), Layer.provide(Logger.layer([])))
      yield* Layer.buildWithScope(tunnel, scope)
      const peer = yield* Effect.promise(() => join(listen, client))
      yield* Effect.promise(() => peer.echo("hello"))
      yield* Scope.close(scope, Exit.void)
      const [root] = named(spans.getFinishedSpans(), "connection")
      assert.isDefined(root)
      assert.strictEqual(root.attributes["ghostunnel.close.reason"], "shutdown")
      assert.strictEqual(root.status.code, SpanStatusCode.UNSET)
      assert.strictEqual(root.instrumentationScope.name, "mine")
      yield* Effect.promise(() => provider.shutdown())
    })
  )
})
