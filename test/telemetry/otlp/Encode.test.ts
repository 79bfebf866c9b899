/** Spans and log records as collectors receive them. */
import { assert, describe, it } from "@effect/vitest"
import type { ConnectionRecord } from "../../../src/proxy/ConnectionRecord.ts"
import { contextOf, spanOf } from "../../../src/telemetry/ConnectionSpan.ts"
import { logsOf, spansOf } from "../../../src/telemetry/otlp/Encode.ts"
import { closed, facts, failed, opened } from "../Records.ts"

const server = { mode: "server", target: "localhost:8080" } as const
const encoded = (record: ConnectionRecord) => {
  const span = spanOf(record, server) ?? assert.fail("no span")
  return spansOf(span, contextOf(span.connection))
}
const of = (record: ConnectionRecord, id: string): ConnectionRecord => ({ ...record, facts: facts("CN=a", { id }) })

describe("the spans of a connection", () => {
  it("form one trace: a root span and its children", () => {
    const { childIds, spanId, traceId } = contextOf("1")
    assert.deepStrictEqual(
      encoded(closed("CN=a", 20)).map((span) => [span.name, span.kind, span.traceId, span.spanId, span.parentSpanId]),
      [
        ["connection", 2, traceId, spanId, undefined],
        ["handshake", 1, traceId, childIds[0], spanId],
        ["dial", 3, traceId, childIds[1], spanId]
      ]
    )
  })

  it("share no identifier with those of another connection", () => {
    const both = [encoded(of(closed("CN=a", 20), "x-1")), encoded(of(closed("CN=a", 20), "x-2"))]
    assert.strictEqual(new Set(both.flat().map(({ traceId }) => traceId)).size, 2)
    assert.strictEqual(new Set(both.flat().map(({ spanId }) => spanId)).size, 6)
  })

  it("have times in nanoseconds and the status of their stage", () => {
    const [root, handshake, dial] = encoded(failed("DialFailed", "connect_refused", "gone"))
    assert.deepStrictEqual(
      [root?.status, handshake?.status, dial?.status],
      [{ code: 2, message: "gone" }, { code: 0 }, { code: 2, message: "gone" }]
    )
    assert.deepStrictEqual(
      [handshake?.startTimeUnixNano, handshake?.endTimeUnixNano, dial?.startTimeUnixNano, dial?.endTimeUnixNano],
      ["0000", "2000000", "2000000", "3000000"]
    )
  })
})

describe("the log records of a connection", () => {
  it("link to its root span", () => {
    for (const id of ["x-1", "x-2"]) {
      const { spanId, traceId } = contextOf(id)
      const logs = [opened("CN=a", 1), closed("CN=a", 2)].flatMap((record) => logsOf(of(record, id), "t", 3))
      assert.deepStrictEqual(
        logs.map((log) => [log.traceId, log.spanId]),
        [
          [traceId, spanId],
          [traceId, spanId]
        ]
      )
      assert.deepInclude(encoded(of(closed("CN=a", 2), id))[0], { traceId, spanId })
    }
  })
})
