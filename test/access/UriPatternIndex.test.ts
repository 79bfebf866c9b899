import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { indexUriPatterns } from "../../src/access/UriPatternIndex.ts"
import { compileUriPattern, missesByOneSegment } from "../../src/config/UriPattern.ts"

const compiled = (text: string) => Result.getOrThrow(compileUriPattern(text))

describe("UriPatternIndex", () => {
  const segment = fc.constantFrom("a", "b", "spiffe:", "", "*", "**")
  const uri = fc.array(segment, { maxLength: 5 }).map((parts) => parts.join("/"))
  const pattern = uri.filter((text) => Result.isSuccess(compileUriPattern(text)))

  it("finds the first pattern that matches by itself", () => {
    fc.assert(
      fc.property(fc.array(pattern, { maxLength: 12 }), uri, (texts, asked) => {
        const patterns = texts.map(compiled)
        const expected = patterns.find(({ matches }) => matches(asked))
        assert.strictEqual(indexUriPatterns(patterns)(asked), expected)
      }),
      { numRuns: 5000 }
    )
  })

  it("never matches what misses by one segment", () => {
    fc.assert(
      fc.property(pattern, uri, (text, asked) => {
        if (missesByOneSegment(compiled(text), asked) && !asked.endsWith("/"))
          assert.isFalse(compiled(text).matches(asked))
      })
    )
  })
})
