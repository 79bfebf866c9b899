/**
 * Where connections run: `layerInline` on this thread, `layerWorkers` on worker threads that each bind the address. The
 * control plane meets them only here and exchanges plain values.
 */
import { Context, type Effect } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { EndpointName, TlsMaterialError } from "../transport/Transport.ts"

export class DataPlane extends Context.Service<
  DataPlane,
  {
    /** What the listener is bound to. It accepts nothing before `start`. */
    readonly bound: EndpointName
    /** Threads that carry connections; 0 for the main thread itself. */
    readonly workers: number
    /** Begins to take connections. */
    readonly start: Effect.Effect<void>
    /** Later handshakes use this material; completes when every thread has it. Open connections are untouched. */
    readonly update: (material: TlsMaterial) => Effect.Effect<void, TlsMaterialError>
    /** Stops listening, cancels handshakes and dials, and waits until every open connection has closed by itself. */
    readonly drain: Effect.Effect<void>
    /** Closes what is still open and hands over the last log records; succeeds with how many connections were cut. */
    readonly cut: Effect.Effect<number>
  }
>()("ghostunnel/DataPlane") {}
