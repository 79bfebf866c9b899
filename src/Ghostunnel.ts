/**
 * A tunnel, composed: the only file that knows every part. `layerServer` and `layerClient` are tunnels as layers whose scope
 * drains them; `run` is the program around one: until shutdown, with the log lines and the exit code of the contract
 * (command line, sections 5.1 to 5.5).
 */
import * as Dns from "node:dns/promises"
import {
  Context,
  Deferred,
  Effect,
  Exit,
  identity,
  Layer,
  Option,
  Queue,
  Redacted,
  Result,
  Scope,
  ScopedRef
} from "effect"
import { subjectOf } from "./access/PeerSubject.ts"
import type { Address } from "./config/Address.ts"
import type { ClientConfig, ServerConfig, StatusConfig, TunnelConfig } from "./config/TunnelConfig.ts"
import { redacted } from "./config/UrlText.ts"
import { version } from "./config/Version.ts"
import { Credentials, certificateSourceLine } from "./credentials/Credentials.ts"
import type { TlsMaterial } from "./credentials/TlsMaterial.ts"
import { ConnectionStats } from "./metrics/ConnectionStats.ts"
import { FiberCount } from "./metrics/FiberCount.ts"
import type { Metrics } from "./metrics/Metrics.ts"
import * as MainThread from "./profiling/MainThread.ts"
import { asFiber } from "./profiling/ProfiledThread.ts"
import * as ConnectionLog from "./proxy/ConnectionLog.ts"
import type { ConnectionRecord } from "./proxy/ConnectionRecord.ts"
import { DataPlane, type PlaneOptions } from "./proxy/DataPlane.ts"
import * as InlinePlane from "./proxy/InlinePlane.ts"
import { type Plan, planOf } from "./proxy/Plan.ts"
import { judgeOf, tlsOf } from "./proxy/ThreadProxy.ts"
import { joinHostPort } from "./runtime/ErrorWords.ts"
import * as FileWatch from "./runtime/FileWatch.ts"
import { InheritedSockets } from "./runtime/InheritedSockets.ts"
import { Sandbox } from "./runtime/Landlock.ts"
import { Lifecycle, type ReloadRequest } from "./runtime/Lifecycle.ts"
import { Log } from "./runtime/Logging.ts"
import { Native } from "./runtime/Native.ts"
import { availableProcessors } from "./runtime/Processors.ts"
import { observed, ServiceNotify } from "./runtime/ServiceNotify.ts"
import { type StartError, startError } from "./runtime/StartError.ts"
import * as Watchdog from "./runtime/Watchdog.ts"
import { profilingPages } from "./status/ProfilingPages.ts"
import { Status } from "./status/Status.ts"
import { sandboxFacts, workerFacts } from "./status/StatusFacts.ts"
import { CurrentRecordReader } from "./telemetry/RecordReader.ts"
import * as NodeTransport from "./transport/node/NodeTransport.ts"
import { type BindError, type EndpointName, type TlsMaterialError, Transport } from "./transport/Transport.ts"

/** A running tunnel. */
export class Tunnel extends Context.Service<
  Tunnel,
  {
    /** What the listener is bound to, the concrete port even where 0 was asked for. */
    readonly bound: EndpointName
    /** What the status port is bound to. */
    readonly statusBound: EndpointName | undefined
    /** Worker threads that carry connections; 0: the main thread does. */
    readonly workers: number
    /** Reloads certificate, key and trust anchors once; `false` when the old ones stay. Logs what happened. */
    readonly reload: Effect.Effect<boolean>
    /**
     * Stops accepting, waits for open connections until the shutdown timeout, cuts the rest; tells whether any had to
     * wait too long. Happens once; closing the tunnel's scope does it too.
     */
    readonly shutdown: Effect.Effect<{ readonly forced: boolean }>
  }
>()("ghostunnel/Tunnel") {}

/** The descriptor that stands in for an address; none where the address is bound. */
const inherited = Effect.fnUntraced(function* (address: Address, failed: (message: string) => StartError) {
  // Nothing of launchd is there to ask on a platform without it; with it, nobody has built that yet.
  if (address._tag === "Launchd") {
    const why = process.platform === "darwin" ? "not supported yet" : "only supported on darwin"
    return yield* failed(`launchd socket activation is ${why}`)
  }
  if (address._tag !== "Systemd") return undefined
  const sockets = yield* InheritedSockets
  const taken = sockets.take(address.name)
  return Result.isFailure(taken) ? yield* failed(taken.failure) : taken.success
})

