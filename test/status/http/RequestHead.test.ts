import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  freeHeadBytes,
  HeadMemory,
  HeadReader,
  type HeadResult,
  maxBareHeadBytes,
  maxHeadBytes,
  maxHeadLines
} from "../../../src/status/http/RequestHead.ts"

const reader = (memory = new HeadMemory(8 * maxHeadBytes)) => new HeadReader(memory)

/** What comes of these chunks, as text: heads, and the status of a refusal at the end. */
const read = (chunks: ReadonlyArray<string>, of = reader()): ReadonlyArray<string | number> => {
  const results: Array<string | number> = []
  for (const chunk of chunks) {
    if (!of.append(Buffer.from(chunk, "latin1"))) return [...results, 431]
    for (let next = of.next(); next._tag !== "Incomplete"; next = of.next()) {
      results.push(shown(next))
      if (next._tag === "Refused") return results
    }
  }
  return results
}

const shown = (result: HeadResult): string | number =>
  result._tag === "Refused" ? result.status : result._tag === "Head" ? result.bytes.toString("latin1") : "incomplete"

const get = "GET /_livez HTTP/1.1\r\nHost: x\r\n\r\n"

describe("HeadReader", () => {
  it("gives one head at a time, however the bytes are cut", () => {
    const text = `${get}\r\n${get}POST / HTTP/1.0\r\n\r\n`
    const expected = [get, get, "POST / HTTP/1.0\r\n\r\n"]
    assert.deepStrictEqual(read([text]), expected)
    assert.deepStrictEqual(read([...text]), expected)
    void fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), (cuts) => {
        const ends = [...cuts.toSorted((a, b) => a - b), text.length]
        const chunks = ends.map((end, index) => text.slice(ends[index - 1] ?? 0, end)).filter((chunk) => chunk !== "")
        assert.deepStrictEqual(read(chunks), expected)
      })
    )
  })

  it("rewrites bare LFs with CRLF, and calls such a head the last", () => {
    for (const text of ["GET /_status HTTP/1.0\nHost: x\n\n", "GET /_status HTTP/1.0\nHost: x\r\n\r\n"]) {
      const one = reader()
      assert.isTrue(one.append(Buffer.from(text)))
      const result = one.next()
      assert.strictEqual(shown(result), "GET /_status HTTP/1.0\r\nHost: x\r\n\r\n")
      assert.isTrue(result._tag === "Head" && result.last)
    }
  })

  it.each([
    ["a body of known length", "POST / HTTP/1.0\nContent-Length: 5\n\nhello", 400],
    ["a chunked body", "POST / HTTP/1.1\nHost: x\nTransfer-Encoding: chunked\n\n", 400],
    ["a folded line", "GET / HTTP/1.0\nA: b\n c\n\n", 400],
    ["a stray CR", "GET / HTTP/1.0\nA: b\rc\n\n", 400],
    ["more than 8 KiB", `GET / HTTP/1.0\nA: ${"b".repeat(maxBareHeadBytes)}`, 431]
  ])("refuses a head with bare LFs and %s", (_, text, status) => {
    assert.deepStrictEqual(read([text]), [status])
  })

  it.each([
    ["LF after CRLF", "GET / HTTP/1.1\r\nHost: x\n", 400],
    ["what is no HTTP, before its line ends", "\u0016\u0003\u0001\u0002", 400],
    ["more empty lines than a sloppy client sends", "\r\n".repeat(5), 400],
    ["too many lines", `GET / HTTP/1.1\r\n${"a:\r\n".repeat(maxHeadLines)}`, 431],
    ["more than a mebibyte", `GET /${"x".repeat(maxHeadBytes)}`, 431]
  ])("refuses %s", (_, text, status) => {
    assert.deepStrictEqual(read([text]), [status])
  })

  it("takes an explicit empty body with bare LFs", () => {
    const text = "POST /_shutdown HTTP/1.0\nContent-Length: 0\n\n"
    assert.deepStrictEqual(read([text]), [text.replaceAll("\n", "\r\n")])
  })
})

describe("HeadMemory", () => {
  it("bounds long heads of all connections together, and leaves short ones alone", () => {
    const memory = new HeadMemory(100_000)
    const [first, second] = [reader(memory), reader(memory)]
    const chunk = Buffer.alloc(freeHeadBytes, "G")
    assert.isTrue(first.append(Buffer.alloc(freeHeadBytes + 100_000, "G")))
    assert.isTrue(second.append(chunk))
    assert.isFalse(second.append(Buffer.from("G")))
    first.clear()
    assert.isTrue(second.append(Buffer.from("G")))
    second.clear()
    assert.isTrue(first.append(Buffer.alloc(freeHeadBytes + 100_000, "G")))
  })
})
