/** Why the native transport cannot be used here; undefined when it can. */
export declare const selfTest: () => string | undefined;