/** Whether anyone reads the numbers: else none are kept. */
const isMetered = ({ metrics, status }: TunnelConfig): boolean =>
  status !== undefined || metrics.graphite !== undefined || metrics.postUrl !== undefined || metrics.otlp !== undefined

/** The contract's words for authorities that cannot be read, which differ where metrics are on. */
const credentialsFailed = (config: TunnelConfig, message: string): StartError => {
  const trust = isMetered(config) && message.startsWith("loading trust store: ")
  return startError(message, `error: unable to ${trust ? "build TLS config" : "load certificates"}: ${message}`)
}

const credentialsLayer = (config: TunnelConfig) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const log = yield* Log
      const { graphite, postUrl } = config.metrics
      if (graphite !== undefined) {
        log.line(`metrics enabled; reporting metrics via TCP to ${joinHostPort(graphite.host, graphite.port)}`)
      }
      if (postUrl !== undefined) {
        log.line(`metrics enabled; reporting metrics via POST to ${redacted(Redacted.value(postUrl))}`)
      }
      log.line(certificateSourceLine(config.credentials))
      const { caBundlePath, credentials, revocation } = config
      return Credentials.layer(credentials, caBundlePath, process.env, { revocation, warn: log.line })
    })
  ).pipe(
    Layer.catchTag("CredentialError", (error) => Layer.effect(Credentials, credentialsFailed(config, error.message)))
  )

/** Where threads fail to bind, in the words of the mode. */
const bindFailed = (config: TunnelConfig, message: string): StartError =>
  config.mode === "server"
    ? startError(message, `error trying to listen: ${message}`, `error from server listen: ${message}`)
    : startError(message, `error opening socket: ${message}`, `error from client listen: ${message}`)

const judgeFailed = (config: TunnelConfig, message: string): StartError =>
  config.mode === "server"
    ? startError(message, message, `error from server listen: ${message}`)
    : startError(message, message, `error: unable to build dialer: ${message}`)

type Plane = Layer.Layer<DataPlane, BindError | TlsMaterialError, ConnectionStats | Transport | Log>

/** What reads connection records besides the log. */
interface Readers {
  readonly record: (record: ConnectionRecord) => void
  /** Last words on the way to a shutdown; bounded. */
  readonly flush: Effect.Effect<void>
}

/** Metrics in Effect's registry and what takes them out of the process; only where somebody wants them. */
const openTelemetry = Effect.fn("Ghostunnel.openTelemetry")(function* (config: TunnelConfig) {
  const { metrics, mode, target } = config
  const { otlp } = metrics
  const reader = yield* CurrentRecordReader
  if (otlp === undefined && reader === undefined) return undefined
  const log = yield* Log
  const { trustAnchors } = (yield* Credentials).current()
  const { Telemetry } = yield* Effect.promise(() => import("./telemetry/Telemetry.ts"))
  const telemetry = Telemetry.layer({
    prefix: metrics.prefix,
    identities: 0,
    build: { version, mode },
    maxConcurrentConnections: config.maxConcurrentConnections,
    slotsUsed: () => 0,
    workers: () => 0,
    workersReplaced: () => 0,
    descriptorsExhausted: () => 0,
    fibers: () => 0
  })
  const { record } = Context.get(yield* Layer.build(telemetry), Telemetry)
  const takes = [record]
  if (reader !== undefined) takes.push(reader({ mode, target: target.text }))
  let flush: Effect.Effect<void> = Effect.void
  if (otlp !== undefined) {
    const { Otlp } = yield* Effect.promise(() => import("./telemetry/Otlp.ts"))
    const { interval } = metrics
    const endpoint = Redacted.value(otlp.endpoint)
    const names = { mode, target: target.text }
    const layer = Otlp.layer({ ...otlp, ...names, endpoint, interval, trustAnchors, env: process.env, log: log.line })
    const exporter = Context.get(yield* Layer.build(layer), Otlp)
    takes.push(exporter.record)
    flush = exporter.flush
  }
  return { record: (each: ConnectionRecord) => takes.forEach((take) => take(each)), flush } satisfies Readers
})

