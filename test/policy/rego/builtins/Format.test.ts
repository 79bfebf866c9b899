import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { formatted } from "../../../../src/policy/rego/builtins/Format.ts"
import { parseJson } from "../../../../src/policy/rego/values/Json.ts"
import { isArray, type Value } from "../../../../src/policy/rego/values/Value.ts"

const format = (text: string, json: string): string => {
  const args = parseJson(json)
  return formatted(text, isArray(args) ? args : assert.fail("arguments are an array"))
}

const cases: ReadonlyArray<readonly [format: string, args: string, expected: string]> = [
  ["%d|%5d|%-5d|%05d|%+d|% d", "[1, 2, 3, 4, 5, 6]", "1|    2|3    |00004|+5| 6"],
  ["%x %X %o %b %#x %O", "[255, 255, 8, 5, 255, 8]", "ff FF 10 101 0xff 0o10"],
  ["%c %q %U", "[65, 65, 65]", "A 'A' U+0041"],
  ["%s|%10s|%-10s|%.2s|%q|%x", '["a", "b", "c", "abc", "a\\"b", "hi"]', 'a|         b|c         |ab|"a\\"b"|6869'],
  [
    "%f %.2f %8.3f %e %g %G",
    "[1.5, 1.555, 1.5, 1500000.5, 0.00001, 0.00001]",
    "1.500000 1.55    1.500 1.500000e+06 1e-05 1E-05"
  ],
  ["%v %v %v %v", '[1.5, "a", [1, "b"], {"k": null}]', '1.5 a [1, "b"] {"k": null}'],
  ["%s", "[1208925819614629174706175]", "1208925819614629174706175"],
  ["%d", '["foo"]', "%!d(string=foo)"],
  ["%s", "[5]", "%!s(int=5)"],
  ["%d", "[1.5]", "%!d(float64=1.5)"],
  ["%d %d", "[1]", "1 %!d(MISSING)"],
  ["%d", '[1, "x", 2.5]', "1%!(EXTRA string=x, float64=2.5)"],
  ["100%", "[]", "100%!(NOVERB)"],
  ["%%|%5%", "[]", "%|%"],
  ["%[2]d %[1]d", "[1, 2]", "2 1"],
  ["%[3]d", "[1]", "%!d(BADINDEX)"],
  ["%*d|%.*f", "[4, 7, 1, 2.55]", "   7|2.5"],
  ["%T %T %T", '[1, "a", 1.5]', "int string float64"]
]

describe("sprintf", () => {
  for (const [text, args, expected] of cases) {
    it(`writes ${JSON.stringify(text)} of ${args}`, () => assert.strictEqual(format(text, args), expected))
  }

  it("ends for every format", () => {
    const piece = fc.constantFrom(
      "%",
      "[",
      "]",
      "1",
      "*",
      ".",
      "#",
      "+",
      "-",
      " ",
      "0",
      "d",
      "s",
      "x",
      "é",
      "99999999999"
    )
    const values = fc.array(fc.constantFrom<Value>(0, -1, "a", null, true, 1e15), { maxLength: 3 })
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), values, (pieces, args) => {
        assert.isBelow(formatted(pieces.join(""), args).length, 2_500_000)
      }),
      { numRuns: 3_000, seed: 2 }
    )
  })
})
