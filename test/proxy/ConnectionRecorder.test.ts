import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { ConnectionRecord, RecordInterest } from "../../src/proxy/ConnectionRecord.ts"
import { makeRecorder } from "../../src/proxy/ConnectionRecorder.ts"
import { ConnectionFailure } from "../../src/transport/ConnectionFailure.ts"
import type { EndpointName, PumpOutcome, Stream, TlsFacts } from "../../src/transport/Transport.ts"

const client: EndpointName = { network: "tcp", address: "127.0.0.1:5" }
const target: EndpointName = { network: "unix", address: "/run/app" }
const streamOf = (remote: EndpointName, tls?: TlsFacts): Stream => ({
  remote,
  local: client,
  tls,
  prefix: () => Effect.void,
  close: () => {},
  reset: () => {}
})
const tls: TlsFacts = {
  version: "TLS 1.3",
  cipher: "C",
  group: "X25519",
  serverName: "localhost",
  alpn: undefined,
  peerChain: [new Uint8Array(1)],
  admittedBy: "CN alice"
}
const accepted = streamOf(client, tls)
const dialled = streamOf(target)
const eof: PumpOutcome = { forwarded: 1, returned: 2, timeouts: 0, failures: [], reason: "eof" }
const refused = { source: "peer", reason: "acl", message: "no" } as const

const begun = (interest: RecordInterest) => {
  const records: Array<ConnectionRecord> = []
  let subjects = 0
  const recorder = makeRecorder({
    record: (record) => records.push(record),
    interest,
    subjectOf: () => {
      subjects++
      return "CN=alice"
    }
  })
  return { records, recorder, subjects: () => subjects, trail: recorder.begin(client, performance.now()) }
}
const all = { pipes: true, facts: true }

describe("ConnectionRecorder", () => {
  it("tells the whole story in the record that ends a connection", () => {
    const { records, trail } = begun(all)
    trail.accepted(accepted)
    trail.dialled(dialled)
    trail.opened(accepted, dialled)
    trail.closed(eof)
    trail.aborted("defect")
    assert.deepStrictEqual(
      records.map(({ _tag }) => _tag),
      ["Opened", "Closed"]
    )
    const [first, last] = records
    assert(last?._tag === "Closed" && last.facts !== undefined)
    assert.deepStrictEqual(first?.facts, last.facts)
    const { acceptedAt, dialNanos, handshakeNanos, id, ...rest } = last.facts
    const { peerChain, ...shown } = tls
    assert.strictEqual(peerChain.length, 1)
    assert.deepStrictEqual<unknown>(rest, { client, target, tls: { ...shown, resumed: false, subject: "CN=alice" } })
    assert.match(id, /^[0-9a-f]{16}-1$/)
    assert.isAtMost(acceptedAt, last.at)
    for (const nanos of [dialNanos, handshakeNanos, last.nanos]) assert.isAtLeast(nanos ?? -1, 0)
    assert.deepStrictEqual([last.reason, last.forwarded, last.returned], ["eof", 1, 2])
  })

  it("ends a connection once, whatever stage fails", () => {
    const failures = [
      [ConnectionFailure.HandshakeFailed(refused), "HandshakeFailed"],
      [ConnectionFailure.DialFailed(refused), "DialFailed"],
      [ConnectionFailure.PrefixFailed(refused), "PrefixFailed"]
    ] as const
    for (const [failure, tag] of failures) {
      const { records, trail } = begun(all)
      trail.failed(failure)
      trail.aborted("defect")
      const [only] = records
      assert.strictEqual(records.length, 1)
      assert(only?._tag === tag)
      assert.deepStrictEqual([only.reason, only.source, only.message], ["acl", "peer", "no"])
    }
  })

  it("records a cut with what was copied until then", () => {
    const { records, trail } = begun(all)
    trail.opened(accepted, dialled)
    trail.aborted("shutdown", { forwarded: 3, returned: 4 })
    trail.aborted("defect")
    const last = records.at(-1)
    assert.strictEqual(records.length, 2)
    assert(last?._tag === "Aborted")
    assert.deepStrictEqual([last.reason, last.bytes], ["shutdown", { forwarded: 3, returned: 4 }])
  })

  it("never gives two connections one name", () => {
    const ids = new Set<string | undefined>()
    for (let thread = 0; thread < 20; thread++) {
      const { recorder, records } = begun(all)
      for (let i = 0; i < 20; i++) recorder.begin(client, 0).aborted("defect")
      for (const { facts } of records) ids.add(facts?.id)
    }
    assert.strictEqual(ids.size, 400)
  })

  it("makes no facts for text, and nothing at all of pipes nobody reads", () => {
    const text = begun({ pipes: true, facts: false })
    text.trail.accepted(accepted)
    text.trail.dialled(dialled)
    text.trail.opened(accepted, dialled)
    text.trail.closed(eof)
    assert.deepStrictEqual(
      text.records.map(({ _tag, facts }) => [_tag, facts]),
      [
        ["Opened", undefined],
        ["Closed", undefined]
      ]
    )
    const quiet = begun({ pipes: false, facts: false })
    quiet.trail.accepted(accepted)
    quiet.trail.dialled(dialled)
    quiet.trail.opened(accepted, dialled)
    const why = { source: "backend", reason: "other", message: "broken" } as const
    quiet.trail.closed({ ...eof, failures: [ConnectionFailure.CopyFailed(why)], reason: "error" })
    quiet.trail.aborted("shutdown")
    assert.deepStrictEqual(
      quiet.records.map(({ _tag }) => _tag),
      ["CopyFailed"]
    )
    assert.strictEqual(quiet.subjects(), 0)
  })
})
