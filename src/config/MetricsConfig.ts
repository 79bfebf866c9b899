/** Metrics and where they are pushed to. */
import { Effect, Schema } from "effect"
import { TcpAddressFromString } from "./Address.ts"
import { closed } from "./Closed.ts"
import { duration, flag, secret, Url } from "./Fields.ts"
import { MetricsPrefix } from "./MetricsPrefix.ts"

/** Pushes by OTLP over HTTP. The `OTEL_*` variables set the rest. */
export const OtlpConfig = closed(
  Schema.Struct({
    /** The collector's `http` or `https` URL, without `/v1/metrics`; may hold credentials. */
    endpoint: secret(Url),
    /** Whether spans and log records of connections are pushed besides metrics. */
    traces: flag
  })
)
export type OtlpConfig = typeof OtlpConfig.Type

export const MetricsConfig = closed(
  Schema.Struct({
    prefix: MetricsPrefix.pipe(Schema.withDecodingDefaultKey(Effect.succeed("ghostunnel"))),
    /** How many peers' identities get series of their own; 0: none. */
    identities: Schema.Int.pipe(
      Schema.check(Schema.isBetween({ minimum: 0, maximum: 1000 })),
      Schema.withDecodingDefaultKey(Effect.succeed(0))
    ),
    /** Period of the runtime gauges and of pushes by HTTP. Zero or negative: never. */
    interval: duration("30s"),
    /** Where to push to by the Graphite protocol, every second. */
    graphite: Schema.optionalKey(TcpAddressFromString),
    /** Where to post the JSON form to, every interval: `http` or `https`; may hold credentials. */
    postUrl: Schema.optionalKey(secret(Url)),
    otlp: Schema.optionalKey(OtlpConfig)
  })
)
export type MetricsConfig = typeof MetricsConfig.Type
