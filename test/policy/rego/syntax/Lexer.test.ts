import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { Lexer, LexicalError, type Token } from "../../../../src/policy/rego/syntax/Lexer.ts"

const tokens = (text: string): ReadonlyArray<Token> => {
  const lexer = new Lexer({ file: "p.rego", text })
  const found: Array<Token> = []
  for (let token = lexer.next(); token.kind !== "end"; token = lexer.next()) found.push(token)
  return found
}
const texts = (text: string) => tokens(text).map(({ kind, text: of }) => `${kind} ${of}`)

describe("the lexer", () => {
  it("separates names, numbers, strings and operators", () => {
    assert.deepStrictEqual(texts('x := a.b[1.5e-3] != "q\\u0041"'), [
      "name x",
      "symbol :=",
      "name a",
      "symbol .",
      "name b",
      "symbol [",
      "number 1.5e-3",
      "symbol ]",
      "symbol !=",
      "string qA"
    ])
  })

  it("keeps raw strings as they are, without carriage returns", () => {
    assert.deepStrictEqual(texts("`a\\n\r\nb`"), ["string a\\n\nb"])
  })

  it("collects comments with their place, once, however often it reads them", () => {
    const lexer = new Lexer({ file: "p.rego", text: "a # one\n# two\nb" })
    lexer.next()
    const { at } = lexer
    lexer.next()
    lexer.at = at
    lexer.next()
    assert.deepStrictEqual(
      lexer.comments.map(({ text, at: { row, column } }) => [text, row, column]),
      [
        [" one", 1, 3],
        [" two", 2, 1]
      ]
    )
  })

  it("says where a line ended before a token", () => {
    assert.deepStrictEqual(
      tokens("a b\nc").map(({ newLine }) => newLine),
      [false, false, true]
    )
  })

  it.each([
    ["`never ends", 0],
    ['x "never ends', 2],
    ['"bad \\q"', 5],
    ["a ^", 2]
  ])("refuses %j at its place", (text, offset) => {
    try {
      tokens(text)
      assert.fail("was read")
    } catch (error) {
      assert.instanceOf(error, LexicalError)
      assert.strictEqual(error instanceof LexicalError ? error.offset : undefined, offset)
    }
  })

  it("reads any text to its end or refuses it, and never leaves its bounds", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 60 }), (text) => {
        try {
          let last = 0
          for (const { start, end } of tokens(text)) {
            assert.isAtLeast(start, last)
            assert.isAtLeast(end, start)
            assert.isAtMost(end, text.length)
            last = end
          }
        } catch (error) {
          if (!(error instanceof LexicalError)) throw error
        }
      })
    )
  })
})
