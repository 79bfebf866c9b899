/**
 * Where connections run: on the main thread (`InlinePlane`) or on worker threads that carry all tunnels of the process
 * (`WorkerPlane`). The control plane meets them only here and exchanges plain values.
 */
import { Context, type Effect, type Result, type Scope } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { ProfiledThread } from "../profiling/ProfiledThread.ts"
import type { Prepared } from "../runtime/Replaceable.ts"
import type { BindError, EndpointName, TlsMaterialError } from "../transport/Transport.ts"
import type { TransportName } from "../transport/TransportChoice.ts"
import type { ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts"
import type { Plan } from "./Plan.ts"

/** What the data plane of a process is made of. */
export interface PlaneOptions {
  /** Another descriptor of the socket that is listened on in place of an address; each thread closes its own. */
  readonly duplicate: (fd: number) => Result.Result<number, string>
  /** What carries the bytes; worker threads load it themselves. */
  readonly transport: TransportName
  /** Where the program of worker threads is, if not beside this one; a path or a `file:` URL. */
  readonly workerEntry?: string | undefined
  readonly subjectOf: (leaf: Uint8Array) => string
  /** Whether threads measure themselves for profiles. */
  readonly profiled: boolean
}

/** One tunnel as the data plane takes it. */
export interface PlaneTunnel {
  /** No other tunnel of the process has it. */
  readonly name: string
  readonly proxy: Plan
  readonly material: TlsMaterial
  /** Connections at a time over all threads; 0: no limit. */
  readonly maxConcurrentConnections: number
  /** Takes every thread's records, in the order of the thread. */
  readonly record: (record: ConnectionRecord) => void
  /** Which records it wants. */
  readonly interest: RecordInterest
}

/** A tunnel on the data plane. */
export interface TunnelPlane {
  /** What the listener is bound to. It accepts nothing before `start`. */
  readonly bound: EndpointName
  /** Slots that are taken where connections are limited; else 0. */
  readonly slotsTaken: () => number
  /** Begins to take connections. */
  readonly start: Effect.Effect<void>
  /**
   * Prepares this material on every thread. Handshakes that begin after `commit` use it; open connections are untouched.
   * Until the scope closes no other change is prepared, and no thread that died is replaced.
   */
  readonly prepare: (material: TlsMaterial) => Effect.Effect<Prepared, TlsMaterialError, Scope.Scope>
  /** Stops listening and cancels handshakes and dials; completes when clients are refused. Idempotent. */
  readonly stop: Effect.Effect<void>
  /** After `stop`: completes when every open connection has closed by itself. */
  readonly drained: Effect.Effect<void>
  /** Closes what is still open and hands over the last log records; succeeds with how many connections were cut. */
  readonly cut: Effect.Effect<number>
}

/** What worker threads are doing. */
export interface ThreadStates {
  /** For each worker thread whether it takes connections at this moment. */
  readonly serving: ReadonlyArray<boolean>
  /** How many died and were replaced so far. */
  readonly replaced: number
}

export class DataPlane extends Context.Service<
  DataPlane,
  {
    /** Worker threads that carry connections; 0 for the main thread itself. */
    readonly workers: number
    readonly threads: () => ThreadStates
    /** The worker threads at this moment; they answer only where they measure themselves. */
    readonly profiled: () => ReadonlyArray<ProfiledThread>
    /** Binds a tunnel's address on every thread that serves it. Closing the scope removes the tunnel and cuts what is open. */
    readonly add: (tunnel: PlaneTunnel) => Effect.Effect<TunnelPlane, BindError | TlsMaterialError, Scope.Scope>
  }
>()("ghostunnel/DataPlane") {}
