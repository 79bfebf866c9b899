/**
 * Every family beside the contract's own: names, help texts and buckets in one place (contract: status, section 13). The
 * tunnel's carry `--metrics-prefix`, those of the process and of Node have the names that dashboards know.
 */
import type { Described } from "./Registry.ts";
/** The tunnel's families. */
export declare const tunnelNames: (prefix: string) => {
    accepted: Described;
    active: Described;
    established: Described;
    closed: Described;
    carried: Described;
    handshake: Described;
    dial: Described;
    connection: Described;
    errors: Described;
    handshakes: Described;
    certificate: Described;
    reloads: Described;
    lastReload: Described;
    build: Described;
    slots: Described;
    slotsUsed: Described;
    workers: Described;
    workersReplaced: Described;
    lag: Described;
    utilization: Described;
    identityConnections: Described;
    identityBytes: Described;
};
/** Families of the runtime. */
export declare const runtimeNames: {
    readonly heapTotal: {
        readonly name: "nodejs_heap_size_total_bytes";
        readonly help: "Heap that V8 holds on the main thread.";
    };
    readonly heapUsed: {
        readonly name: "nodejs_heap_size_used_bytes";
        readonly help: "Heap in use on the main thread.";
    };
    readonly external: {
        readonly name: "nodejs_external_memory_bytes";
        readonly help: "Memory outside the heap that belongs to its objects.";
    };
    readonly collections: {
        readonly name: "nodejs_gc_duration_seconds";
        readonly help: "Pauses for garbage collection on the main thread, by kind.";
    };
    readonly fibers: {
        readonly name: "nodejs_fibers";
        readonly help: "Effect fibers alive in this process.";
    };
    readonly version: {
        readonly name: "nodejs_version_info";
        readonly help: "Always 1; the label tells Node's version.";
    };
};
/** Seconds: what a handshake or a dial takes, from a local peer to one about to time out. */
export declare const briefly: number[];
/** Seconds: what a connection lasts, from one request to a day. */
export declare const lasting: number[];
/** Seconds: pauses of the garbage collector. */
export declare const pauses: number[];
