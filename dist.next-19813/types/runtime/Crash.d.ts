/** Every thread of a diagnostic report: what it runs and what it waits for. Pure. */
export declare const dumpText: (report: unknown) => string;
/** The stack of an error and of what caused it, without its other properties. Pure. */
export declare const stackText: (error: unknown, depth?: number) => string;
/** From now on until the end of the process. */
export declare const listenForCrashes: () => void;