const planeLayer = (config: TunnelConfig, proxy: Plan, readers: Readers | undefined) =>
  Layer.unwrap(
    Effect.gen(function* (): Effect.gen.Return<Plane, never, Credentials | InheritedSockets | Log> {
      const credentials = yield* Credentials
      const sockets = yield* InheritedSockets
      const log = yield* Log
      const logged = ConnectionLog.sink(log.line, config.quiet, config.logFormat, config.target.text)
      const options: PlaneOptions = {
        proxy,
        material: credentials.current(),
        maxConcurrentConnections: config.maxConcurrentConnections,
        subjectOf,
        duplicate: sockets.duplicate,
        record:
          readers === undefined
            ? logged
            : (record) => {
                logged(record)
                readers.record(record)
              },
        interest:
          readers === undefined
            ? ConnectionLog.interestOf(config.quiet, config.logFormat)
            : { pipes: true, facts: true }
      }
      const workers = config.workers === "auto" ? availableProcessors() : config.workers
      if (workers === 0) return InlinePlane.layer(options)
      const WorkerPlane = yield* Effect.promise(() => import("./proxy/WorkerPlane.ts"))
      return WorkerPlane.layer(options, workers)
    })
  ).pipe(
    Layer.catchTag("BindError", (error) => Layer.effect(DataPlane, bindFailed(config, error.message))),
    Layer.catchTag("TlsMaterialError", (error) =>
      Layer.effect(DataPlane, startError(error.message, `error: unable to load certificates: ${error.message}`))
    )
  )

/** The target's name must mean something at start; every dial looks it up again. */
const resolveTarget = (config: TunnelConfig): Effect.Effect<void, StartError> => {
  const { target } = config
  const proxied = config.mode === "client" && config.proxyUrl !== undefined
  if (!config.resolveTarget || proxied || target._tag !== "Tcp" || target.host === "") return Effect.void
  return Effect.tryPromise({
    try: () => Dns.lookup(target.host),
    catch: () => {
      const message = `lookup ${target.host}: no such host`
      return startError(message, `error: invalid target address: ${message}`)
    }
  })
}

/** The state, each change of which the service manager hears before it takes effect. */
const toldStatus = (config: TunnelConfig) =>
  Layer.effect(
    Status,
    Effect.flatMap(Status, (status) =>
      observed(status, { mode: config.mode, listen: config.listen.text, target: config.target.text })
    )
  ).pipe(Layer.provide(Status.layer))

/** Everything below the control loop: built in the order of the contract's start-up, released in reverse. */
const foundation = (config: TunnelConfig) =>
  Layer.mergeAll(
    NodeTransport.layer,
    toldStatus(config),
    Layer.unwrap(
      Effect.map(CurrentRecordReader, (reader) =>
        isMetered(config) || reader !== undefined ? ConnectionStats.layer : ConnectionStats.layerNone
      )
    )
  )

/** TLS of the main thread itself, for what it dials: the client mode's backend check. */
const ownTls = Effect.fn("Ghostunnel.ownTls")(function* (config: TunnelConfig, proxy: Plan) {
  const judged = judgeOf(proxy)
  if (Result.isFailure(judged)) return yield* judgeFailed(config, judged.failure)
  const transport = yield* Transport
  const credentials = yield* Credentials
  const build = (material: TlsMaterial) => tlsOf(transport, proxy, judged.success, material, () => {})
  const current = yield* ScopedRef.fromAcquire(build(credentials.current())).pipe(
    Effect.mapError((error) => startError(error.message, `error: unable to load certificates: ${error.message}`))
  )
  return {
    /** What a client dials with at this moment; a server dials in plaintext. */
    client: () => {
      const tls = ScopedRef.getUnsafe(current)
      return tls.mode === "client" ? tls : undefined
    },
    /** Fails, and changes nothing, when OpenSSL will not take the material. */
    update: (material: TlsMaterial) => ScopedRef.set(current, build(material))
  }
})

/** The code of the status port is loaded only where one is configured. */
const loadStatus = Effect.promise(() =>
  Promise.all([import("./status/StatusServer.ts"), import("./status/BackendCheck.ts")])
)

