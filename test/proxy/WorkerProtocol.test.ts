import { MessageChannel } from "node:worker_threads"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import { Option, Schema } from "effect"
import { RecordBatch, ToWorker } from "../../src/proxy/WorkerProtocol.ts"

const decode = Schema.decodeUnknownOption(ToWorker)

describe("the messages to a worker thread", () => {
  it("are decoded with the port of their reply", () => {
    const { port1, port2 } = new MessageChannel()
    onTestFinished(() => port2.close())
    const message = { _tag: "Ask", request: { _tag: "Stop", tunnel: "one" }, reply: port1 }
    assert.deepStrictEqual<unknown>(Option.getOrUndefined(decode(message)), message)
    assert.isTrue(Option.isSome(decode({ _tag: "Leave" })))
  })

  it.each([
    ["no message", undefined],
    ["an unknown message", { _tag: "Update", material: {} }],
    ["a request without a port", { _tag: "Ask", request: { _tag: "Stop", tunnel: "one" } }],
    ["a request without its tunnel", { _tag: "Ask", request: { _tag: "Stop" }, reply: new MessageChannel().port1 }]
  ])("are refused: %s", (_what, message) => {
    assert.isTrue(Option.isNone(decode(message)))
  })
})

describe("a batch of records", () => {
  it("is not looked into", () => {
    const records = [{ _tag: "of no kind that is known" }]
    const batch = Schema.decodeUnknownSync(RecordBatch)({ tunnel: "one", records })
    assert.strictEqual<unknown>(batch.records, records)
    assert.throws(() => Schema.decodeUnknownSync(RecordBatch)({ tunnel: "one", records: 1 }))
  })
})
