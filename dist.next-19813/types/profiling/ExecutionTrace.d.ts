/** A running trace. */
export interface Trace {
    /** Ends it and gives the file. */
    readonly stop: () => Promise<string>;
}
/** Starts the trace; rejects where another one runs. */
export declare const start: () => Promise<Trace>;
