/**
 * Composes a tunnel; the only file that imports every part. `layerServer` and `layerClient` are tunnels as layers that drain
 * when their scope closes; `run` is the program: it serves until shutdown, with the log lines and exit code of the contract
 * (command line, sections 5.1 to 5.5).
 */
import {
  Cause,
  Context,
  Deferred,
  Effect,
  Exit,
  Fiber,
  identity,
  Layer,
  Option,
  Result,
  type Schema,
  SchemaIssue,
  Scope,
  Semaphore
} from "effect"
import { ClientConfig, ServerConfig, type TunnelConfig } from "./config/TunnelConfig.ts"
import { Credentials } from "./credentials/Credentials.ts"
import type { TlsMaterial } from "./credentials/TlsMaterial.ts"
import { ConnectionStats } from "./metrics/ConnectionStats.ts"
import { FiberCount } from "./metrics/FiberCount.ts"
import * as MainThread from "./profiling/MainThread.ts"
import { asFiber } from "./profiling/ProfiledThread.ts"
import type { ConnectionRecord } from "./proxy/ConnectionRecord.ts"
import { DataPlane } from "./proxy/DataPlane.ts"
import { type Plan, planOf } from "./proxy/Plan.ts"
import * as FileWatch from "./runtime/FileWatch.ts"
import { InheritedSockets } from "./runtime/InheritedSockets.ts"
import { Lifecycle } from "./runtime/Lifecycle.ts"
import { Log } from "./runtime/Logging.ts"
import { Native } from "./runtime/Native.ts"
import { observed, ServiceNotify } from "./runtime/ServiceNotify.ts"
import { type StartError, startError } from "./runtime/StartError.ts"
import * as Watchdog from "./runtime/Watchdog.ts"
import { Status } from "./status/Status.ts"
import type { EndpointName } from "./transport/Transport.ts"
import { Transport } from "./transport/Transport.ts"
import { chooseTransport, loadTransport } from "./transport/TransportChoice.ts"
import { inherited, keepApart, keepBoundApart, resolveTarget } from "./tunnel/Addresses.ts"
import { CertificateStatus } from "./tunnel/CertificateStatus.ts"
import { makeExpiryWatch } from "./tunnel/ExpiryWatch.ts"
import { fetchInBackground } from "./tunnel/ListFetcher.ts"
import { credentialsLayer, ownTls } from "./tunnel/Material.ts"
import { isCounted, isObserved, startMetricsExport } from "./tunnel/MetricsExport.ts"
import { bindFailed, planeLayer } from "./tunnel/Plane.ts"
import { makeReloading } from "./tunnel/Reloading.ts"
import { loadStatus, openStatus } from "./tunnel/StatusPort.ts"

/** A running tunnel. */
export class Tunnel extends Context.Service<
  Tunnel,
  {
    /** The address the listener is bound to, with the actual port if the configuration says 0. */
    readonly bound: EndpointName
    /** The address the status port is bound to. */
    readonly statusBound: EndpointName | undefined
    /** Worker threads that carry connections; 0 if the main thread carries them. */
    readonly workers: number
    /**
     * Reloads certificate, key and trust anchors once; `false` if the reload failed and the old ones stay in use. Logs the
     * result.
     */
    readonly reload: Effect.Effect<boolean>
    /**
     * Stops accepting, waits for open connections up to the shutdown timeout, then closes the rest; `forced` if it had to.
     * Only the first call has an effect; closing the tunnel's scope does the same.
     */
    readonly shutdown: Effect.Effect<{ readonly forced: boolean }>
  }
>()("ghostunnel/Tunnel") {}

/** The tunnel's state. Each change is sent to the service manager before it takes effect. */
const notifyingStatus = (config: TunnelConfig) =>
  Layer.effect(
    Status,
    Effect.flatMap(Status, (status) =>
      observed(status, { mode: config.mode, listen: config.listen.text, target: config.target.text })
    )
  ).pipe(Layer.provide(Status.layer))

/** Warns if Node itself verifies certificate chains. */
const verificationNote = Layer.effectDiscard(
  Effect.gen(function* () {
    const { verification } = yield* Transport
    if (verification.by === "paths") return
    const { handshakes, why } = verification
    const log = yield* Log
    log.line(
      "chain_verification",
      `warning: Node verifies certificate chains by itself here (${why}): the first path it finds decides, ` +
        `and at most ${handshakes} handshakes run at a time on each thread (docs/trust.md)`
    )
  })
)

/** The configured transport, or Node's where the native one does not work. */
const transportLayer = (config: TunnelConfig) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const log = yield* Log
      const { instead, name } = yield* Effect.promise(() => chooseTransport(config.transport))
      if (instead !== undefined)
        log.line("transport", `the native transport does not work here (${instead}): using Node's`)
      const layer = yield* Effect.promise(() => loadTransport(name))
      return Layer.merge(layer, Layer.provide(verificationNote, layer))
    })
  )

