import type { Report } from "./Report.ts";
/** Go's `%.<digits>f`: like `toFixed`, but what lies exactly between two texts becomes the even one. */
export declare const goFixed: (x: number, digits: number) => string;
/** Every metric as lines `PREFIX.NAME.SUFFIX VALUE UNIXSECONDS`, sorted by metric; durations in nanoseconds. */
export declare const graphite: (report: Report) => string;
