/** What `/_status` says of this program beyond the contract's keys: optional keys that follow them. Pure. */
import type { SandboxReceipt } from "../runtime/Landlock.ts";
/** What JSON can hold; keys that are undefined are left out. */
export type Json = string | number | boolean | null | undefined | ReadonlyArray<Json> | {
    readonly [key: string]: Json;
};
/** Optional keys in their order, asked for with every request: whoever has a fact to tell adds a key of its own. */
export type MoreFacts = () => Readonly<Record<string, Json>>;
/** Threads that carry connections. */
export interface ThreadFacts {
    /** For each worker thread whether it takes connections at this moment; empty where the main thread does. */
    readonly serving: ReadonlyArray<boolean>;
    /** Threads that died and were replaced since the start. */
    readonly replaced: number;
}
/** In one word how much of the sandbox holds: files and both kinds of ports, some of it, none, or not asked for. */
export declare const sandboxState: (receipt: SandboxReceipt) => "enforced" | "partial" | "off" | "unavailable";
/** The key `sandbox`. */
export declare const sandboxFacts: (receipt: SandboxReceipt) => Json;
/** The key `workers`. */
export declare const workerFacts: ({ replaced, serving }: ThreadFacts) => Json;
