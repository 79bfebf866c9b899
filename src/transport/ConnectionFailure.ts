/** How a connection can fail before bytes flow, or while they do: the log line and the metric label come from here. */
import { Data } from "effect"
import type { RefusalReason } from "../access/Verdict.ts"

/** Who caused it: the program that connected to us, the one we dialled, or ourselves. */
export type FailureSource = "peer" | "backend" | "us"

/** Stable names, used as metric labels. */
export type FailureReason =
  | RefusalReason
  | "timeout"
  | "eof"
  | "reset"
  | "plaintext"
  | "protocol"
  | "alert"
  | "connect_refused"
  | "resolve"
  | "unreachable"
  | "cancelled"
  | "upstream_proxy"
  | "proxy_header"
  | "other"

interface Facts {
  readonly source: FailureSource
  readonly reason: FailureReason
  /** The cause in the Go program's words, without the log line's prefix. */
  readonly message: string
}

export type ConnectionFailure = Data.TaggedEnum<{
  /** The accepted side's handshake or its access decision. */
  HandshakeFailed: Facts
  /** Reaching the target: name, connect, upstream proxy, and in client mode its TLS handshake and access decision. */
  DialFailed: Facts
  /** Writing the PROXY header to the backend. */
  PrefixFailed: Facts
  /** One direction of the copy. */
  CopyFailed: Facts
}>
export const ConnectionFailure = Data.taggedEnum<ConnectionFailure>()
