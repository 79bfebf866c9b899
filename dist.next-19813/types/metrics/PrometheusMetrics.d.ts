import { type Family } from "./Exposition.ts";
import type { Report } from "./Report.ts";
/** The page: the report's families and `others` (the `process_*` ones), sorted by name. */
export declare const prometheus: (report: Report, others: ReadonlyArray<Family>) => string;
/**
 * The page's content type for an `Accept` header: always the text format, with the `escaping` of the last item that has a
 * known one, by falling `q`, up to the item that asks for this very format (section 6.5).
 */
export declare const contentType: (accept: string | undefined) => string;
/** Whether the page goes out gzipped for an `Accept-Encoding` header: only when gzip is liked better than identity. */
export declare const wantsGzip: (acceptEncoding: string | undefined) => boolean;
