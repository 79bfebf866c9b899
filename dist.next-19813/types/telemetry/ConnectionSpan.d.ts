import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts";
export type Attributes = Readonly<Record<string, string | number | boolean>>;
export interface Span {
    readonly name: string;
    readonly kind: "server" | "client" | "internal";
    /** Unix milliseconds with a fraction. */
    readonly start: number;
    readonly end: number;
    readonly attributes: Attributes;
    /** Why it failed; undefined where it did not. */
    readonly error: string | undefined;
}
/** The whole connection, and its handshake and dial as far as they went. */
export interface ConnectionSpan extends Span {
    /** {@link ConnectionFacts.id} */
    readonly connection: string;
    readonly children: ReadonlyArray<Span>;
}
/** What a record does not tell. */
export interface Tunnelled {
    readonly mode: "server" | "client";
    /** The target as the configuration calls it. */
    readonly target: string;
}
/** Where a connection's spans are found: hexadecimal, told by its identifier alone. */
export interface SpanContext {
    readonly traceId: string;
    readonly spanId: string;
    /** Those of the children, in order. */
    readonly childIds: ReadonlyArray<string>;
}
/** The same for all records of a connection, so that what is said of it at its beginning already leads to its span. */
export declare const contextOf: (connection: string) => SpanContext;
/** The span that a record ends; undefined for records that end none, or that carry no facts. */
export declare const spanOf: (record: ConnectionRecord, tunnel: Tunnelled) => ConnectionSpan | undefined;
