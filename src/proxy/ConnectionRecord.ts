/**
 * The one stream of facts about connections, as plain values: threads make them, the main thread hands them to the log and to
 * whatever else reads them (metrics, spans). Rules:
 *
 * - A thread's records arrive in its order. `Opened` comes when the pipe opens; what fails before has no `Opened`.
 * - A connection ends by exactly one of `Closed`, `HandshakeFailed`, `DialFailed`, `PrefixFailed` and `Aborted`, and nothing
 *   follows that. `CopyFailed` comes before `Closed`.
 * - The ending record alone tells the whole story: with `facts` a reader needs to remember nothing.
 * - Readers state their interest beforehand ({@link RecordInterest}); what none wants is neither measured nor sent.
 */
import type { FailureReason, FailureSource } from "../transport/ConnectionFailure.ts"
import type { AcceptFailure, EndpointName, TlsFacts } from "../transport/Transport.ts"

/** What readers want from the threads. */
export interface RecordInterest {
  /** `Opened` and `Closed`. Failures always come. */
  readonly pipes: boolean
  /** Identifiers, TLS facts and durations; `Aborted` too. */
  readonly facts: boolean
  /** `Opened`, `Closed` and `Aborted` may be a tenth of a second late: no log line is written for them. */
  readonly unhurried?: boolean
}

/** One end of a pipe: its address and who is behind it (`no tls`, `no cert` or the leaf's subject). */
export interface PipeEnd extends EndpointName {
  readonly peer: string
}

/** Where a connection was when it ended. */
export type Stage = "handshake" | "dial" | "proxy_header" | "copy"

/**
 * Why a connection ended: stable names, used as metric labels. Besides failures: both sides had ended (`eof`), one was
 * reset, a copy failed (`error`), a timeout, the end of the drain (`shutdown`), the death of its thread, a defect of ours.
 */
export type CloseReason = FailureReason | "error" | "close_timeout" | "lifetime" | "shutdown" | "thread_lost" | "defect"

/** The side that speaks TLS: the accepted one of servers, the dialled one of clients. */
export interface TlsSide extends Omit<TlsFacts, "peerChain"> {
  /** Always: every connection is a full handshake. */
  readonly resumed: false
  /** The leaf's subject; undefined when no certificate was shown. */
  readonly subject: string | undefined
}

/** What is known about a connection at the moment of a record. Durations in nanoseconds. */
export interface ConnectionFacts {
  /** The same in all records of a connection; no other connection has it, whatever thread, process or start. */
  readonly id: string
  /** Unix milliseconds with a fraction. */
  readonly acceptedAt: number
  /** Who connected. */
  readonly client: EndpointName
  /** What was dialled, once it is. */
  readonly target?: EndpointName
  readonly tls?: TlsSide
  /** Servers: from accept to verdict. */
  readonly handshakeNanos?: number
  /** Name, connect, upstream proxy and, for clients, TLS and verdict. */
  readonly dialNanos?: number
}

interface Failed {
  readonly source: FailureSource
  readonly reason: FailureReason
  /** The cause in the Go program's words. */
  readonly message: string
}

export type ConnectionRecord = {
  /** Unix milliseconds, with a fraction. */
  readonly at: number
  /** Where they are wanted; never of `AcceptFailed`. */
  readonly facts?: ConnectionFacts
} & (
  | { readonly _tag: "Opened"; readonly accepted: PipeEnd; readonly dialled: PipeEnd }
  | {
      readonly _tag: "Closed"
      readonly accepted: PipeEnd
      readonly dialled: PipeEnd
      readonly forwarded: number
      readonly returned: number
      /** Since `Opened`. */
      readonly nanos: number
      readonly reason: CloseReason
    }
  /** A pipe that we cut ourselves. The text log has no line for it. */
  | {
      readonly _tag: "Aborted"
      readonly reason: CloseReason
      /** Bytes each way, where the transport could still tell. */
      readonly bytes?: { readonly forwarded: number; readonly returned: number }
      /** Since `Opened`; undefined without one. */
      readonly nanos: number | undefined
    }
  | ({ readonly _tag: "HandshakeFailed"; readonly remote: EndpointName } & Failed)
  | ({ readonly _tag: "DialFailed" } & Failed)
  | ({ readonly _tag: "PrefixFailed" } & Failed)
  | ({ readonly _tag: "CopyFailed" } & Failed)
  | ({ readonly _tag: "AcceptFailed" } & AcceptFailure)
  /** A peer was admitted although it is not known whether it is revoked. Each thread says so once a generation. */
  | { readonly _tag: "RevocationUnknown"; readonly generation: number; readonly why: string }
)
