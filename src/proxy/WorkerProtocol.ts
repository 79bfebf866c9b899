/** What the control plane and a worker thread say to each other: plain values, copied by `postMessage`. */

import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { SharedStats } from "../metrics/ConnectionStats.ts"
import type { Question, ThreadReport } from "../profiling/ProfiledThread.ts"
import type { Found } from "../runtime/NameLookup.ts"
import type { SocketFile } from "../runtime/UnixSocketFile.ts"
import type { EndpointName } from "../transport/Transport.ts"
import type { TransportName } from "../transport/TransportChoice.ts"
import type { ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts"
import type { ProxyOptions } from "./ThreadProxy.ts"

/** `workerData`: all a thread needs to bind. */
export interface WorkerStart {
  readonly thread: number
  readonly threads: number
  readonly reusePort: boolean
  readonly options: ProxyOptions
  readonly material: TlsMaterial
  readonly stats: SharedStats
  readonly interest: RecordInterest
  /** Memory of the thread's `Backlog`. */
  readonly backlog: SharedArrayBuffer
  readonly transport: TransportName
}

export type ToWorker =
  | { readonly _tag: "Start" }
  | { readonly _tag: "Update"; readonly material: TlsMaterial }
  /** Answered by `Stopped` at once and by `Drained` when the last connection has closed. */
  | { readonly _tag: "Stop" }
  | { readonly _tag: "Cut" }
  /** Answered by the thread's end. */
  | { readonly _tag: "Leave" }
  /** Only where profiles were asked for; answered by `Answer` with the same number. */
  | { readonly _tag: "Ask"; readonly id: number; readonly question: Question }
  /** What `LookUp` of the same number asked for. */
  | { readonly _tag: "Found"; readonly id: number; readonly answer: Parameters<Found> }

export type FromWorker =
  | {
      readonly _tag: "Ready"
      readonly bound: EndpointName
      readonly shareableFd: number | undefined
      readonly file: SocketFile | undefined
    }
  | { readonly _tag: "BindFailed"; readonly address: string; readonly message: string }
  | { readonly _tag: "MaterialFailed"; readonly message: string }
  | { readonly _tag: "Updated"; readonly generation: number; readonly error: string | undefined }
  | { readonly _tag: "Records"; readonly records: ReadonlyArray<ConnectionRecord> }
  | { readonly _tag: "Stopped" }
  | { readonly _tag: "Drained" }
  | { readonly _tag: "CutDone"; readonly connections: number }
  /** Answered by `Found` with the same number. */
  | { readonly _tag: "LookUp"; readonly id: number; readonly host: string }
  /** Without a report: the thread could not make one. */
  | { readonly _tag: "Answer"; readonly id: number; readonly report: ThreadReport | undefined }
