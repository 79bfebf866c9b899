import { assert, describe, it } from "@effect/vitest"
import { Constructed, fromBER } from "asn1js"
import { Result } from "effect"
import fc from "fast-check"
import { type DerNode, Malformed, oidOf, readDer, unsignedOf } from "../../src/access/Der.ts"

const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(" ", ""), "hex"))
const attempt = <A>(run: () => A): Result.Result<A, string> =>
  Result.try({ try: run, catch: (cause) => (cause instanceof Malformed ? cause.message : `threw ${String(cause)}`) })
const read = (hex: string) => attempt(() => readDer(bytes(hex)))

const refused: ReadonlyArray<readonly [why: string, hex: string]> = [
  ["empty input", ""],
  ["a tag alone", "30"],
  ["content missing", "0403 0102"],
  ["trailing data", "0500 00"],
  ["indefinite length", "3080 0500 0000"],
  ["long form for a short length", "0481 01 ff"],
  ["leading zero in the length", `048200ff${"00".repeat(255)}`],
  ["length of five bytes", "0485 0000000001 ff"],
  ["length bytes missing", "0483 01"],
  ["high tag number", "1f8101 00"],
  ["constructed octet string", "2403 040100"],
  ["primitive sequence", "1000"],
  ["child longer than its parent", "3003 0404 00"],
  ["child header cut off", "3001 04"],
  ["end of contents in a sequence", "3002 3000 00"]
]

/** Random well-formed values, so that the property below sees more than refusals. */
const { value: derValue } = fc.letrec<{ value: Uint8Array<ArrayBuffer> }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.tuple(fc.constantFrom(0x02, 0x04, 0x0c, 0x13, 0x81), fc.uint8Array({ maxLength: 300 })).map(encode),
    fc
      .tuple(fc.constantFrom(0x30, 0x31, 0xa0, 0xa3), fc.array(tie("value"), { maxLength: 4 }))
      .map(([tag, parts]) => encode([tag, Uint8Array.from(parts.flatMap((part) => [...part]))]))
  )
}))

function encode([tag, content]: readonly [number, Uint8Array]): Uint8Array<ArrayBuffer> {
  const size = content.length
  const length = size < 0x80 ? [size] : size < 0x100 ? [0x81, size] : [0x82, size >> 8, size & 0xff]
  return Uint8Array.from([tag, ...length, ...content])
}

const shape = (node: DerNode): unknown =>
  node.constructed ? [node.tagClass, node.tag, node.children.map(shape)] : [node.tagClass, node.tag, hex(node.content)]
const hex = (content: Uint8Array) => Buffer.from(content).toString("hex")

type Block = ReturnType<typeof fromBER>["result"]
const oracle = (block: Block): unknown => {
  const { tagClass, tagNumber } = block.idBlock
  if (block instanceof Constructed) return [tagClass - 1, tagNumber, block.valueBlock.value.map(oracle)]
  const header = block.idBlock.blockLength + block.lenBlock.blockLength
  return [tagClass - 1, tagNumber, hex(block.valueBeforeDecodeView.subarray(header))]
}

describe("Der", () => {
  it.each(refused)("refuses %s", (_, hex) => {
    const result = read(hex)
    assert.isTrue(Result.isFailure(result))
    if (Result.isFailure(result)) assert.notMatch(result.failure, /^threw/)
  })

  it("bounds depth and size", () => {
    let deep = bytes("0500")
    for (let level = 0; level < 30; level++) deep = encode([0x30, deep])
    assert.isTrue(Result.isFailure(attempt(() => readDer(deep))))
    assert.isTrue(Result.isFailure(attempt(() => readDer(new Uint8Array(300 * 1024)))))
  })

  it("reads what asn1js reads", () => {
    fc.assert(
      fc.property(derValue, (der) => {
        const block = fromBER(der, { parseEmbedded: false })
        fc.pre(block.offset === der.length)
        assert.deepStrictEqual(shape(readDer(der)), oracle(block.result))
      }),
      { numRuns: 500 }
    )
  })

  it("throws nothing but Malformed, and accepts nothing that reads differently elsewhere", () => {
    const mutated = fc
      .tuple(derValue, fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }))
      .map(([der, changes]) => {
        const copy = Uint8Array.from(der)
        for (const [at, byte] of changes) copy[at % copy.length] = byte
        return copy
      })
    fc.assert(
      fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 64 })), (der) => {
        const result = attempt(() => readDer(der))
        if (Result.isFailure(result)) return assert.notMatch(result.failure, /^threw/)
        // The oracle reads strings and times as well, and throws at some (`18 00`) or fails.
        const block = Result.getOrUndefined(Result.try(() => fromBER(der, { parseEmbedded: false })))
        if (block === undefined || block.offset === -1) return
        assert.deepStrictEqual(shape(result.success), oracle(block.result))
      }),
      { numRuns: 2000 }
    )
  })

  it.each([
    ["0603 550403", "2.5.4.3"],
    ["0609 2a864886f70d010101", "1.2.840.113549.1.1.1"],
    ["0601 00", "0.0"],
    ["0601 27", "0.39"],
    ["0601 28", "1.0"],
    ["0602 8837", "2.999"]
  ] as const)("object identifier %s", (text, expected) => {
    const result = attempt(() => oidOf(readDer(bytes(text)), "oid"))
    assert.deepStrictEqual(
      Result.getOrElse(result, () => undefined),
      expected
    )
  })

  it("keeps every digit of large arcs", () => {
    fc.assert(
      fc.property(fc.array(fc.bigInt({ min: 0n, max: 1n << 128n }), { minLength: 1, maxLength: 3 }), (arcs) => {
        const encodeArc = (arc: bigint) => {
          const septets = [Number(arc & 0x7fn)]
          for (let rest = arc >> 7n; rest > 0n; rest >>= 7n) septets.unshift(Number(rest & 0x7fn) | 0x80)
          return septets
        }
        const content = Uint8Array.from([0x55, ...arcs.flatMap(encodeArc)])
        fc.pre(content.length <= 64)
        assert.strictEqual(oidOf(readDer(encode([6, content])), "oid"), ["2.5", ...arcs].join("."))
      })
    )
  })

  it("refuses object identifiers and integers that are not shortest", () => {
    for (const text of ["0600", "0603 558003", "0602 5583"]) {
      assert.isTrue(Result.isFailure(attempt(() => oidOf(readDer(bytes(text)), "oid"))), text)
    }
    for (const text of ["0200", "0201 ff", "0202 0001"]) {
      assert.isTrue(Result.isFailure(attempt(() => unsignedOf(readDer(bytes(text)), "integer"))), text)
    }
    assert.deepStrictEqual([...unsignedOf(readDer(bytes("0202 00ff")), "integer")], [0xff])
  })
})
