import { assert, describe, it } from "@effect/vitest"
import type { ConnectionRecord, PipeEnd } from "../../src/proxy/ConnectionRecord.ts"
import { followOpen } from "../../src/proxy/OpenConnections.ts"

const end: PipeEnd = { network: "tcp", address: "127.0.0.1:5", peer: "no tls" }
const factsOf = (id: string) => ({ id, acceptedAt: 0, client: end })
const opened = (id: string): ConnectionRecord => ({
  _tag: "Opened",
  at: 1,
  facts: factsOf(id),
  accepted: end,
  dialled: end
})
const closed = (id: string): ConnectionRecord => ({
  _tag: "Closed",
  at: 2,
  facts: factsOf(id),
  accepted: end,
  dialled: end,
  forwarded: 0,
  returned: 0,
  nanos: 1e6,
  reason: "eof"
})

describe("OpenConnections", () => {
  it("ends what a thread left open, once, and hears no more of it", () => {
    const seen: Array<ConnectionRecord> = []
    const open = followOpen((record) => seen.push(record))
    for (const record of [opened("a"), opened("b"), closed("a"), opened("c")]) open.record(record)
    open.abandon("thread_lost")
    open.record(closed("b"))
    open.abandon("shutdown")
    assert.deepStrictEqual(
      seen.map((record) => `${record._tag} ${record.facts?.id}`),
      ["Opened a", "Opened b", "Closed a", "Opened c", "Aborted b", "Aborted c"]
    )
    const last = seen.at(-1)
    assert(last?._tag === "Aborted")
    assert.strictEqual(last.reason, "thread_lost")
  })

  it("remembers nothing without facts", () => {
    const seen: Array<ConnectionRecord> = []
    const open = followOpen((record) => seen.push(record))
    open.record({ _tag: "Opened", at: 0, accepted: end, dialled: end })
    open.abandon("thread_lost")
    assert.strictEqual(seen.length, 1)
  })
})
