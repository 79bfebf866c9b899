/** The data plane of a process, on worker threads or on the main thread. */
import { Effect, Layer, Result } from "effect"
import { subjectOf } from "../access/PeerSubject.ts"
import type { ProcessConfig, TunnelSettings } from "../config/ProcessConfig.ts"
import type { ConnectionStats } from "../metrics/ConnectionStats.ts"
import type { DataPlane, PlaneOptions } from "../proxy/DataPlane.ts"
import * as InlinePlane from "../proxy/InlinePlane.ts"
import type { Log } from "../runtime/Logging.ts"
import { Native, type NativeCalls } from "../runtime/Native.ts"
import { availableProcessors } from "../runtime/Processors.ts"
import { type StartError, startError } from "../runtime/StartError.ts"
import { Transport } from "../transport/Transport.ts"

/** The mode's error message for a failed bind. */
export const bindFailed = (settings: TunnelSettings, message: string): StartError =>
  settings.mode === "server"
    ? startError(message, `error trying to listen: ${message}`, `error from server listen: ${message}`)
    : startError(message, `error opening socket: ${message}`, `error from client listen: ${message}`)

/** Duplicates a socket's descriptor: its new owner may close it, and the socket stays open. */
const duplicateBy =
  (native: NativeCalls) =>
  (fd: number): Result.Result<number, string> =>
    Result.mapError(native.duplicate(fd), ({ errno }) => `cannot duplicate descriptor ${fd} (errno ${errno})`)

/** How many threads can be of use: sockets other than TCP ports that we bind are served by one, unless they can be shared. */
const usefulWorkers = ({ process, tunnels }: ProcessConfig, transport: PlaneOptions["transport"]): number => {
  const workers = process.workers === "auto" ? availableProcessors() : process.workers
  const spread = transport === "native" || tunnels.some(({ settings }) => settings.listen._tag === "Tcp")
  return spread ? workers : Math.min(workers, 1)
}

/** Threads that load their code while the rest of the process starts. Tunnels are added later. */
export const planeLayer = (
  config: ProcessConfig
): Layer.Layer<DataPlane, never, ConnectionStats | Native | Transport | Log> =>
  Layer.unwrap(
    Effect.gen(function* () {
      const { name: transport } = yield* Transport
      const options: PlaneOptions = {
        duplicate: duplicateBy(yield* Native),
        transport,
        subjectOf,
        workerEntry: config.process.workerEntry,
        profiled: config.process.status?.enableProfiling ?? false
      }
      const workers = usefulWorkers(config, transport)
      if (workers === 0) return InlinePlane.layer(options)
      const WorkerPlane = yield* Effect.promise(() => import("../proxy/WorkerPlane.ts"))
      return WorkerPlane.layer(options, workers)
    })
  )
