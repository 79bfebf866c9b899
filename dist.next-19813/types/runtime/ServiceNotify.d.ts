import { Context, Effect, Layer, SubscriptionRef } from "effect";
import { Native } from "./Native.ts";
/** What is told about: the part of the tunnel's state that matters here. */
export interface ServiceState {
    readonly listening: boolean;
    readonly reloading: boolean;
    readonly stopping: boolean;
}
/** What stays the same in every status text. */
export interface ServiceFacts {
    readonly mode: "server" | "client";
    /** `--listen`, verbatim. */
    readonly listen: string;
    /** `--target`, verbatim. */
    readonly target: string;
}
/** A status whose changes can be told: the shape of `Status`. */
export interface Changes<S extends ServiceState> {
    readonly state: SubscriptionRef.SubscriptionRef<S>;
    readonly listening: Effect.Effect<void>;
    readonly reloading: Effect.Effect<void>;
    readonly reloaded: Effect.Effect<void>;
    readonly stopping: Effect.Effect<void>;
}
declare const ServiceNotify_base: Context.ServiceClass<ServiceNotify, "ghostunnel/ServiceNotify", {
    /**
     * Sends what `datagrams` gives when the turn comes, one datagram each; completes when they are sent or lost. Turns
     * never overlap, so whatever is decided inside is still true when it is sent.
     */
    readonly send: (datagrams: () => ReadonlyArray<string>) => Effect.Effect<void>;
}>;
/** The way to the service manager (contract: command line, section 5.6). */
export declare class ServiceNotify extends ServiceNotify_base {
    /** Sends to `NOTIFY_SOCKET`: itself where libc can be called, else by `systemd-notify`. Says nothing without one. */
    static readonly layer: (env?: Readonly<Record<string, string | undefined>>) => Layer.Layer<ServiceNotify, never, Native>;
    /** Nobody wants to know. For embedding and tests. */
    static readonly layerNone: Layer.Layer<ServiceNotify>;
}
/** CLOCK_MONOTONIC in microseconds: Node's clock is that one. */
export declare const monotonicMicros: () => bigint;
/** What one moment sends, in order (contract: command line, section 5.6). Pure. */
export declare const datagrams: (state: ServiceState, facts: ServiceFacts, monotonic: () => bigint) => ReadonlyArray<string>;
/**
 * The same status, whose every change is told before it completes (contract: command line, sections 5.3, 5.4 and 5.6).
 * Each one looks at the state in its turn, so a change that a shutdown overtook says nothing any more, and STOPPING is
 * said once and last.
 */
export declare const observed: <S extends ServiceState>(status: Changes<S>, facts: ServiceFacts) => Effect.Effect<Changes<S>, never, ServiceNotify>;
export {};
