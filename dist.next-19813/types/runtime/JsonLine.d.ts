/**
 * Log lines as JSON (`--log-format=json`): one object a line with `time` (RFC 3339, UTC, microseconds), `level`, `event`
 * where the line has a stable name, `message` (the text log's line), `pid`, and whatever the event knows of itself.
 */
export type LogLevel = "info" | "warn" | "error";
/** What a line is besides its text. Values that are undefined are left out. */
export interface LogDetails {
    /** Stable name of the event. */
    readonly event?: string | undefined;
    /** Told by the message's first word without it. */
    readonly level?: LogLevel;
    readonly fields?: Readonly<Record<string, string | number | boolean | undefined>>;
}
/** The stable name of a line that does not bring its own. */
export declare const eventOf: (message: string) => string | undefined;
/** RFC 3339 in UTC with microseconds. */
export declare const rfc3339: (at: number) => string;
/** One line without its line break; `at` in Unix milliseconds. Printable whatever is in the message and the fields. */
export declare const formatJson: (pid: number, at: number, message: string, details?: LogDetails) => string;
