/**
 * Pushes the metric registry over OTLP/HTTP and, if configured, spans and log records of connections. Uses the encoders of
 * `effect/observability`, bounded queues, and the `OTEL_*` variables as `Settings.ts` reads them. A failing push never
 * affects a connection.
 */
import { randomUUID } from "node:crypto"
import { hostname } from "node:os"
import { Context, Duration, Effect, Layer, Result, type Scope } from "effect"
import * as OtlpResource from "effect/observability/OtlpResource"
import * as Serialization from "effect/observability/OtlpSerialization"
import { redacted } from "../config/UrlText.ts"
import { version } from "../config/Version.ts"
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { contextOf, spanOf, type Tunnelled } from "./ConnectionSpan.ts"
import * as Batch from "./otlp/Batch.ts"
import { type Send, sender } from "./otlp/Collector.ts"
import { isSampled, logsOf, type Origin, type OtlpLogRecord, type OtlpSpan, spansOf } from "./otlp/Encode.ts"
import type { Environment } from "./otlp/Environment.ts"
import { pushRegistry } from "./otlp/RegistryPush.ts"
import { type BatchSettings, type Settings, type SignalSettings, settingsOf } from "./otlp/Settings.ts"
import { signalLog } from "./otlp/SignalLog.ts"

export interface OtlpOptions {
  /** Attributes of the process as a resource. */
  readonly attributes: Readonly<Record<string, string>>
  /** `http://…` or `https://…`, optionally with user and password; the signals' paths are appended to its own. */
  readonly endpoint: string
  /** Whether to push spans and log records of connections too. */
  readonly traces: boolean
  /** Between two pushes of metrics, unless the environment sets it; zero or negative: never. */
  readonly interval: Duration.Duration
  /** PEM certificates that https trusts; parsed once. */
  readonly trustAnchors: ReadonlyArray<string>
  readonly env: Environment
  readonly log: (line: string) => void
  /** Called once, with what is pushed and where. */
  readonly announce: (line: string) => void
}

/** The longest time that a shutdown waits for pending data. */
const lastPush = Duration.seconds(3)

type Take = (record: ConnectionRecord, tunnel: Tunnelled) => void

export class Otlp extends Context.Service<
  Otlp,
  {
    /** Accepts every connection record of each tunnel; the record must carry its facts. Cheap, and does not throw. */
    readonly record: Take
    /** Pushes all pending data once, for at most three seconds. Never fails. */
    readonly flush: Effect.Effect<void>
  }
>()("ghostunnel/Otlp") {
  /** Reads the metric registry of the context in which the layer is built. Fails if a variable is invalid. */
  static readonly layer = (options: OtlpOptions): Layer.Layer<Otlp, StartError> => Layer.effect(Otlp, makeOtlp(options))
}

const settingsFor = ({ attributes, endpoint, env, interval, traces }: OtlpOptions) =>
  settingsOf(
    {
      ...{ endpoint, traces, interval, version },
      attributes: {
        "service.instance.id": randomUUID(),
        "host.name": hostname(),
        "process.pid": process.pid,
        ...attributes
      }
    },
    env
  )

const serializer = ({ form }: SignalSettings): Effect.Effect<Serialization.OtlpSerialization["Service"]> =>
  Effect.provide(
    Serialization.OtlpSerialization,
    form === "http/json" ? Serialization.layerJson : Serialization.layerProtobuf
  )

type Body = ReturnType<Serialization.OtlpSerialization["Service"]["traces"]>

/** Items that arrive one by one, serialized and sent in batches. */
const batched = Effect.fnUntraced(function* <A>(
  settings: BatchSettings,
  send: Send,
  line: (text: string) => void,
  body: (serialization: Serialization.OtlpSerialization["Service"], items: ReadonlyArray<A>) => Body
): Effect.fn.Return<Batch.Batch<A>, never, Scope.Scope> {
  const serialization = yield* serializer(settings)
  const push = (items: ReadonlyArray<A>) => {
    const encoded = body(serialization, items)
    if (encoded._tag !== "Uint8Array") return Effect.die("not encoded")
    return send(settings, { contentType: encoded.contentType, bytes: encoded.body })
  }
  return yield* Batch.make(settings, push, signalLog(settings, line))
})

interface Exporter {
  readonly record: Take
  readonly flush: Effect.Effect<void>
}

const spans = Effect.fnUntraced(function* (
  settings: NonNullable<Settings["traces"]>,
  options: OtlpOptions,
  { resource, scope }: Origin,
  send: Send
): Effect.fn.Return<Exporter, never, Scope.Scope> {
  const batch = yield* batched<OtlpSpan>(settings, send, options.log, (serialization, items) =>
    serialization.traces({ resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [...items] }] }] })
  )
  const record: Take = (each, tunnel) => {
    const span = spanOf(each, tunnel)
    if (span === undefined) return
    const context = contextOf(span.connection)
    if (isSampled(context.traceId, settings.ratio)) spansOf(span, context).forEach(batch.push)
  }
  return { record, flush: batch.flush }
})

const logs = Effect.fnUntraced(function* (
  settings: BatchSettings,
  options: OtlpOptions,
  { resource, scope }: Origin,
  send: Send
): Effect.fn.Return<Exporter, never, Scope.Scope> {
  const batch = yield* batched<OtlpLogRecord>(settings, send, options.log, (serialization, items) =>
    serialization.logs({ resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [...items] }] }] })
  )
  return { record: (each, { target }) => logsOf(each, target, Date.now()).forEach(batch.push), flush: batch.flush }
})

const refused = (sentence: string): StartError => startError(sentence, `error: ${sentence}`)

/** Exports while the scope is open. Fails if a variable is invalid. */
export const makeOtlp = Effect.fn("Otlp.make")(function* (options: OtlpOptions) {
  const result = settingsFor(options)
  if (Result.isFailure(result)) return yield* refused(result.failure)
  const settings = result.success
  const send = sender(options.trustAnchors, version)
  const scope = { name: "ghostunnel", version }
  const origin = { resource: OtlpResource.make(settings.resource), scope }
  const exporters: Array<Exporter> = []
  if (settings.metrics !== undefined) {
    const log = signalLog(settings.metrics, options.log)
    const serialization = yield* serializer(settings.metrics)
    const { flush } = yield* pushRegistry(settings.metrics, settings.resource, scope, serialization, send, log)
    exporters.push({ record: () => {}, flush })
  }
  if (settings.traces !== undefined) exporters.push(yield* spans(settings.traces, options, origin, send))
  if (settings.logs !== undefined) exporters.push(yield* logs(settings.logs, options, origin, send))

  const signals = (["metrics", "traces", "logs"] as const).filter((signal) => settings[signal] !== undefined)
  options.announce(
    signals.length === 0
      ? "OTLP: nothing is exported, the environment (OTEL_SDK_DISABLED, OTEL_*_EXPORTER) or the interval says so"
      : `metrics enabled; exporting ${signals.join(", ")} via OTLP to ${redacted(options.endpoint)}`
  )
  const flush = yield* Effect.cached(
    Effect.forEach(exporters, (each) => each.flush, { concurrency: "unbounded", discard: true }).pipe(
      Effect.interruptible,
      Effect.timeoutOption(lastPush),
      Effect.asVoid
    )
  )
  yield* Effect.addFinalizer(() => flush)
  const records = exporters.map(({ record }) => record)
  const record: Take = (each, tunnel) => records.forEach((take) => take(each, tunnel))
  return { record, flush }
})
