import type { ConnectionFailure } from "../transport/ConnectionFailure.ts";
import type { EndpointName, PumpOutcome, Stream } from "../transport/Transport.ts";
import type { CloseReason, ConnectionRecord, RecordInterest } from "./ConnectionRecord.ts";
/** What a thread's recorder is made of. */
export interface RecorderOptions {
    readonly record: (record: ConnectionRecord) => void;
    readonly interest: RecordInterest;
    /** The leaf's subject as the log prints it. */
    readonly subjectOf: (leaf: Uint8Array) => string;
}
/** One thread's recorder. */
export interface ConnectionRecorder {
    /** Begins a connection's trail; `acceptedAt` in `performance.now()` milliseconds. */
    readonly begin: (client: EndpointName, acceptedAt: number) => ConnectionTrail;
    /** Accepting failed: there is no connection. */
    readonly acceptFailed: (message: string) => void;
    /** A peer of this generation is admitted although nobody knows whether it is revoked. */
    readonly revocationUnknown: (generation: number, why: string) => void;
}
/** A recorder whose identifiers no other one has. */
export declare const makeRecorder: (options: RecorderOptions) => ConnectionRecorder;
/** What a connection leaves behind. Its methods are called in the order of its stages. */
export declare class ConnectionTrail {
    #private;
    constructor(options: RecorderOptions, client: EndpointName, acceptedAt: number, id: string | undefined);
    /** The accepted side is ready: a server's handshake is over. */
    accepted(stream: Stream): void;
    /** The target is reached. */
    dialled(stream: Stream): void;
    /** Bytes begin to flow. */
    opened(accepted: Stream, dialled: Stream): void;
    /** Bytes have ceased to flow. */
    closed(outcome: PumpOutcome): void;
    /** A stage before the copy failed. */
    failed(failure: ConnectionFailure): void;
    /** We cut the pipe. Does nothing when the connection has ended otherwise, or when nobody asks for facts. */
    aborted(reason: CloseReason, bytes?: {
        readonly forwarded: number;
        readonly returned: number;
    }): void;
}