/** Everything below the control loop: built in the order of the contract's start-up, released in reverse. */
const foundation = (config: TunnelConfig) =>
  Layer.mergeAll(
    transportLayer(config),
    notifyingStatus(config),
    Layer.unwrap(
      Effect.map(isCounted(config), (counted) => (counted ? ConnectionStats.layer : ConnectionStats.layerNone))
    )
  )

const make = Effect.fn("Ghostunnel.make")(function* (config: TunnelConfig, plain: Plan) {
  const log = yield* Log
  const lifecycle = yield* Lifecycle
  const status = yield* Status
  const credentials = yield* Credentials
  const scope = yield* Effect.scope
  const expiry = makeExpiryWatch(log.line)
  yield* expiry.take(credentials.current())

  yield* keepApart(config)
  yield* resolveTarget(config)
  log.line("target", `using target address ${config.target.text}`)
  if (plain.upstream !== undefined) log.line("proxy", `using proxy ${plain.upstream.display}`)
  const own = yield* ownTls(config, plain)
  // A deploy script may send a signal as soon as a port accepts: reloads wait for the loop below.
  yield* lifecycle.begin
  const proxy = { ...plain, inheritedFd: yield* inherited(config.listen, (message) => bindFailed(config, message)) }
  const [counted, seen] = yield* Effect.all([isCounted(config), isObserved(config)])
  // The metrics code loads while threads start. `observe` is replaced before the first connection arrives.
  let observe = (_: ConnectionRecord): void => {}
  const [planeContext, metricsExport] = yield* Effect.all(
    [
      Layer.build(planeLayer(config, proxy, seen ? (record) => observe(record) : undefined)),
      counted ? startMetricsExport(config) : Effect.undefined,
      config.status === undefined ? Effect.void : Effect.asVoid(loadStatus)
    ],
    { concurrency: "unbounded" }
  )
  const plane = Context.get(planeContext, DataPlane)
  const telemetry = metricsExport?.telemetry
  telemetry?.follow({ ...plane, maxConcurrentConnections: config.maxConcurrentConnections })
  observe = metricsExport?.record ?? observe
  const certificateStatus =
    telemetry === undefined ? undefined : new CertificateStatus(credentials.current(), telemetry, Date.now, credentials)
  const port =
    config.status === undefined || metricsExport === undefined || certificateStatus === undefined
      ? undefined
      : yield* openStatus(config, config.status, { proxy, own, metricsExport, plane, certificateStatus })
  yield* keepBoundApart(plane.bound, port?.bound)

  // Material reaches everything that uses it in the order in which it was made.
  const turn = yield* Semaphore.make(1)
  const handOut = (material: TlsMaterial) =>
    Effect.all([own.update(material), plane.update(material), port?.update(material) ?? Effect.void], { discard: true })
  const fetcher = yield* fetchInBackground({
    fetched: credentials.fetched,
    changed: credentials.takeFetched.pipe(
      Effect.tap(handOut),
      Effect.match({
        onSuccess: (material) => certificateStatus?.updated(material),
        onFailure: ({ message }) =>
          log.line("revocation_lists_failed", `error using fetched revocation lists: ${message}`)
      }),
      turn.withPermit
    ),
    environment: process.env,
    log: log.line
  })
  const { hasFailed, loop, reload } = makeReloading({
    load: credentials.reload.pipe(Effect.tap(handOut), turn.withPermit, Effect.tap(fetcher.again)),
    reloads: lifecycle.reloads,
    status,
    expiry: expiry.take,
    certificateStatus,
    log: log.line
  })

  const shutdown = yield* Effect.cached(
    Effect.gen(function* () {
      yield* status.stopping
      // In the background: in-flight status requests may take their time, the drain does not wait for them.
      if (port !== undefined) yield* Effect.forkIn(port.stop, scope, { startImmediately: true })
      const drained = Effect.gen(function* () {
        yield* plane.stop
        log.line("draining", "shutdown proxy, waiting for drain")
        yield* plane.drained
      })
      const done = yield* Effect.timeoutOption(drained, config.shutdownTimeout)
      if (Option.isNone(done)) {
        log.line("forced_exit", "graceful shutdown timeout: forcing exit")
        yield* plane.cut
      }
      if (metricsExport !== undefined) yield* metricsExport.flush
      return { forced: Option.isNone(done) }
    })
  )
  yield* Effect.addFinalizer(() => shutdown)

  yield* Layer.build(Lifecycle.layerTimer(config.reloadInterval))
  if (config.watchFiles) yield* Layer.build(FileWatch.layer({ ...credentials.files, hasFailed }))
  yield* Effect.forkScoped(loop.pipe(asFiber("Ghostunnel.reloadLoop")))
  yield* Effect.forkScoped(expiry.loop(() => certificateStatus?.refresh()).pipe(asFiber("Ghostunnel.expiryWatch")))
  const listening = Effect.andThen(plane.start, status.listening)
  yield* Effect.uninterruptible(
    Effect.andThen(
      Effect.sync(() => log.line("listening", `listening for connections on ${config.listen.text}`)),
      listening
    )
  )
  return { bound: plane.bound, statusBound: port?.bound, workers: plane.workers, reload, shutdown }
})

