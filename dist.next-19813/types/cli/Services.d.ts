import type { Services } from "../config/Address.ts";
/** The TCP names and aliases of a file in the format of `services(5)`. */
export declare const parse: (text: string) => ReadonlyMap<string, number>;
/** A look-up in the file at `path`; a file that cannot be read knows no names. */
export declare const fromFile: (path: string) => Services;
/** The look-up in `/etc/services`. */
export declare const machine: Services;