/** The numbers for whoever shows them, already on their way to where they are pushed; only where somebody wants them. */
const openMetrics = Effect.fn("Ghostunnel.openMetrics")(function* ({ metrics }: TunnelConfig) {
  const log = yield* Log
  const credentials = yield* Credentials
  const { graphite, interval, postUrl } = metrics
  const { Metrics } = yield* Effect.promise(() => import("./metrics/Metrics.ts"))
  const pushers: Array<Layer.Layer<never, never, Metrics>> = []
  if (graphite !== undefined) {
    const GraphitePusher = yield* Effect.promise(() => import("./metrics/GraphitePusher.ts"))
    pushers.push(GraphitePusher.layer({ address: graphite, log: log.line }))
  }
  if (postUrl !== undefined) {
    const UrlPusher = yield* Effect.promise(() => import("./metrics/UrlPusher.ts"))
    const { trustAnchors } = credentials.current()
    pushers.push(UrlPusher.layer({ url: Redacted.value(postUrl), interval, trustAnchors, log: log.line }))
  }
  const all = Layer.mergeAll(Layer.empty, ...pushers).pipe(Layer.provideMerge(Metrics.layer(metrics)))
  return yield* Layer.build(all)
})

/** The status port. */
const openStatus = Effect.fn("Ghostunnel.openStatus")(function* (
  config: TunnelConfig,
  status: StatusConfig,
  proxy: Plan,
  own: Effect.Success<ReturnType<typeof ownTls>>,
  metrics: Context.Context<Metrics>,
  plane: DataPlane["Service"]
) {
  const failed = ({ message }: { readonly message: string }) =>
    startError(
      message,
      `error: unable to bind on status port: ${message}`,
      `error serving /_status: ${message}`,
      `error from ${config.mode} listen: ${message}`
    )
  const inheritedFd = yield* inherited(status.address, (message) => failed({ message }))
  const credentials = yield* Credentials
  const sandbox = sandboxFacts(yield* Sandbox)
  const [{ StatusServer }, { BackendCheck }] = yield* loadStatus
  const probe = { target: proxy.target, connectTimeout: config.connectTimeout }
  const check =
    status.targetStatus !== undefined
      ? BackendCheck.layerHttp({ ...probe, url: status.targetStatus, roots: undefined })
      : config.mode === "server"
        ? BackendCheck.layerConnect(probe)
        : BackendCheck.layerTls({
            ...probe,
            via: proxy.upstream,
            tls: own.client
          })
  const server = StatusServer.layer({
    inheritedFd,
    address: status.address,
    https: status.https,
    tls: config.tls,
    material: credentials.current(),
    connectTimeout: config.connectTimeout,
    enableShutdown: status.enableShutdown,
    profiling: yield* profilingPages(plane.profiled),
    facts: {
      listenAddress: config.listen.text,
      forwardAddress: config.target.text,
      revision: version,
      compiler: `node${process.versions.node}`
    },
    more: () => ({ sandbox, workers: workerFacts(plane.threads()) })
  })
  const context = yield* Layer.build(server.pipe(Layer.provide(check))).pipe(
    Effect.provideContext(metrics),
    Effect.mapError(failed)
  )
  return Context.get(context, StatusServer)
})

