/** Words connection records as the log's lines and applies the `--quiet` classes (contract: command line, section 6). */
import type { QuietClass } from "../config/TunnelConfig.ts";
import type { LogDetails } from "../runtime/JsonLine.ts";
import type { LogFormat } from "../runtime/Logging.ts";
import type { ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts";
/** `512 bytes`, `2.9 KiB`, `4.0 MiB`. */
export declare const formatBytes: (bytes: number) => string;
/** Whole milliseconds from one millisecond on, Go style. */
export declare const formatOpen: (nanos: number) => string;
/** The line of one record, without the log's own prefix. Only the JSON log shows `Aborted`. */
export declare const line: (record: ConnectionRecord) => string;
/** The class that silences a record besides `all`. */
export declare const quietClass: (record: ConnectionRecord) => QuietClass;
/** What the log wants from the threads. */
export declare const interestOf: (quiet: ReadonlyArray<QuietClass>, format: LogFormat) => RecordInterest;
/** Where threads put their records: silenced ones cost no formatting. `target` is what the configuration calls it. */
export declare const sink: (write: (message: string, at: number, details?: LogDetails) => void, quiet: ReadonlyArray<QuietClass>, format: LogFormat, target: string) => ((record: ConnectionRecord) => void);
