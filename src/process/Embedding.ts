/** Tunnels as layers of a program that embeds them. */
import { Context, Deferred, Effect, Layer, Metric, type Schema, SchemaIssue, type Scope } from "effect"
import { processOf } from "../config/ProcessConfig.ts"
import { ClientConfig, ServerConfig, type TunnelConfig } from "../config/TunnelConfig.ts"
import { InheritedSockets } from "../runtime/InheritedSockets.ts"
import { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import { ServiceNotify } from "../runtime/ServiceNotify.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { ProgramLabels } from "./MetricsReaders.ts"
import { Process } from "./Process.ts"

/** A running tunnel: the process of one tunnel, and where it listens. */
export class Tunnel extends Context.Service<
  Tunnel,
  Omit<Process["Service"], "tunnels"> & {
    /** The address the listener is bound to, with the actual port if the configuration says 0. */
    readonly bound: Process["Service"]["tunnels"][0]["bound"]
  }
>()("ghostunnel/Tunnel") {}

/** How the embedding program calls a tunnel. */
export interface TunnelOptions {
  /**
   * The label `tunnel` of the tunnel's series in the program's metric registry. By default `tunnel`; with a number if another
   * tunnel that records there has the name.
   */
  readonly name?: string
}

/**
 * A tunnel as a layer: listening when it is built, drained when its scope closes. Shutdown and reload requests come from
 * `Lifecycle`, lines go to `Log`.
 */
export const layer = (
  config: TunnelConfig
): Layer.Layer<Tunnel, StartError, Log | Lifecycle | InheritedSockets | ServiceNotify> =>
  Layer.effect(
    Tunnel,
    Effect.map(Process, ({ tunnels: [{ bound }], ...process }) => ({ ...process, bound }))
  ).pipe(Layer.provide(Process.layer(processOf(config))))

const services = Layer.mergeAll(
  Log.layerEffect,
  Lifecycle.layerManual,
  InheritedSockets.layerNone,
  ServiceNotify.layerNone
)

/** An embedded tunnel has its own lifecycle, so `/_shutdown` shuts it down directly. */
const shutdownOnRequest = Layer.effectDiscard(
  Effect.gen(function* () {
    const { shutdown } = yield* Lifecycle
    const tunnel = yield* Tunnel
    yield* Effect.forkScoped(Effect.andThen(Deferred.await(shutdown), tunnel.shutdown))
  })
)

/** Names in use by registry. */
const taken = new WeakMap<object, Set<string>>()

/** A name that no other tunnel has in the program's metric registry, until the scope closes. */
const claimName = (wanted: string): Effect.Effect<string, never, Scope.Scope> =>
  Effect.gen(function* () {
    const registry = yield* Metric.MetricRegistry
    const names = taken.get(registry) ?? new Set()
    taken.set(registry, names)
    return yield* Effect.acquireRelease(
      Effect.sync(() => {
        let name = wanted
        for (let number = 2; names.has(name); number++) name = `${wanted}-${number}`
        names.add(name)
        return name
      }),
      (name) => Effect.sync(() => names.delete(name))
    )
  })

/** The same configuration if it keeps every rule: one that was not decoded may break some. */
const checked = <A extends TunnelConfig>(schema: Schema.Codec<A, unknown>, config: A) =>
  Effect.mapError(schema.makeEffect(config), (issue) => {
    const message = `invalid configuration: ${formatIssue(issue).replaceAll(/\n\s*/g, " ")}`
    return startError(message, `error: ${message}`)
  })

const formatIssue = SchemaIssue.makeFormatterDefault()

const embed = (
  config: Effect.Effect<TunnelConfig, StartError>,
  { name = "tunnel" }: TunnelOptions
): Layer.Layer<Tunnel, StartError> =>
  Layer.unwrap(
    Effect.map(config, (valid) =>
      shutdownOnRequest.pipe(
        Layer.provideMerge(layer(valid)),
        Layer.provide(Layer.fresh(services)),
        Layer.provide(
          Layer.effect(
            ProgramLabels,
            Effect.map(claimName(name), (tunnel) => ({ tunnel }))
          )
        )
      )
    )
  )

/**
 * A server tunnel for embedding: its log lines go to Effect's loggers, its metrics into Effect's metric registry; nothing of
 * the process is touched. It stops when its scope closes, and before that when the status port is asked to shut it down.
 */
export const layerServer = (config: ServerConfig, options: TunnelOptions = {}): Layer.Layer<Tunnel, StartError> =>
  embed(checked(ServerConfig, config), options)

/** A client tunnel for embedding. */
export const layerClient = (config: ClientConfig, options: TunnelOptions = {}): Layer.Layer<Tunnel, StartError> =>
  embed(checked(ClientConfig, config), options)
