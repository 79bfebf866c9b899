/** The data plane of a tunnel, on worker threads or on the main thread. */
import { Effect, Layer, Result } from "effect"
import { subjectOf } from "../access/PeerSubject.ts"
import type { TunnelConfig } from "../config/TunnelConfig.ts"
import { Credentials } from "../credentials/Credentials.ts"
import type { ConnectionStats } from "../metrics/ConnectionStats.ts"
import * as ConnectionLog from "../proxy/ConnectionLog.ts"
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"
import { DataPlane, type PlaneOptions } from "../proxy/DataPlane.ts"
import * as InlinePlane from "../proxy/InlinePlane.ts"
import type { Plan } from "../proxy/Plan.ts"
import { Log } from "../runtime/Logging.ts"
import { loadNative } from "../runtime/Native.ts"
import { availableProcessors } from "../runtime/Processors.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { type BindError, type TlsMaterialError, Transport } from "../transport/Transport.ts"

/** The mode's error message for a failed bind. */
export const bindFailed = (config: TunnelConfig, message: string): StartError =>
  config.mode === "server"
    ? startError(message, `error trying to listen: ${message}`, `error from server listen: ${message}`)
    : startError(message, `error opening socket: ${message}`, `error from client listen: ${message}`)

/** Duplicates a socket's descriptor: its new owner may close it, and the socket stays open. */
const duplicate = (fd: number): Result.Result<number, string> =>
  Result.mapError(loadNative().duplicate(fd), ({ errno }) => `cannot duplicate descriptor ${fd} (errno ${errno})`)

type Plane = Layer.Layer<DataPlane, BindError | TlsMaterialError, ConnectionStats | Transport | Log>

/**
 * Binds the listeners; threads accept connections only after they are told to. `observe` gets every connection record with
 * all facts.
 */
export const planeLayer = (
  config: TunnelConfig,
  proxy: Plan,
  observe: ((record: ConnectionRecord) => void) | undefined
) =>
  Layer.unwrap(
    Effect.gen(function* (): Effect.gen.Return<Plane, never, Credentials | Log | Transport> {
      const credentials = yield* Credentials
      const log = yield* Log
      const logged = ConnectionLog.sink(log.line, config.quiet, config.logFormat, config.target.text)
      const record = (each: ConnectionRecord): void => {
        logged(each)
        observe?.(each)
      }
      const options: PlaneOptions = {
        proxy,
        material: credentials.current(),
        maxConcurrentConnections: config.maxConcurrentConnections,
        subjectOf,
        workerEntry: config.workerEntry,
        duplicate,
        transport: (yield* Transport).name,
        record,
        interest:
          observe === undefined
            ? ConnectionLog.interestOf(config.quiet, config.logFormat)
            : { pipes: true, facts: true, unhurried: config.quiet.some((each) => each === "conns" || each === "all") }
      }
      const workers = config.workers === "auto" ? availableProcessors() : config.workers
      if (workers === 0) return InlinePlane.layer(options)
      const WorkerPlane = yield* Effect.promise(() => import("../proxy/WorkerPlane.ts"))
      return WorkerPlane.layer(options, workers)
    })
  ).pipe(
    Layer.catchTag("BindError", (error) => Layer.effect(DataPlane, bindFailed(config, error.message))),
    Layer.catchTag("TlsMaterialError", (error) =>
      Layer.effect(DataPlane, startError(error.message, `error: unable to load certificates: ${error.message}`))
    )
  )
