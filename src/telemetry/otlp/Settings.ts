/**
 * How telemetry is pushed. The configuration alone decides where to push; the `OTEL_*` variables set the rest. The
 * environment can neither enable pushes nor redirect them. Pure.
 */
import { Duration, Result } from "effect"
import { count, type Environment, first, headers, named, oneOf, pairs, type Signal } from "./Environment.ts"

/** How to send one signal. */
export interface SignalSettings {
  readonly signal: Signal
  /** May hold credentials. */
  readonly url: URL
  /** May hold secrets. */
  readonly headers: Readonly<Record<string, string>>
  readonly form: "http/protobuf" | "http/json"
  readonly compression: "gzip" | "none"
  readonly timeout: Duration.Duration
}

/** How to send signals that are batched. */
export interface BatchSettings extends SignalSettings {
  readonly interval: Duration.Duration
  /** The queue's capacity; items beyond it are dropped. */
  readonly limit: number
  readonly batchSize: number
}

/** The signals to push; the others are absent. */
export interface Settings {
  readonly metrics?: SignalSettings & {
    readonly interval: Duration.Duration
    readonly temporality: "cumulative" | "delta"
  }
  readonly traces?: BatchSettings & {
    /** The share of connections that get a span, 0 to 1. */
    readonly ratio: number
  }
  readonly logs?: BatchSettings
  readonly resource: {
    readonly serviceName: string
    readonly serviceVersion: string
    readonly attributes: Readonly<Record<string, string | number>>
  }
}

/** Settings from the configuration. */
export interface Known {
  /** `http` or `https`; the signals' paths are appended to its own. */
  readonly endpoint: string
  /** Whether to push spans and log records of connections. */
  readonly traces: boolean
  /** Between two pushes of metrics; zero or negative: never. */
  readonly interval: Duration.Duration
  readonly version: string
  /** Resource attributes that the environment may override. */
  readonly attributes: Readonly<Record<string, string | number>>
}

const signalUrl = (endpoint: string, signal: Signal): Result.Result<URL, string> => {
  const url = URL.parse(endpoint)
  if (url === null) return Result.fail("the OTLP endpoint is not a valid URL")
  url.pathname = `${url.pathname.replace(/\/$/, "")}/v1/${signal}`
  return Result.succeed(url)
}

const protocol = (env: Environment, signal: Signal): Result.Result<SignalSettings["form"], string> => {
  const found = first(env, ...named(signal, "PROTOCOL"))
  if (found?.text.toLowerCase() === "grpc") {
    return Result.fail(`${found.name}: OTLP over gRPC is not supported, use http/protobuf (port 4318) or http/json`)
  }
  return oneOf(env, ["http/protobuf", "http/json"], "http/protobuf", ...named(signal, "PROTOCOL"))
}

const wanted = (env: Environment, signal: Signal): Result.Result<boolean, string> =>
  Result.map(oneOf(env, ["otlp", "none"], "otlp", `OTEL_${signal.toUpperCase()}_EXPORTER`), (word) => word === "otlp")

const signalOf = (known: Known, env: Environment, signal: Signal): Result.Result<SignalSettings, string> =>
  Result.gen(function* () {
    return {
      signal,
      url: yield* signalUrl(known.endpoint, signal),
      headers: yield* headers(env, signal),
      form: yield* protocol(env, signal),
      compression: yield* oneOf(env, ["gzip", "none"], "none", ...named(signal, "COMPRESSION")),
      timeout: Duration.millis(yield* count(env, 10_000, 1, ...named(signal, "TIMEOUT")))
    }
  })

const batchOf = (
  known: Known,
  env: Environment,
  signal: "traces" | "logs",
  prefix: string,
  delay: number
): Result.Result<BatchSettings, string> =>
  Result.gen(function* () {
    const limit = yield* count(env, 2048, 1, `${prefix}_MAX_QUEUE_SIZE`)
    return {
      ...(yield* signalOf(known, env, signal)),
      interval: Duration.millis(yield* count(env, delay, 1, `${prefix}_SCHEDULE_DELAY`)),
      limit,
      batchSize: Math.min(limit, yield* count(env, 512, 1, `${prefix}_MAX_EXPORT_BATCH_SIZE`))
    }
  })

const samplers = [
  ...["always_on", "parentbased_always_on", "always_off", "parentbased_always_off"],
  ...["traceidratio", "parentbased_traceidratio"]
]

/** Connections have no parent span, so parent-based samplers behave like their root samplers. */
const ratioOf = (env: Environment): Result.Result<number, string> =>
  Result.gen(function* () {
    const name = "OTEL_TRACES_SAMPLER"
    const sampler = yield* oneOf(env, samplers, "always_on", name)
    if (sampler.endsWith("always_on")) return 1
    if (sampler.endsWith("always_off")) return 0
    const text = first(env, `${name}_ARG`)?.text ?? "1"
    const ratio = Number(text)
    return ratio >= 0 && ratio <= 1 ? ratio : yield* Result.fail(`${name}_ARG: "${text}" is not between 0 and 1`)
  })

const resourceOf = (known: Known, env: Environment): Result.Result<Settings["resource"], string> =>
  Result.map(pairs(env, "OTEL_RESOURCE_ATTRIBUTES"), (given) => {
    const { "service.name": name, "service.version": version, ...attributes } = given
    return {
      serviceName: first(env, "OTEL_SERVICE_NAME")?.text ?? (name || "ghostunnel"),
      serviceVersion: version || known.version,
      attributes: { ...known.attributes, ...attributes }
    }
  })

/** The settings, or the message that refuses a variable. The message contains no secret. */
export const settingsOf = (known: Known, env: Environment): Result.Result<Settings, string> =>
  Result.gen(function* () {
    const resource = yield* resourceOf(known, env)
    if ((yield* oneOf(env, ["true", "false"], "false", "OTEL_SDK_DISABLED")) === "true") return { resource }
    const byDefault = Duration.toMillis(known.interval)
    const interval = yield* count(env, byDefault, 1, "OTEL_METRIC_EXPORT_INTERVAL")
    const preference = "OTEL_EXPORTER_OTLP_METRICS_TEMPORALITY_PREFERENCE"
    return {
      resource,
      ...(interval > 0 && (yield* wanted(env, "metrics"))
        ? {
            metrics: {
              ...(yield* signalOf(known, env, "metrics")),
              interval: Duration.millis(interval),
              temporality: yield* oneOf(env, ["cumulative", "delta"], "cumulative", preference)
            }
          }
        : {}),
      ...(known.traces && (yield* wanted(env, "traces"))
        ? { traces: { ...(yield* batchOf(known, env, "traces", "OTEL_BSP", 5000)), ratio: yield* ratioOf(env) } }
        : {}),
      ...(known.traces && (yield* wanted(env, "logs"))
        ? { logs: yield* batchOf(known, env, "logs", "OTEL_BLRP", 1000) }
        : {})
    }
  })
