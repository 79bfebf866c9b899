/**
 * Connection records as the events of the JSON log. Each connection has one `open` and one `close` with the same
 * `connection`: `open` when the pipe opens or, when it never does, right before `close`.
 */
import { type LogDetails } from "../runtime/JsonLine.ts";
import type { ConnectionRecord } from "./ConnectionRecord.ts";
/** One line of the JSON log; without a message of its own it has the text log's line. */
export interface ConnectionEvent extends LogDetails {
    readonly message?: string;
}
/** The events of one record, in order, each with the details of its line. `target` is what the configuration calls it. */
export declare const eventsOf: (record: ConnectionRecord, target: string) => ReadonlyArray<ConnectionEvent>;
