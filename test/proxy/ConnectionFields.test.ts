import { assert, describe, it } from "@effect/vitest"
import { eventsOf } from "../../src/proxy/ConnectionFields.ts"
import type { ConnectionFacts, ConnectionRecord, PipeEnd } from "../../src/proxy/ConnectionRecord.ts"

const end: PipeEnd = { network: "tcp", address: "127.0.0.1:5", peer: "CN=alice" }
const facts: ConnectionFacts = {
  id: "0-1",
  acceptedAt: 0,
  client: { network: "tcp", address: "127.0.0.1:5" },
  target: { network: "unix", address: "/run/app" },
  tls: {
    version: "TLS 1.3",
    cipher: "C",
    group: undefined,
    serverName: "localhost",
    alpn: "h2",
    admittedBy: "CN alice",
    resumed: false,
    subject: "CN=alice"
  },
  handshakeNanos: 1_500_000,
  dialNanos: 500_000
}
const known = {
  connection: "0-1",
  client_network: "tcp",
  client_address: "127.0.0.1:5",
  target: "app",
  target_network: "unix",
  target_address: "/run/app",
  tls_version: "TLS 1.3",
  tls_group: undefined,
  tls_cipher: "C",
  tls_server_name: "localhost",
  tls_alpn: "h2",
  tls_resumed: false,
  tls_peer_subject: "CN=alice",
  tls_admitted_by: "CN alice",
  handshake_seconds: 0.0015,
  dial_seconds: 0.0005
}
const failed = { at: 2500, facts, source: "peer", reason: "acl", message: "no" } as const
const stages: ReadonlyArray<readonly [ConnectionRecord, string]> = [
  [{ _tag: "HandshakeFailed", remote: end, ...failed }, "handshake"],
  [{ _tag: "DialFailed", ...failed }, "dial"],
  [{ _tag: "PrefixFailed", ...failed }, "proxy_header"]
]

describe("ConnectionFields", () => {
  it("tells of an open pipe what is known", () => {
    const record: ConnectionRecord = { _tag: "Opened", at: 2, facts, accepted: end, dialled: end }
    assert.deepStrictEqual(eventsOf(record, "app"), [
      { event: "open", level: "info", fields: { ...known, accepted_at: "1970-01-01T00:00:00.000000Z" } }
    ])
  })

  it("tells of a closed pipe everything", () => {
    const bytes = { forwarded: 10, returned: 20 }
    const closed: ConnectionRecord = {
      _tag: "Closed",
      at: 2500,
      facts,
      accepted: end,
      dialled: end,
      ...bytes,
      nanos: 2e9,
      reason: "eof"
    }
    const more = { forwarded_bytes: 10, returned_bytes: 20, open_seconds: 2, total_seconds: 2.5 }
    assert.deepStrictEqual(eventsOf(closed, "app"), [
      { event: "close", level: "info", fields: { ...known, stage: "copy", reason: "eof", ...more } }
    ])
    const cut: ConnectionRecord = { _tag: "Aborted", at: 2500, facts, bytes, nanos: 2e9, reason: "thread_lost" }
    assert.deepStrictEqual(eventsOf(cut, "app"), [
      { event: "close", level: "error", fields: { ...known, stage: "copy", reason: "thread_lost", ...more } }
    ])
  })

  it("tells how far a connection had come that we gave up", () => {
    const { dialNanos, handshakeNanos, ...fresh } = facts
    const stageOf = (known: ConnectionFacts) => {
      const events = eventsOf({ _tag: "Aborted", at: 0, facts: known, nanos: undefined, reason: "defect" }, "app")
      assert.deepStrictEqual(
        events.map(({ event }) => event),
        ["open", "close"]
      )
      return events[1]?.fields?.stage
    }
    assert.strictEqual(stageOf(fresh), "handshake")
    assert.strictEqual(stageOf({ ...fresh, handshakeNanos: handshakeNanos ?? 0 }), "dial")
    assert.strictEqual(stageOf({ ...fresh, handshakeNanos: 1, dialNanos: dialNanos ?? 0 }), "proxy_header")
  })

  it.each(stages)("opens and closes what failed: %j", (record, stage) => {
    const [open, close, ...rest] = eventsOf(record, "app")
    assert.deepStrictEqual(rest, [])
    assert.strictEqual(open?.event, "open")
    assert.strictEqual(open?.fields?.connection, "0-1")
    assert.strictEqual(open?.message, "accepted connection from 127.0.0.1:5")
    assert.strictEqual(close?.event, "close")
    assert.strictEqual(close?.level, "warn")
    assert.deepStrictEqual(close?.fields, {
      ...known,
      stage,
      reason: "acl",
      source: "peer",
      error: "no",
      forwarded_bytes: 0,
      returned_bytes: 0,
      open_seconds: 0,
      total_seconds: 2.5
    })
  })

  it("tells of a failed copy and of a failed accept", () => {
    const [copy] = eventsOf({ _tag: "CopyFailed", ...failed }, "app")
    assert.deepStrictEqual(copy?.fields, {
      connection: "0-1",
      stage: "copy",
      reason: "acl",
      source: "peer",
      error: "no"
    })
    assert.deepStrictEqual(eventsOf({ _tag: "AcceptFailed", at: 0, reason: "other", message: "full" }, "app"), [
      { event: "accept_error", level: "error" }
    ])
  })
})
