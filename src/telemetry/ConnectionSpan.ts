/**
 * Builds a connection's span from the record that ends it. Attribute names follow OpenTelemetry's semantic conventions where
 * they exist; tunnel-specific ones begin with `ghostunnel.`. Pure.
 */
import { createHash } from "node:crypto"
import type { CloseReason, ConnectionFacts, ConnectionRecord, Stage } from "../proxy/ConnectionRecord.ts"

export type Attributes = Readonly<Record<string, string | number | boolean>>

export interface Span {
  readonly name: string
  readonly kind: "server" | "client" | "internal"
  /** Unix milliseconds with a fraction. */
  readonly start: number
  readonly end: number
  readonly attributes: Attributes
  /** The error message; undefined on success. */
  readonly error: string | undefined
}

/** The span of the connection, with child spans for handshake and dial as far as they got. */
export interface ConnectionSpan extends Span {
  /** {@link ConnectionFacts.id} */
  readonly connection: string
  readonly children: ReadonlyArray<Span>
}

/** Facts about the tunnel that a record does not carry. */
export interface Tunnelled {
  readonly mode: "server" | "client"
  /** The target as configured. */
  readonly target: string
}

/** Trace and span identifiers of a connection, hexadecimal, derived from the connection's identifier alone. */
export interface SpanContext {
  readonly traceId: string
  readonly spanId: string
  /** Span identifiers of the children, in order. */
  readonly childIds: ReadonlyArray<string>
}

/** The same for all records of a connection, so that the log record of its start already links to its span. */
export const contextOf = (connection: string): SpanContext => {
  const hex = createHash("sha512").update(connection).digest("hex")
  return { traceId: hex.slice(0, 32), spanId: hex.slice(32, 48), childIds: [hex.slice(48, 64), hex.slice(64, 80)] }
}

const defined = (all: Readonly<Record<string, string | number | boolean | undefined>>): Attributes => {
  const found: Record<string, string | number | boolean> = {}
  for (const [name, value] of Object.entries(all)) if (value !== undefined) found[name] = value
  return found
}

/** Address and port as separate attributes, without brackets, as the conventions require. */
const place = (prefix: string, text: string, network: "tcp" | "unix"): Attributes => {
  const at = text.lastIndexOf(":")
  if (network === "unix" || at < 0) return { [`${prefix}.address`]: text }
  const address = text.slice(0, at).replace(/^\[|\]$/g, "")
  return { [`${prefix}.address`]: address, [`${prefix}.port`]: Number(text.slice(at + 1)) }
}

const tlsAttributes = ({ tls }: ConnectionFacts, mode: Tunnelled["mode"]): Attributes =>
  tls === undefined
    ? {}
    : defined({
        "tls.established": true,
        "tls.protocol.name": "tls",
        "tls.protocol.version": tls.version.replace("TLS ", ""),
        "tls.cipher": tls.cipher,
        "tls.curve": tls.group,
        "tls.next_protocol": tls.alpn,
        "tls.resumed": tls.resumed,
        "tls.client.server_name": tls.serverName,
        [mode === "server" ? "tls.client.subject" : "tls.server.subject"]: tls.subject,
        "ghostunnel.admitted_by": tls.admittedBy
      })

interface End {
  readonly stage: Stage
  readonly reason: CloseReason
  readonly error: string | undefined
  readonly bytes: { readonly forwarded: number; readonly returned: number } | undefined
}

/** Close reasons that count as errors: faults of the tunnel or of an established connection. */
const broken: ReadonlyMap<CloseReason, string> = new Map([
  ["error", "the copy failed"],
  ["thread_lost", "the thread of this connection died"],
  ["defect", "internal error"]
])

const stageOf = (facts: ConnectionFacts, opened: boolean): Stage =>
  opened
    ? "copy"
    : facts.dialNanos !== undefined
      ? "proxy_header"
      : facts.handshakeNanos === undefined
        ? "handshake"
        : "dial"

const nothing = { forwarded: 0, returned: 0 }

const endOf = (record: ConnectionRecord, facts: ConnectionFacts): End | undefined => {
  switch (record._tag) {
    case "Closed": {
      const { forwarded, reason, returned } = record
      return { stage: "copy", reason, error: broken.get(reason), bytes: { forwarded, returned } }
    }
    case "Aborted": {
      const { bytes, nanos, reason } = record
      return { stage: stageOf(facts, nanos !== undefined), reason, error: broken.get(reason), bytes }
    }
    case "HandshakeFailed":
      return { stage: "handshake", reason: record.reason, error: record.message, bytes: nothing }
    case "DialFailed":
      return { stage: "dial", reason: record.reason, error: record.message, bytes: nothing }
    case "PrefixFailed":
      return { stage: "proxy_header", reason: record.reason, error: record.message, bytes: nothing }
    default:
      return undefined
  }
}

const childrenOf = (facts: ConnectionFacts, { error, reason, stage }: End, { mode, target }: Tunnelled) => {
  const { acceptedAt, dialNanos, handshakeNanos } = facts
  const dialStart = acceptedAt + (handshakeNanos ?? 0) / 1e6
  const failed = (at: Stage) => (stage === at ? error : undefined)
  const why = (at: Stage): Attributes => (failed(at) === undefined ? {} : { "error.type": reason })
  const children: Array<Span> = []
  if (handshakeNanos !== undefined) {
    const attributes = { ...tlsAttributes(facts, mode), ...why("handshake") }
    const times = { start: acceptedAt, end: acceptedAt + handshakeNanos / 1e6 }
    children.push({ name: "handshake", kind: "internal", ...times, attributes, error: failed("handshake") })
  }
  if (dialNanos !== undefined) {
    const peer = facts.target === undefined ? {} : place("network.peer", facts.target.address, facts.target.network)
    const server = place("server", target, target.startsWith("unix:") ? "unix" : "tcp")
    const attributes = { ...server, ...peer, ...why("dial") }
    const times = { start: dialStart, end: dialStart + dialNanos / 1e6 }
    children.push({ name: "dial", kind: "client", ...times, attributes, error: failed("dial") })
  }
  return children
}

/** The span that a record ends; undefined if the record ends none or carries no facts. */
export const spanOf = (record: ConnectionRecord, tunnel: Tunnelled): ConnectionSpan | undefined => {
  const { at, facts } = record
  const end = facts === undefined ? undefined : endOf(record, facts)
  if (facts === undefined || end === undefined) return undefined
  return {
    connection: facts.id,
    name: "connection",
    kind: "server",
    start: facts.acceptedAt,
    end: Math.max(at, facts.acceptedAt),
    attributes: {
      "ghostunnel.connection": facts.id,
      "ghostunnel.target": tunnel.target,
      "network.transport": facts.client.network,
      ...place("network.peer", facts.client.address, facts.client.network),
      ...tlsAttributes(facts, tunnel.mode),
      ...defined({
        "ghostunnel.bytes.forwarded": end.bytes?.forwarded,
        "ghostunnel.bytes.returned": end.bytes?.returned,
        "ghostunnel.close.stage": end.stage,
        "ghostunnel.close.reason": end.reason,
        "error.type": end.error === undefined ? undefined : end.reason
      })
    },
    error: end.error,
    children: childrenOf(facts, end, tunnel)
  }
}
