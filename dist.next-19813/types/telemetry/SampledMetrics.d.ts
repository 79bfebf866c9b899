import { Effect, type Scope } from "effect";
import type { ConnectionStats } from "../metrics/ConnectionStats.ts";
import { type tunnelNames } from "./Names.ts";
import type { Registry } from "./Registry.ts";
/** What a data plane tells of itself besides its connections. */
export interface PlaneFacts {
    /** 0: no limit. */
    readonly maxConcurrentConnections: number;
    readonly slotsTaken: () => number;
    /** Worker threads; 0 where the main one carries the connections. */
    readonly workers: number;
    readonly threads: () => {
        readonly replaced: number;
    };
}
/** Registers the tunnel's own numbers. */
export declare const registerTunnel: (registry: Registry, names: ReturnType<typeof tunnelNames>, stats: ConnectionStats["Service"], build: Readonly<Record<string, string>>) => void;
/** Registers capacity and threads. */
export declare const registerPlane: (registry: Registry, names: ReturnType<typeof tunnelNames>, stats: ConnectionStats["Service"], plane: PlaneFacts) => void;
/**
 * Registers what is true of the process and of its main thread. Watches its event loop and its garbage collections while
 * the scope is open.
 */
export declare const registerRuntime: (registry: Registry, names: {
    accepted: import("./Registry.ts").Described;
    active: import("./Registry.ts").Described;
    established: import("./Registry.ts").Described;
    closed: import("./Registry.ts").Described;
    carried: import("./Registry.ts").Described;
    handshake: import("./Registry.ts").Described;
    dial: import("./Registry.ts").Described;
    connection: import("./Registry.ts").Described;
    errors: import("./Registry.ts").Described;
    handshakes: import("./Registry.ts").Described;
    certificate: import("./Registry.ts").Described;
    reloads: import("./Registry.ts").Described;
    lastReload: import("./Registry.ts").Described;
    build: import("./Registry.ts").Described;
    slots: import("./Registry.ts").Described;
    slotsUsed: import("./Registry.ts").Described;
    workers: import("./Registry.ts").Described;
    workersReplaced: import("./Registry.ts").Described;
    lag: import("./Registry.ts").Described;
    utilization: import("./Registry.ts").Described;
    identityConnections: import("./Registry.ts").Described;
    identityBytes: import("./Registry.ts").Described;
}, fibers: () => number) => Effect.Effect<void, never, Scope.Scope>;