const make = Effect.fn("Ghostunnel.make")(function* (config: TunnelConfig, plain: Plan) {
  const proxy = { ...plain, inheritedFd: yield* inherited(config.listen, (message) => bindFailed(config, message)) }
  const log = yield* Log
  const lifecycle = yield* Lifecycle
  const status = yield* Status
  const credentials = yield* Credentials
  const scope = yield* Effect.scope

  yield* resolveTarget(config)
  log.line(`using target address ${config.target.text}`)
  if (proxy.upstream !== undefined) log.line(`using proxy ${proxy.upstream.display}`)
  const own = yield* ownTls(config, proxy)
  const readers = yield* openTelemetry(config)
  // What shows the numbers loads while threads start.
  const [planeContext, metrics] = yield* Effect.all(
    [
      Layer.build(planeLayer(config, proxy, readers)),
      isMetered(config) ? openMetrics(config) : Effect.undefined,
      config.status === undefined ? Effect.void : Effect.asVoid(loadStatus)
    ],
    { concurrency: "unbounded" }
  )
  const plane = Context.get(planeContext, DataPlane)
  const port =
    config.status === undefined || metrics === undefined
      ? undefined
      : yield* openStatus(config, config.status, proxy, own, metrics, plane)

  const reload = Effect.gen(function* () {
    yield* status.reloading
    const reloaded = yield* credentials.reload.pipe(
      Effect.tap(own.update),
      Effect.tap(plane.update),
      Effect.tap((material) => port?.update(material) ?? Effect.void),
      Effect.result
    )
    if (Result.isFailure(reloaded)) log.line(`error reloading TLS configuration: ${reloaded.failure.message}`)
    else if (reloaded.success.identity !== undefined) log.line(`loaded certificate: ${reloaded.success.subject}`)
    log.line("reloading configuration complete")
    yield* status.reloaded
    return Result.isSuccess(reloaded)
  })
  const reloadLoop = Effect.gen(function* () {
    const request: ReloadRequest = yield* Queue.take(lifecycle.reloads)
    if (request._tag === "Signal") log.line(`received ${request.name}, reloading TLS configuration`)
    if (request._tag === "FilesChanged") log.line("certificate files have changed, reloading TLS configuration")
    yield* reload
  })

  const shutdown = yield* Effect.cached(
    Effect.gen(function* () {
      yield* status.stopping
      // In the background: in-flight status requests may take their time, the drain does not wait for them.
      if (port !== undefined) yield* Effect.forkIn(port.stop, scope, { startImmediately: true })
      const drained = Effect.gen(function* () {
        yield* plane.stop
        log.line("shutdown proxy, waiting for drain")
        yield* plane.drained
      })
      const done = yield* Effect.timeoutOption(drained, config.shutdownTimeout)
      if (Option.isNone(done)) {
        log.line("graceful shutdown timeout: forcing exit")
        yield* plane.cut
      }
      if (readers !== undefined) yield* readers.flush
      return { forced: Option.isNone(done) }
    })
  )
  yield* Effect.addFinalizer(() => shutdown)

  yield* Layer.build(Lifecycle.layerTimer(config.reloadInterval))
  if (config.watchFiles) yield* Layer.build(FileWatch.layer(credentials.files))
  yield* Effect.forkScoped(Effect.forever(reloadLoop).pipe(asFiber("Ghostunnel.reloadLoop")))
  yield* lifecycle.begin
  log.line(`listening for connections on ${config.listen.text}`)
  yield* plane.start
  yield* status.listening
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
    Layer.provide(foundation(config)),
    Layer.provide(FiberCount.layer),
    config.status?.enableProfiling ? Layer.provide(MainThread.layer) : identity
  )
}

const embedded = Layer.mergeAll(
  Log.layerEffect,
  Lifecycle.layerManual,
  InheritedSockets.layerNone,
  ServiceNotify.layerNone
)

/** A server tunnel for embedding: its log lines go to Effect's loggers, nothing of the process is touched. */
export const layerServer = (config: ServerConfig): Layer.Layer<Tunnel, StartError> =>
  layer(config).pipe(Layer.provide(Layer.fresh(embedded)))

/** A client tunnel for embedding. */
export const layerClient = (config: ClientConfig): Layer.Layer<Tunnel, StartError> =>
  layer(config).pipe(Layer.provide(Layer.fresh(embedded)))

/** Builds the tunnel, serves until a shutdown is asked for, and drains. Succeeds with whether the drain was forced. */
export const serve = Effect.fn("Ghostunnel.serve")(function* (config: TunnelConfig) {
  const log = yield* Log
  const { shutdown } = yield* Lifecycle
  const scope = yield* Scope.make()
  const context = yield* Layer.buildWithScope(layer(config), scope).pipe(
    Effect.tapError((error) =>
      Effect.andThen(
        Effect.sync(() => error.lines.forEach((line) => log.line(line))),
        Scope.close(scope, Exit.fail(error))
      )
    )
  )
  const tunnel = Context.get(context, Tunnel)
  yield* Effect.forkChild(Watchdog.watch().pipe(asFiber("Watchdog.watch")))
  const request = yield* Deferred.await(shutdown)
  log.line(request._tag === "Signal" ? `received ${request.name}, shutting down` : "shutdown request processing")
  const outcome = yield* tunnel.shutdown
  // The rest is released on the way out of the process: nothing waits for a status request in flight.
  yield* Effect.forkDetach(Scope.close(scope, Exit.void))
  return outcome
})

/** What the process is given by its service manager. */
export const processServices = Layer.mergeAll(InheritedSockets.layer(), ServiceNotify.layer()).pipe(
  Layer.provideMerge(Native.layer)
)

/** The whole program around a tunnel: signals ask for shutdown and reload, lines go to standard output. */
export const run = (config: TunnelConfig): Effect.Effect<{ readonly forced: boolean }, StartError> =>
  serve(config).pipe(
    Effect.provide(Layer.mergeAll(Log.layerStdoutAs(config.logFormat), Lifecycle.layerSignals, processServices))
  )
