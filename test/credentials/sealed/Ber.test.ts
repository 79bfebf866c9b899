import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { Malformed, readDer } from "../../../src/access/Der.ts"
import { derOfBer } from "../../../src/credentials/sealed/Ber.ts"
import { asBer, derValues } from "./BerValues.ts"

const limit = 1024 * 1024
const bytes = (hex: string) => Buffer.from(hex.replaceAll(" ", ""), "hex")
const read = (ber: Uint8Array, most = limit) => {
  try {
    return Result.succeed(Buffer.from(derOfBer(ber, most)).toString("hex"))
  } catch (cause) {
    assert.instanceOf(cause, Malformed)
    return Result.fail(cause.message)
  }
}

describe("Ber", () => {
  it.each([
    ["an indefinite length", "30 80 02 01 03 00 00", "3003020103"],
    ["an empty sequence", "30 80 00 00", "3000"],
    ["lengths longer than needed", "30 82 0007 02 84 00000001 03", "3003020103"],
    ["segments", "24 80 04 01 aa 04 02 bbcc 00 00", "0403aabbcc"],
    ["segments of definite length", "24 07 04 01 aa 04 02 bbcc", "0403aabbcc"],
    ["no segment", "24 80 00 00", "0400"],
    ["segments of segments", "24 80 24 80 04 01 aa 00 00 24 03 04 01 bb 00 00", "0402aabb"],
    ["segments of a text", "3e 80 04 02 0041 1e 02 0042 00 00", "1e0400410042"],
    ["context tags", "a0 80 80 01 aa 00 00", "a0038001aa"]
  ])("reads %s", (_, ber, der) => assert.deepStrictEqual(read(bytes(ber)), Result.succeed(der.replaceAll(" ", ""))))

  it.each([
    ["", "truncated"],
    ["0000", "unsupported tag"],
    ["30", "truncated"],
    ["30 80", "truncated"],
    ["30 80 02 01 03", "truncated"],
    ["30 80 00", "truncated"],
    ["30 02 00 00", "unsupported tag"],
    ["30 80 00 01 00", "unsupported tag"],
    ["04 80 00 00", "unsupported length"],
    ["04 85 ffffffffff", "truncated"],
    ["04 ff", "truncated"],
    ["1f 01 00", "unsupported tag"],
    ["02 01 03 00", "trailing data"],
    ["24 80 02 01 03 00 00", "malformed string"]
  ])("refuses %j", (ber, why) => assert.deepStrictEqual(read(bytes(ber)), Result.fail(why)))

  it("bounds size and depth", () => {
    assert.deepStrictEqual(read(bytes("0401aa"), 2), Result.fail("too large"))
    const nested = (open: number, depth: number) =>
      Buffer.concat([
        Buffer.from([open, 0x80].flatMap((byte) => [byte])),
        ...Array.from({ length: depth }, () => Buffer.from([open, 0x80]))
      ])
    for (const open of [0x24, 0x30, 0xa0]) {
      assert.deepStrictEqual(read(nested(open, 500_000)), Result.fail("nested too deeply"))
    }
  })

  it("leaves DER alone, and finds it again in BER of any form", () => {
    fc.assert(
      fc.property(derValues, fc.infiniteStream(fc.nat()), (der, numbers) => {
        assert.deepStrictEqual(Buffer.from(derOfBer(der, limit)), Buffer.from(der))
        const choose = (most: number) => Number(numbers.next().value) % most
        assert.deepStrictEqual(Buffer.from(derOfBer(asBer(der, choose), limit * 4)), Buffer.from(der))
      }),
      { numRuns: 500 }
    )
  })

  it("whatever comes, gives DER or says why not", () => {
    const near = fc.array(fc.constantFrom(0, 1, 2, 4, 0x24, 0x30, 0x80, 0x81, 0x84, 0xa0, 0xff), { maxLength: 40 })
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 80 }),
          near.map((list) => Uint8Array.from(list))
        ),
        (input) => {
          const answer = read(input)
          if (Result.isFailure(answer)) return assert.notStrictEqual(answer.failure, "")
          const der = bytes(answer.success)
          assert.strictEqual(Buffer.from(derOfBer(der, limit)).toString("hex"), answer.success)
          // Strict DER refuses some types still, but never a length of ours.
          const strict = Result.try({ try: () => readDer(der, limit), catch: String })
          if (Result.isFailure(strict)) assert.match(strict.failure, /unsupported tag/)
        }
      ),
      { numRuns: 5000 }
    )
  })
})
