/** Loads `node:ffi` where Node has it. */
/** The module. */
export type Ffi = typeof import("node:ffi");
/** Loads the module without its experimental warning; every other warning passes. Undefined where Node has none. */
export declare const loadFfi: () => Ffi | undefined;
