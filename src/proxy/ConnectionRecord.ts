/** What a connection leaves in the log, as plain values: workers send them, the main thread words them. */
import type { EndpointName } from "../transport/Transport.ts"

/** One end of a pipe: its address and who is behind it (`no tls`, `no cert` or the leaf's subject). */
export interface PipeEnd extends EndpointName {
  readonly peer: string
}

export type ConnectionRecord = { /** Unix milliseconds, with a fraction. */ readonly at: number } & (
  | { readonly _tag: "Opened"; readonly accepted: PipeEnd; readonly dialled: PipeEnd }
  | {
      readonly _tag: "Closed"
      readonly accepted: PipeEnd
      readonly dialled: PipeEnd
      readonly forwarded: number
      readonly returned: number
      readonly nanos: number
    }
  | { readonly _tag: "HandshakeFailed"; readonly remote: EndpointName; readonly message: string }
  | { readonly _tag: "DialFailed"; readonly message: string }
  | { readonly _tag: "PrefixFailed"; readonly message: string }
  | { readonly _tag: "CopyFailed"; readonly message: string }
  | { readonly _tag: "AcceptFailed"; readonly message: string }
  /** A peer was admitted although it is not known whether it is revoked. Each thread says so once a generation. */
  | { readonly _tag: "RevocationUnknown"; readonly generation: number; readonly why: string }
)
