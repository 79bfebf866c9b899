/** What the tunnel is doing, as `/_status` and the service manager report it (contract: status, section 3). */
import { Context, Effect, Layer, SubscriptionRef } from "effect";
export interface State {
    readonly listening: boolean;
    readonly reloading: boolean;
    readonly stopping: boolean;
    /** Start of the latest reload attempt, Unix milliseconds. */
    readonly lastReload: number | undefined;
}
declare const Status_base: Context.ServiceClass<Status, "ghostunnel/Status", {
    readonly state: SubscriptionRef.SubscriptionRef<State>;
    /** The accept loop runs. */
    readonly listening: Effect.Effect<void>;
    /** A reload begins; nothing once stopping. */
    readonly reloading: Effect.Effect<void>;
    /** A reload ended, well or not; nothing once stopping. */
    readonly reloaded: Effect.Effect<void>;
    /** Shutdown begins: terminal. */
    readonly stopping: Effect.Effect<void>;
}>;
export declare class Status extends Status_base {
    static readonly layer: Layer.Layer<Status>;
}
/** The `message` of `/_status`: the first that holds of stopping, reloading, listening, initializing. */
export declare const message: (state: State) => "stopping" | "reloading" | "listening" | "initializing";
/** Whether connections are taken: also while reloading, not while draining. */
export declare const isUp: (state: State) => boolean;
export {};
