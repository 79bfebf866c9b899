/**
 * Turns connection records into counters and histograms. All label values come from fixed sets, so the number of series is
 * bounded.
 */
import type { ConnectionRecord, Stage } from "../proxy/ConnectionRecord.ts"
import { briefly, lasting, type tunnelNames } from "./Names.ts"
import type { Registry } from "./Registry.ts"

const seconds = (nanos: number): number => nanos / 1e9

const stages = {
  HandshakeFailed: "handshake",
  DialFailed: "dial",
  PrefixFailed: "proxy_header",
  CopyFailed: "copy"
} as const satisfies Readonly<Record<string, Stage>>

/** Returns the consumer of records; they must carry their facts. */
export const connectionMetrics = (
  registry: Registry,
  names: ReturnType<typeof tunnelNames>
): ((record: ConnectionRecord) => void) => {
  const closed = registry.counter(names.closed)
  const errors = registry.counter(names.errors)
  const handshakes = registry.counter(names.handshakes)
  const handshake = registry.histogram(names.handshake, briefly)
  const dial = registry.histogram(names.dial, briefly)
  const connection = registry.histogram(names.connection, lasting)

  return (record) => {
    const { _tag, facts } = record
    if (_tag === "AcceptFailed") {
      return errors.record(1, { stage: "accept", reason: record.reason })
    }
    if (_tag === "HandshakeFailed" || _tag === "DialFailed" || _tag === "PrefixFailed" || _tag === "CopyFailed") {
      errors.record(1, { stage: stages[_tag], reason: record.reason })
    }
    if (_tag === "CopyFailed" || facts === undefined) return
    if (_tag === "Opened") {
      const { tls } = facts
      if (tls !== undefined) {
        handshakes.record(1, {
          version: tls.version,
          cipher: tls.cipher,
          group: tls.group ?? "",
          resumed: String(tls.resumed)
        })
      }
      return
    }
    if (facts.handshakeNanos !== undefined) {
      handshake.record(seconds(facts.handshakeNanos), { result: _tag === "HandshakeFailed" ? "refused" : "admitted" })
    }
    if (facts.dialNanos !== undefined) {
      dial.record(seconds(facts.dialNanos), { result: _tag === "DialFailed" ? "failed" : "connected" })
    }
    if (_tag === "Closed" || (_tag === "Aborted" && record.nanos !== undefined)) {
      closed.record(1, { reason: record.reason })
      connection.record((record.at - facts.acceptedAt) / 1000)
    }
  }
}
