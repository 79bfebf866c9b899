/**
 * Where connections run: on the main thread (`InlinePlane`) or on worker threads that each bind the address
 * (`WorkerPlane`). The control plane meets them only here and exchanges plain values.
 */
import { Context, type Effect, type Result } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { ProfiledThread } from "../profiling/ProfiledThread.ts"
import type { EndpointName, TlsMaterialError } from "../transport/Transport.ts"
import type { TransportName } from "../transport/TransportChoice.ts"
import type { ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts"
import type { Plan } from "./Plan.ts"

export interface PlaneOptions {
  readonly proxy: Plan
  readonly material: TlsMaterial
  /** Connections at a time over all threads; 0: no limit. */
  readonly maxConcurrentConnections: number
  /** Another descriptor of the socket that is listened on in place of an address; each thread closes its own. */
  readonly duplicate: (fd: number) => Result.Result<number, string>
  /** What carries the bytes; worker threads load it themselves. */
  readonly transport: TransportName
  /** Where the program of worker threads is, if not beside this one; a path or a `file:` URL. */
  readonly workerEntry?: string | undefined
  readonly subjectOf: (leaf: Uint8Array) => string
  /** Takes every thread's records, in the order of the thread. */
  readonly record: (record: ConnectionRecord) => void
  /** Which records it wants. */
  readonly interest: RecordInterest
}

export class DataPlane extends Context.Service<
  DataPlane,
  {
    /** What the listener is bound to. It accepts nothing before `start`. */
    readonly bound: EndpointName
    /** Worker threads that carry connections; 0 for the main thread itself. */
    readonly workers: number
    /** For each worker thread whether it takes connections at this moment, and how many died and were replaced so far. */
    readonly threads: () => { readonly serving: ReadonlyArray<boolean>; readonly replaced: number }
    /** The worker threads at this moment; they answer only where the plan has them measure themselves. */
    readonly profiled: () => ReadonlyArray<ProfiledThread>
    /** Slots that are taken where connections are limited; else 0. */
    readonly slotsTaken: () => number
    /** Begins to take connections. */
    readonly start: Effect.Effect<void>
    /** Later handshakes use this material; completes when every thread has it. Open connections are untouched. */
    readonly update: (material: TlsMaterial) => Effect.Effect<void, TlsMaterialError>
    /** Stops listening and cancels handshakes and dials; completes when clients are refused. Idempotent. */
    readonly stop: Effect.Effect<void>
    /** After `stop`: completes when every open connection has closed by itself. */
    readonly drained: Effect.Effect<void>
    /** Closes what is still open and hands over the last log records; succeeds with how many connections were cut. */
    readonly cut: Effect.Effect<number>
  }
>()("ghostunnel/DataPlane") {}
