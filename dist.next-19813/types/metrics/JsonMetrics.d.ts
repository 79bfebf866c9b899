import type { Report } from "./Report.ts";
/** The body: sorted by metric, no whitespace, no final newline; `timestamp` is in Unix seconds. */
export declare const json: (report: Report) => string;
