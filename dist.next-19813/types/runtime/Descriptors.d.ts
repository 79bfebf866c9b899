/** The soft limit in a `/proc/PID/limits`; undefined when there is none. Pure. */
export declare const parseLimit: (text: string) => number | undefined;
/** What the process has. */
export interface Usage {
    readonly limit: number;
    /** Never negative. */
    readonly free: number;
}
/** As it is now, of all threads together; undefined where it cannot be told. */
export declare const readUsage: () => Usage | undefined;
/** What connections leave alone, for the status port, reloads, name look-ups and log connections. Pure. */
export declare const reserveOf: (limit: number) => number;
/** Whether the status port has to turn clients away, so that reloads still find a descriptor. */
export declare const statusIsOver: () => boolean;
/** What a thread says of its own connections when it asks. */
export interface Demand {
    /** Connections it has, in whatever state. */
    readonly connections: number;
    /** Those of them that are still going to dial. */
    readonly undialled: number;
}
/** Too few to take one more connection: a thread that has none may always take one. Pure. */
export declare const isScarce: (usage: Usage, demand: Demand, threads: number) => boolean;
/**
 * The question a listener asks for every connection, answered from what was read before while plenty are free: a
 * connection takes two, and the other threads are as busy.
 */
export declare const watch: (threads: number, read?: () => Usage | undefined) => (demand: Demand) => boolean;
