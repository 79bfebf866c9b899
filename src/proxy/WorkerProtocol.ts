/**
 * What the main thread and a worker thread send each other, as schemas that both ends decode by. A request carries the port
 * that its reply is posted to. Values that this program makes and structured clone copies whole (plans, TLS material, reports,
 * batches of records, addresses) are checked only for being there: what is in them cost time with every connection.
 */
import type { LookupAddress } from "node:dns"
import { MessagePort } from "node:worker_threads"
import { Schema } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { SharedStats } from "../metrics/ConnectionStats.ts"
import type { ThreadReport } from "../profiling/ProfiledThread.ts"
import type { ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts"
import type { ProxyOptions } from "./ThreadProxy.ts"

const Port = Schema.instanceOf(MessagePort)
const Memory = Schema.instanceOf(SharedArrayBuffer)

/** A value of this program, copied whole. */
const copied = <A extends object>() =>
  Schema.declare((value): value is A => typeof value === "object" && value !== null)

const Records = Schema.declare((value): value is ReadonlyArray<ConnectionRecord> => Array.isArray(value))

const Addresses = Schema.declare((value): value is ReadonlyArray<LookupAddress> => Array.isArray(value))

/** `workerData`: what a thread is, whatever tunnels it carries. */
export const WorkerStart = Schema.Struct({
  thread: Schema.Int,
  /** How many threads share the process's descriptors. */
  threads: Schema.Int,
  transport: Schema.Literals(["node", "native"]),
  /** Whether the thread measures itself. */
  profiled: Schema.Boolean,
  /** Memory of `ThreadVitals`, `Backlog` and `PendingDials`. */
  vitals: Memory,
  backlog: Memory,
  dials: Memory,
  /** Takes `RecordBatch`: apart from replies, so that the main thread can read it up to the moment of a reply. */
  records: Port
})
export type WorkerStart = typeof WorkerStart.Type

/** Records of one tunnel, in its order. */
export const RecordBatch = Schema.Struct({ tunnel: Schema.String, records: Records })
export type RecordBatch = typeof RecordBatch.Type

const tunnel = Schema.String

/** Binds a tunnel's address; answered by `Added`. It accepts nothing before `Start`. */
export const Add = Schema.TaggedStruct("Add", {
  tunnel,
  options: copied<ProxyOptions>(),
  material: copied<TlsMaterial>(),
  stats: copied<SharedStats>(),
  interest: copied<RecordInterest>()
})
export type Add = typeof Add.Type

/** Each is answered by `Done` once it is so. */
const Steps = [
  /** The tunnel accepts connections. */
  Schema.TaggedStruct("Start", { tunnel }),
  /** It accepts none any more; handshakes and dials are cancelled. */
  Schema.TaggedStruct("Stop", { tunnel }),
  /** Its last connection has closed. */
  Schema.TaggedStruct("Drain", { tunnel }),
  /** The thread knows nothing of it any more. */
  Schema.TaggedStruct("Remove", { tunnel })
] as const

export const Request = Schema.Union([
  Add,
  ...Steps,
  /** Answered by `CutDone`. */
  Schema.TaggedStruct("Cut", { tunnel }),
  /** Answered by `Preparation`; then the port takes `Commit` and answers it by `Done`. Closing the port discards. */
  Schema.TaggedStruct("Prepare", { tunnel, material: copied<TlsMaterial>() }),
  /** Answered by `Reported`; only where threads measure themselves. */
  Schema.TaggedStruct("Report", {
    question: Schema.Literals(["heap", "collect", "watch-allocations", "allocations", "fibers", "delay"])
  })
])
export type Request = typeof Request.Type

/** From a worker: asks for the addresses of a name. Answered by `Found` of the same name, which is all that tells answers apart. */
export const LookUp = Schema.TaggedStruct("LookUp", { host: Schema.String })

export const Found = Schema.TaggedStruct("Found", {
  host: Schema.String,
  failure: Schema.UndefinedOr(Schema.Struct({ code: Schema.String })),
  addresses: Addresses
})
export type Found = typeof Found.Type

export const ToWorker = Schema.Union([
  Schema.TaggedStruct("Ask", { request: Request, reply: Port }),
  /** Answered by the thread's end. */
  Schema.TaggedStruct("Leave", {}),
  Found
])
export type ToWorker = typeof ToWorker.Type

export const Added = Schema.Union([
  Schema.TaggedStruct("Bound", {
    bound: Schema.Struct({ network: Schema.Literals(["tcp", "unix"]), address: Schema.String }),
    /** The listening descriptor, where other threads can take connections from it too. */
    shareableFd: Schema.UndefinedOr(Schema.Int),
    /** The file of a UNIX socket that the thread has bound, which it removes when it stops. */
    file: Schema.UndefinedOr(Schema.Struct({ path: Schema.String, device: Schema.BigInt, inode: Schema.BigInt }))
  }),
  Schema.TaggedStruct("BindFailed", { address: Schema.String, message: Schema.String }),
  Schema.TaggedStruct("MaterialFailed", { message: Schema.String })
])
export type Added = typeof Added.Type

export const Done = Schema.TaggedStruct("Done", {})
export const CutDone = Schema.TaggedStruct("CutDone", { connections: Schema.Int })
export const Preparation = Schema.Union([
  Schema.TaggedStruct("Prepared", {}),
  Schema.TaggedStruct("Refused", { message: Schema.String })
])
export const Commit = Schema.TaggedStruct("Commit", {})

/** Without a report: the thread could not make one. */
export const Reported = Schema.TaggedStruct("Reported", { report: Schema.UndefinedOr(copied<ThreadReport>()) })
