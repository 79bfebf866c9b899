/**
 * Connection records as the events of the JSON log. Each connection has one `open` and one `close` with the same
 * `connection`: `open` when the pipe opens or, when it never does, right before `close`.
 */
import { type LogDetails, rfc3339 } from "../runtime/JsonLine.ts"
import type { LogEvent } from "../runtime/LogEvent.ts"
import type { CloseReason, ConnectionFacts, ConnectionRecord, Stage } from "./ConnectionRecord.ts"

/** One line of the JSON log; without a message of its own it has the text log's line. */
export interface ConnectionEvent extends LogDetails {
  readonly event: LogEvent
  readonly message?: string
}

/** What the lines of the text log are called, where a record makes one. */
export const eventNames = {
  Opened: "open",
  Closed: "close",
  Aborted: "close",
  HandshakeFailed: "close",
  DialFailed: "close",
  PrefixFailed: "close",
  CopyFailed: "copy_error",
  AcceptFailed: "accept_error",
  RevocationUnknown: "revocation_unknown"
} as const satisfies Readonly<Record<ConnectionRecord["_tag"], LogEvent>>

type Fields = NonNullable<LogDetails["fields"]>

const seconds = (nanos: number | undefined): number | undefined => (nanos === undefined ? undefined : nanos / 1e9)

const tlsFields = ({ tls }: ConnectionFacts): Fields =>
  tls === undefined
    ? {}
    : {
        tls_version: tls.version,
        tls_group: tls.group,
        tls_cipher: tls.cipher,
        tls_server_name: tls.serverName,
        tls_alpn: tls.alpn,
        tls_resumed: tls.resumed,
        tls_peer_subject: tls.subject,
        tls_admitted_by: tls.admittedBy
      }

const names = (facts: ConnectionFacts, target: string): Fields => ({
  connection: facts.id,
  client_network: facts.client.network,
  client_address: facts.client.address,
  target
})

/** What is known of a connection whose pipe opened, or that came as far as it could. */
const known = (facts: ConnectionFacts, target: string): Fields => ({
  ...names(facts, target),
  target_network: facts.target?.network,
  target_address: facts.target?.address,
  ...tlsFields(facts),
  handshake_seconds: seconds(facts.handshakeNanos),
  dial_seconds: seconds(facts.dialNanos)
})

interface End {
  readonly stage: Stage
  readonly reason: CloseReason
  readonly fields: Fields
}

/** How far a connection had come when we gave it up. */
const stageOf = (facts: ConnectionFacts | undefined, opened: boolean): Stage =>
  opened
    ? "copy"
    : facts?.dialNanos !== undefined
      ? "proxy_header"
      : facts?.handshakeNanos === undefined
        ? "handshake"
        : "dial"

/** How a connection ended; undefined for records that end none. */
const endOf = (record: ConnectionRecord): End | undefined => {
  switch (record._tag) {
    case "Closed": {
      const { forwarded, nanos, reason, returned } = record
      const fields = { forwarded_bytes: forwarded, returned_bytes: returned, open_seconds: seconds(nanos) }
      return { stage: "copy", reason, fields }
    }
    case "Aborted": {
      const { bytes, facts, nanos, reason } = record
      const fields = {
        forwarded_bytes: bytes?.forwarded,
        returned_bytes: bytes?.returned,
        open_seconds: seconds(nanos)
      }
      return { stage: stageOf(facts, nanos !== undefined), reason, fields }
    }
    case "HandshakeFailed":
    case "DialFailed":
    case "PrefixFailed": {
      const { message, reason, source } = record
      const stage = { HandshakeFailed: "handshake", DialFailed: "dial", PrefixFailed: "proxy_header" } as const
      const fields = { source, error: message, forwarded_bytes: 0, returned_bytes: 0, open_seconds: 0 }
      return { stage: stage[record._tag], reason, fields }
    }
    case "Opened":
    case "CopyFailed":
    case "AcceptFailed":
    case "RevocationUnknown":
      return undefined
  }
}

const opening = (facts: ConnectionFacts, fields: Fields): ConnectionEvent => ({
  event: "open",
  level: "info",
  fields: { ...fields, accepted_at: rfc3339(facts.acceptedAt) }
})

const closing = (
  at: number,
  facts: ConnectionFacts,
  target: string,
  { fields, reason, stage }: End
): ConnectionEvent => ({
  event: "close",
  level: reason === "defect" || reason === "thread_lost" ? "error" : stage === "copy" ? "info" : "warn",
  fields: {
    ...known(facts, target),
    stage,
    reason,
    ...fields,
    total_seconds: Math.max(0, Math.round((at - facts.acceptedAt) * 1e3) / 1e6)
  }
})

/** The events of one record, in order, each with the details of its line. `target` is what the configuration calls it. */
export const eventsOf = (record: ConnectionRecord, target: string): ReadonlyArray<ConnectionEvent> => {
  const { at, facts } = record
  if (record._tag === "AcceptFailed") return [{ event: "accept_error", level: "error" }]
  if (record._tag === "RevocationUnknown") return [{ event: "revocation_unknown", level: "warn" }]
  if (facts === undefined) return [{ event: eventNames[record._tag] }]
  if (record._tag === "Opened") return [opening(facts, known(facts, target))]
  if (record._tag === "CopyFailed") {
    const { message, reason, source } = record
    const fields = { connection: facts.id, stage: "copy", reason, source, error: message }
    return [{ event: "copy_error", level: "warn", fields }]
  }
  const end = endOf(record)
  if (end === undefined) return []
  const close = closing(at, facts, target, end)
  const piped = record._tag === "Closed" || (record._tag === "Aborted" && record.nanos !== undefined)
  if (piped) return [close]
  const message = `accepted connection from ${facts.client.address}`
  return [{ ...opening(facts, names(facts, target)), message }, close]
}
