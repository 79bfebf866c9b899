import { assert, describe, it } from "@effect/vitest"
import type { ConnectionRecord } from "../../src/proxy/ConnectionRecord.ts"
import { contextOf, spanOf } from "../../src/telemetry/ConnectionSpan.ts"
import { isSampled, logsOf } from "../../src/telemetry/otlp/Encode.ts"
import { closed, facts, failed, opened } from "./Records.ts"

const server = { mode: "server", target: "localhost:8080" } as const
const spanned = (record: ConnectionRecord, tunnel: Parameters<typeof spanOf>[1] = server) =>
  spanOf(record, tunnel) ?? assert.fail("no span")

describe("the span of a connection", () => {
  it("is built from the ending record alone", () => {
    assert.isUndefined(spanOf(opened("CN=a"), server))
    assert.isUndefined(spanOf(failed("CopyFailed", "timeout"), server))
    assert.isUndefined(spanOf({ _tag: "Aborted", at: 1, reason: "shutdown", nanos: undefined }, server))
    const span = spanned(closed("CN=a", 20, 3, 4))
    assert.deepStrictEqual([span.start, span.end, span.kind, span.error], [0, 20, "server", undefined])
    assert.strictEqual(span.attributes["network.peer.address"], "127.0.0.1")
    assert.strictEqual(span.attributes["network.peer.port"], 1)
    assert.strictEqual(span.attributes["ghostunnel.bytes.returned"], 4)
    assert.notProperty(span.attributes, "error.type")
    assert.deepStrictEqual(
      span.children.map(({ end, name, start }) => [name, start, end]),
      [
        ["handshake", 0, 2],
        ["dial", 2, 3]
      ]
    )
    assert.deepInclude(span.children[1]?.attributes, { "server.address": "localhost", "server.port": 8080 })
  })

  it("names the peer by the tunnel's mode", () => {
    assert.strictEqual(spanned(closed("CN=a")).attributes["tls.client.subject"], "CN=a")
    const client = spanned(closed("CN=a"), { ...server, mode: "client" }).attributes
    assert.strictEqual(client["tls.server.subject"], "CN=a")
    assert.notProperty(client, "tls.client.subject")
    assert.notProperty(spanned(closed(undefined)).attributes, "tls.client.subject")
  })

  it("has error status on the stage that failed", () => {
    const refused = spanned(failed("HandshakeFailed", "untrusted", "no"))
    assert.deepStrictEqual([refused.error, refused.attributes["error.type"]], ["no", "untrusted"])
    assert.deepStrictEqual(
      refused.children.map(({ error }) => error),
      ["no", undefined]
    )
    const unreached = spanned(failed("DialFailed", "connect_refused", "gone"))
    assert.deepStrictEqual(
      unreached.children.map(({ attributes, error }) => [error, attributes["error.type"]]),
      [
        [undefined, undefined],
        ["gone", "connect_refused"]
      ]
    )
  })

  it("splits addresses into host and port", () => {
    const of = (address: string, network: "tcp" | "unix") =>
      spanned({ ...closed("CN=a"), facts: facts("CN=a", { client: { network, address } }) }).attributes
    assert.strictEqual(of("[2001:db8::1]:5", "tcp")["network.peer.address"], "2001:db8::1")
    assert.strictEqual(of("/run/a:b", "unix")["network.peer.address"], "/run/a:b")
    assert.notProperty(of("@", "unix"), "network.peer.port")
    const unix = spanned(closed("CN=a"), { mode: "server", target: "unix:/run/a:b" })
    assert.strictEqual(unix.children[1]?.attributes["server.address"], "unix:/run/a:b")
  })

  it("records the stage an aborted connection had reached", () => {
    const cut = (nanos: number | undefined, more: Parameters<typeof facts>[1]) =>
      spanned({ _tag: "Aborted", at: 9, facts: facts("CN=a", more), reason: "shutdown", nanos })
    assert.strictEqual(cut(5, {}).attributes["ghostunnel.close.stage"], "copy")
    assert.strictEqual(cut(undefined, {}).attributes["ghostunnel.close.stage"], "proxy_header")
    assert.notProperty(cut(undefined, {}).attributes, "ghostunnel.bytes.forwarded")
  })
})

describe("identifiers", () => {
  it("are the same for all records of a connection", () => {
    const { childIds, spanId, traceId } = contextOf("0123-1")
    assert.match(traceId, /^[0-9a-f]{32}$/)
    for (const id of [spanId, ...childIds]) assert.match(id, /^[0-9a-f]{16}$/)
    assert.strictEqual(new Set([spanId, ...childIds]).size, 3)
    assert.notStrictEqual(contextOf("0123-2").traceId, traceId)
    const logs = [opened("CN=a", 1), closed("CN=a", 2)].flatMap((record) => logsOf(record, "t", 3))
    const { spanId: root, traceId: trace } = contextOf("1")
    assert.deepStrictEqual(
      logs.map((log) => [log.traceId, log.spanId, log.timeUnixNano]),
      [
        [trace, root, "1000000"],
        [trace, root, "2000000"]
      ]
    )
  })

  it("are disjoint parts of one hash", () => {
    // Identifiers are fixed, so that collectors correlate data from several programs or versions.
    assert.deepStrictEqual(contextOf("0123-1"), {
      traceId: "827f2c84ed7b26f5ef056008eabd3dc8",
      spanId: "5e42cc9048f80f09",
      childIds: ["0cd2d4609293d35f", "65696b28b23d2c25"]
    })
  })

  it("are sampled at the configured ratio", () => {
    const traces = Array.from({ length: 4000 }, (_, n) => contextOf(`x-${n}`).traceId)
    const share = (ratio: number) => traces.filter((id) => isSampled(id, ratio)).length / traces.length
    assert.deepStrictEqual([share(0), share(1)], [0, 1])
    assert.approximately(share(0.3), 0.3, 0.03)
  })
})
