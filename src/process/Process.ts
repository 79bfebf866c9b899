/**
 * A running process and its composition: from a configuration to tunnels that serve. The program and programs that embed
 * tunnels are built on it alike.
 */
import { Context, Effect, identity, Layer, Option, Result } from "effect"
import type { ProcessConfig } from "../config/ProcessConfig.ts"
import { FiberCount } from "../metrics/FiberCount.ts"
import * as MainThread from "../profiling/MainThread.ts"
import { DataPlane } from "../proxy/DataPlane.ts"
import { planOf } from "../proxy/Plan.ts"
import type { InheritedSockets } from "../runtime/InheritedSockets.ts"
import type { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import type { ServiceNotify } from "../runtime/ServiceNotify.ts"
import type { StartError } from "../runtime/StartError.ts"
import { Status } from "../status/Status.ts"
import type { EndpointName } from "../transport/Transport.ts"
import { keepBoundApart } from "./Addresses.ts"
import { ConfiguredTunnels } from "./ConfiguredTunnels.ts"
import { foundation } from "./Foundation.ts"
import { MetricsExport } from "./MetricsExport.ts"
import { planeLayer } from "./PlaneLayer.ts"
import { Reloads } from "./Reloads.ts"
import { RunningTunnels } from "./RunningTunnels.ts"
import { StatusPort } from "./StatusPort.ts"

/** A tunnel of a running process. */
export interface ServedTunnel {
  readonly name: string
  /** The address the listener is bound to, with the actual port if the configuration says 0. */
  readonly bound: EndpointName
}

/** A process that serves. */
export class Process extends Context.Service<
  Process,
  {
    /** In the order of the configuration. */
    readonly tunnels: readonly [ServedTunnel, ...ReadonlyArray<ServedTunnel>]
    /** The address the status port is bound to. */
    readonly statusBound: EndpointName | undefined
    /** Worker threads that carry connections; 0 if the main thread carries them. */
    readonly workers: number
    /** Reloads every tunnel once; `false` if one failed and keeps its old material. Logs the result. */
    readonly reload: Effect.Effect<boolean>
    /**
     * Stops accepting, waits for open connections up to the shutdown timeout, then closes the rest; `forced` if it had to.
     * Only the first call has an effect; closing the process's scope does the same.
     */
    readonly shutdown: Effect.Effect<{ readonly forced: boolean }>
  }
>()("ghostunnel/Process") {
  /** Accepts connections when it is built, drains when its scope closes. */
  static readonly layer = (
    config: ProcessConfig
  ): Layer.Layer<Process, StartError, Log | Lifecycle | InheritedSockets | ServiceNotify> => {
    const plans = Result.all(config.tunnels.map(({ settings }) => planOf(settings)))
    if (Result.isFailure(plans)) return Layer.effect(Process, plans.failure)
    return Layer.effect(Process, serve(config)).pipe(
      Layer.provide(parts(config)),
      Layer.provide(Layer.fresh(FiberCount.layer)),
      config.process.status?.enableProfiling ? Layer.provide(MainThread.layer) : identity
    )
  }
}

/**
 * The parts of a process, from the bottom up: each layer stands on those after it, and is released before them. Threads load
 * their code while credentials are read; the status port's code is loaded while threads bind.
 */
const parts = (config: ProcessConfig) =>
  Reloads.layer(config).pipe(
    Layer.provideMerge(StatusPort.layer(config)),
    Layer.provideMerge(Layer.merge(RunningTunnels.layer(config), StatusPort.preload(config))),
    Layer.provideMerge(MetricsExport.layer(config)),
    Layer.provideMerge(Layer.merge(planeLayer(config), ConfiguredTunnels.layer(config))),
    // No two processes share any of it, however they are composed.
    Layer.provideMerge(Layer.fresh(foundation(config)))
  )

const serve = Effect.fn("Process.serve")(function* ({ process: settings }: ProcessConfig) {
  const log = yield* Log
  const status = yield* Status
  const tunnels = yield* RunningTunnels
  const { server: port } = yield* StatusPort
  const { running } = yield* MetricsExport
  const { reload } = yield* Reloads
  const { workers } = yield* DataPlane
  const scope = yield* Effect.scope
  yield* Effect.forEach(tunnels, ({ plane }) => keepBoundApart(plane.bound, port?.bound))

  const together = <A>(of: (tunnel: (typeof tunnels)[number]) => Effect.Effect<A>) =>
    Effect.forEach(tunnels, of, { concurrency: "unbounded", discard: true })
  const drained = Effect.gen(function* () {
    yield* together(({ plane }) => plane.stop)
    log.line("draining", "shutdown proxy, waiting for drain")
    yield* together(({ plane }) => plane.drained)
  })
  const shutdown = yield* Effect.cached(
    Effect.gen(function* () {
      yield* status.stopping
      // In the background: status requests in flight may take their time, the drain does not wait for them.
      if (port !== undefined) yield* Effect.forkIn(port.stop, scope, { startImmediately: true })
      const done = yield* Effect.timeoutOption(drained, settings.shutdownTimeout)
      if (Option.isNone(done)) {
        log.line("forced_exit", "graceful shutdown timeout: forcing exit")
        yield* together(({ plane }) => plane.cut)
      }
      if (running !== undefined) yield* running.flush
      return { forced: Option.isNone(done) }
    })
  )
  yield* Effect.addFinalizer(() => shutdown)

  yield* Effect.uninterruptible(
    Effect.gen(function* () {
      yield* together(({ plane }) => plane.start)
      // A script that has read the line finds `/_status` as it should be.
      for (const { settings } of tunnels) log.line("listening", `listening for connections on ${settings.listen.text}`)
      yield* status.listening
    })
  )
  const [first, ...others] = tunnels
  const served = ({ name, plane }: (typeof tunnels)[number]): ServedTunnel => ({ name, bound: plane.bound })
  return {
    tunnels: [served(first), ...others.map(served)] as const,
    statusBound: port?.bound,
    workers,
    reload,
    shutdown
  }
})
