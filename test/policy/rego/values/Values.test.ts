import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { objectOf, setOf } from "../../../../src/policy/rego/values/Collections.ts"
import { compareNumbers, numberText, parseNumber } from "../../../../src/policy/rego/values/Decimal.ts"
import { fromJavaScript, JsonError, jsonText, parseJson } from "../../../../src/policy/rego/values/Json.ts"
import { keyOf } from "../../../../src/policy/rego/values/Key.ts"
import { compare, compareStrings, equal } from "../../../../src/policy/rego/values/Order.ts"
import { type Value, valueText } from "../../../../src/policy/rego/values/Value.ts"

const number = (text: string) => parseNumber(text) ?? assert.fail(`${text} is a number`)

const values: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3, withCrossShrink: true },
    fc.constantFrom<Value>(null, true, false, 0, 1, -1, "", "a", "\0a", '\0"a', "[1]", "\ue000", "😀"),
    fc.constantFrom("1.0", "1e0", "0.1", "18446744073709551617", "1e400", "-1e-400", "10e-1").map(number),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.array(tie("value"), { maxLength: 3 }).map(setOf),
    fc.array(fc.tuple(tie("value"), tie("value")), { maxLength: 3 }).map(objectOf)
  )
})).value

describe("values", () => {
  it("have one order, one equality and one key", () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        assert.strictEqual(Math.sign(compare(a, b)) + Math.sign(compare(b, a)), 0)
        assert.strictEqual(equal(a, b), compare(a, b) === 0)
        assert.strictEqual(equal(a, b), keyOf(a) === keyOf(b))
        if (compare(a, b) <= 0 && compare(b, c) <= 0) assert.isAtMost(compare(a, c), 0)
      }),
      { numRuns: 2_000, seed: 1 }
    )
  })

  it("are ordered by kind, then by content", () => {
    const ordered: ReadonlyArray<Value> = [
      null,
      false,
      true,
      -1,
      number("0.5"),
      1,
      "",
      "a",
      "\ue000",
      "😀",
      [],
      [1],
      [1, 2],
      [2],
      objectOf([]),
      objectOf([["a", 1]]),
      objectOf([["a", 2]]),
      setOf([]),
      setOf([1]),
      setOf([2])
    ]
    for (const [index, value] of ordered.entries()) {
      for (const [other, later] of ordered.entries()) {
        assert.strictEqual(Math.sign(compare(value, later)), Math.sign(index - other))
      }
    }
  })

  it("hold numbers exactly", () => {
    assert.isAbove(compareNumbers(number("28857836529306024611913"), number("28857836529306024611912")), 0)
    assert.strictEqual(compareNumbers(number("1.0"), 1), 0)
    assert.strictEqual(compareNumbers(number("1e2"), 100), 0)
    assert.isBelow(compareNumbers(number("0.1"), number("0.1000000000000000000000000001")), 0)
    assert.isBelow(compareNumbers(number("-1e1000000000"), number("1e-1000000000")), 0)
    assert.strictEqual(numberText(number("0.10")), "0.10")
    for (const wrong of ["", "01", "1.", ".5", "+1", "1e", "0x1", "NaN", "1".repeat(10_001)]) {
      assert.isUndefined(parseNumber(wrong))
    }
  })

  it("write their members in order", () => {
    assert.strictEqual(
      valueText([
        setOf([]),
        setOf([2, 1]),
        objectOf([
          ["b", 1],
          ["a", null]
        ])
      ]),
      '[set(), {1, 2}, {"a": null, "b": 1}]'
    )
    assert.strictEqual(compareStrings("\uffff", "😀") < 0, true)
  })
})

describe("JSON", () => {
  it("keeps every digit", () => {
    const text = '{"a":[1.10,123456789012345678901234567890,1E+2,-0.0],"b":{"c":"\\u00e4\\n"},"d":[true,false,null]}'
    assert.strictEqual(jsonText(parseJson(text)), text.replace("\\u00e4", "ä"))
  })

  it("agrees with JavaScript about what is JSON", () => {
    fc.assert(
      fc.property(fc.json(), fc.nat(), fc.string({ maxLength: 1 }), (json, at, character) => {
        assert.isTrue(equal(parseJson(json), fromJavaScript(JSON.parse(json))))
        const place = at % (json.length + 1)
        const changed = json.slice(0, place) + character + json.slice(place + 1)
        let expected = true
        try {
          JSON.parse(changed)
        } catch {
          expected = false
        }
        try {
          parseJson(changed)
          assert.isTrue(expected, changed)
        } catch (error) {
          assert.instanceOf(error, JsonError)
          assert.isFalse(expected, changed)
        }
      }),
      { numRuns: 2_000, seed: 1 }
    )
  })

  it("is refused when nested too deeply", () => {
    assert.throws(() => parseJson("[".repeat(100_000)), JsonError)
  })
})
