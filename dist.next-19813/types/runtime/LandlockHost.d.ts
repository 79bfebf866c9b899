import type * as Address from "../config/Address.ts";
import type { Disk, Surroundings } from "./Sandbox.ts";
/** The machine's disk. */
export declare const disk: Disk;
/**
 * Directories of the shared libraries in a `/proc/PID/maps`: where later ones (name services) are loaded from. Pure.
 */
export declare const libraryDirectories: (maps: string) => ReadonlyArray<string>;
/** The program's own files: the bundle's directory, or the sources with their packages. Pure. */
export declare const applicationFiles: (module: string) => ReadonlyArray<string>;
/** This process. */
export declare const surroundings: (services?: Address.Services) => Surroundings;
/** Names of the threads this process has besides the calling main thread. */
export declare const otherThreads: () => ReadonlyArray<string>;
