/** Things on their way out, in order and in batches. What waits is bounded: further things are dropped and counted. */
import { Effect, type Scope } from "effect";
import { PushError } from "./Collector.ts";
import type { BatchSettings } from "./Settings.ts";
import type { SignalLog } from "./SignalLog.ts";
export interface Batch<A> {
    /** Cheap, and does not throw. */
    readonly push: (item: A) => void;
    /** Sends what waits, once; leaves it at that where it fails. */
    readonly flush: Effect.Effect<void>;
}
/**
 * Sends every interval, or when a batch is full, while its scope is open. What fails for a while is tried again with growing
 * pauses, what a collector refuses for good is dropped and counted.
 */
export declare const make: <A>(args_0: Pick<BatchSettings, "batchSize" | "interval" | "limit">, send: (items: ReadonlyArray<A>) => Effect.Effect<void, PushError>, log: SignalLog) => Effect.Effect<Batch<A>, never, Scope.Scope>;