/**
 * A tunnel as a layer: listening when it is built, drained when its scope closes. Shutdown and reload requests come from
 * `Lifecycle`, lines go to `Log`.
 */
export const layer = (
  config: TunnelConfig
): Layer.Layer<Tunnel, StartError, Log | Lifecycle | InheritedSockets | ServiceNotify> => {
  const proxy = planOf(config)
  if (Result.isFailure(proxy)) return Layer.effect(Tunnel, proxy.failure)
  return Layer.effect(Tunnel, make(config, proxy.success)).pipe(
    Layer.provide(credentialsLayer(config)),
    // No two tunnels share any of it, however they are composed.
    Layer.provide(Layer.fresh(foundation(config))),
    Layer.provide(Layer.fresh(FiberCount.layer)),
    config.status?.enableProfiling ? Layer.provide(MainThread.layer) : identity
  )
}

const embedded = Layer.mergeAll(
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

/** The same configuration if it keeps every rule: one that was not decoded may break some. */
const checked = <A extends TunnelConfig>(schema: Schema.Codec<A, unknown>, config: A) =>
  Effect.mapError(schema.makeEffect(config), (issue) => {
    const message = `invalid configuration: ${formatIssue(issue).replaceAll(/\n\s*/g, " ")}`
    return startError(message, `error: ${message}`)
  })

const formatIssue = SchemaIssue.makeFormatterDefault()

const embed = (config: Effect.Effect<TunnelConfig, StartError>): Layer.Layer<Tunnel, StartError> =>
  Layer.unwrap(
    Effect.map(config, (valid) =>
      shutdownOnRequest.pipe(Layer.provideMerge(layer(valid)), Layer.provide(Layer.fresh(embedded)))
    )
  )

/**
 * A server tunnel for embedding: its log lines go to Effect's loggers, nothing of the process is touched. It stops when its
 * scope closes, and before that when the status port is asked to shut it down.
 */
export const layerServer = (config: ServerConfig): Layer.Layer<Tunnel, StartError> =>
  embed(checked(ServerConfig, config))

/** A client tunnel for embedding. */
export const layerClient = (config: ClientConfig): Layer.Layer<Tunnel, StartError> =>
  embed(checked(ClientConfig, config))

/**
 * Builds the tunnel, serves until shutdown is requested, and drains. Returns whether the drain was forced. A shutdown
 * requested before the tunnel serves ends the start.
 */
export const serve = Effect.fn("Ghostunnel.serve")(function* (config: TunnelConfig) {
  const log = yield* Log
  const { shutdown } = yield* Lifecycle
  const scope = yield* Scope.make()
  const requested = Effect.map(Deferred.await(shutdown), (request) =>
    log.line(
      "shutdown",
      request._tag === "Signal" ? `received ${request.name}, shutting down` : "shutdown request processing"
    )
  )
  const starting = yield* Layer.buildWithScope(layer(config), scope).pipe(
    Effect.tapError((error) => Effect.sync(() => error.lines.forEach((line) => log.line("start_failed", line)))),
    Effect.forkChild
  )
  yield* Effect.raceFirst(Fiber.await(starting), Deferred.await(shutdown))
  yield* Fiber.interrupt(starting)
  const started = yield* Fiber.await(starting)
  if (Exit.isFailure(started)) {
    const stopped = Cause.hasInterruptsOnly(started.cause)
    if (stopped) yield* requested
    yield* Scope.close(scope, started)
    return stopped ? { forced: false } : yield* Effect.failCause(started.cause)
  }
  const tunnel = Context.get(started.value, Tunnel)
  yield* Effect.forkChild(Watchdog.watch().pipe(asFiber("Watchdog.watch")))
  yield* requested
  const outcome = yield* tunnel.shutdown
  // The rest is released on the way out of the process: nothing waits for a status request in flight.
  yield* Effect.forkDetach(Scope.close(scope, Exit.void))
  return outcome
})

/** Services that depend on the service manager. */
export const processServices = Layer.mergeAll(InheritedSockets.layer(), ServiceNotify.layer()).pipe(
  Layer.provideMerge(Native.layer)
)

/** The whole program: signals request shutdown and reload, log lines go to standard output. */
export const run = (config: TunnelConfig): Effect.Effect<{ readonly forced: boolean }, StartError> =>
  serve(config).pipe(
    Effect.provide(Layer.mergeAll(Log.layerStdoutAs(config.logFormat), Lifecycle.layerSignals, processServices))
  )
