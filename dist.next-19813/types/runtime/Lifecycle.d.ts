/** Requests to stop and to reload, whoever makes them: signals, the reload timer, `POST /_shutdown`, an embedder. */
import { Context, Deferred, Duration, Effect, Layer, Queue } from "effect";
/** Who asked for the shutdown, as the log says it. */
export type ShutdownRequest = {
    readonly _tag: "Signal";
    readonly name: "terminated" | "interrupt";
} | {
    readonly _tag: "Request";
};
/** Who asked for the reload; the timer asks silently. */
export type ReloadRequest = {
    readonly _tag: "Signal";
    readonly name: "hangup" | "user defined signal 1";
} | {
    readonly _tag: "Timer";
} | {
    readonly _tag: "FilesChanged";
};
declare const Lifecycle_base: Context.ServiceClass<Lifecycle, "ghostunnel/Lifecycle", {
    /** Completes with the first shutdown request; later ones have no effect. */
    readonly shutdown: Deferred.Deferred<ShutdownRequest>;
    /** Reloads to do; bursts collapse into one. */
    readonly reloads: Queue.Queue<ReloadRequest>;
    /**
     * Called when the tunnel is about to serve: from now on requests may come from outside. Until then signals have their
     * default effect (contract: command line, section 5.1).
     */
    readonly begin: Effect.Effect<void>;
}>;
export declare class Lifecycle extends Lifecycle_base {
    /** Requests come only from code: nothing of the process is touched. For embedding and tests. */
    static readonly layerManual: Layer.Layer<Lifecycle>;
    /**
     * Requests come from the process's signals too (contract: command line, section 5.2). Once a shutdown was asked for, by
     * whomever, SIGTERM and SIGINT kill again and the reload signals do nothing. The listeners, once `begin` has put them
     * up, live as long as the layer: they outlast the drain.
     */
    static readonly layerSignals: Layer.Layer<Lifecycle>;
    /** Asks for a reload every `interval`, first after one of them; zero or negative: never. */
    static readonly layerTimer: (interval: Duration.Duration) => Layer.Layer<never, never, Lifecycle>;
}
export {};
