import type { Family } from "./Exposition.ts";
/** Texts of files under `/proc`, each absent when unreadable. */
export interface ProcessSources {
    /** `/proc/self/stat` */
    readonly stat: string | undefined;
    /** `/proc/stat`, for the time of boot. */
    readonly systemStat: string | undefined;
    /** `/proc/self/limits` */
    readonly limits: string | undefined;
    /** `/proc/self/net/netstat`: of the whole network namespace. */
    readonly netstat: string | undefined;
    /** Entries of `/proc/self/fd` without the one that reads it. */
    readonly openFds: number | undefined;
    /** Resident memory, bytes. */
    readonly rss: number | undefined;
}
/** The families whose sources are there. Pure. */
export declare const families: (sources: ProcessSources) => ReadonlyArray<Family>;
/** What `/proc` says now. */
export declare const readSources: () => ProcessSources;
/** The `process_*` families of this process, now. */
export declare const processFamilies: () => ReadonlyArray<Family>;
