import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { compileUriPattern } from "../../src/config/UriPattern.ts"

const matches = (pattern: string, uri: string): boolean => Result.getOrThrow(compileUriPattern(pattern)).matches(uri)

/** The Go program's equivalent regular expression. */
const reference = (pattern: string): RegExp => {
  const segments = pattern.replace(/\/$/, "").split("/")
  const quoted = (segment: string) => (segment === "*" ? "[^/]+" : segment.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
  if (segments.at(-1) !== "**") return new RegExp(`^${segments.map(quoted).join("/")}/?$`, "s")
  const prefix = segments.slice(0, -1)
  return prefix.length === 0 ? /^/ : new RegExp(`^${prefix.map(quoted).join("/")}/?(|/.*)$`, "s")
}

describe("UriPattern", () => {
  it.each([
    [
      "spiffe://td/*/client",
      ["spiffe://td/path/client", "spiffe://td/path/client/"],
      [
        "spiffe://td/client",
        "spiffe://td//client",
        "spiffe://td/a/b/client",
        "SPIFFE://td/path/client",
        "spiffe://td/path/client//"
      ]
    ],
    [
      "spiffe://td/**",
      ["spiffe://td", "spiffe://td/", "spiffe://td/a/b"],
      ["spiffe://tdx", "spiffe://t", "xspiffe://td"]
    ],
    ["spiffe://*", ["spiffe://td", "spiffe://td/"], ["spiffe://td/x", "spiffe://"]],
    ["spiffe://td/a/", ["spiffe://td/a", "spiffe://td/a/"], ["spiffe://td/a//", "spiffe://td/a/b"]],
    ["**", ["", "anything", "spiffe://td/a"], []],
    ["**/", ["", "anything"], []],
    ["/", ["/"], ["", "//", "a", "a/"]],
    ["//", ["/", "//"], [""]],
    ["/**", ["/", "/a"], ["", "a"]],
    ["*", ["a", "a/"], ["", "/"]],
    ["a.b/c", ["a.b/c"], ["axb/c"]],
    ["spiffe://td/%41", ["spiffe://td/%41"], ["spiffe://td/A"]]
  ] as const)("%s", (pattern, yes, no) => {
    for (const uri of yes) assert.isTrue(matches(pattern, uri), uri)
    for (const uri of no) assert.isFalse(matches(pattern, uri), uri)
  })

  it.each([
    ["", "input pattern was empty string"],
    ["spiffe://td/a*", "wildcard '*' can only appear between two separators"],
    ["spiffe://td/*a/b", "wildcard '*' can only appear between two separators"],
    ["spiffe://td/***", "wildcard '*' can only appear between two separators"],
    ["spiffe://td/a**", "wildcard '*' can only appear between two separators"],
    ["spiffe://**/a", "wildcard '**' can only appear at end of pattern"],
    ["**/**", "wildcard '**' can only appear at end of pattern"]
  ])("refuses %j", (pattern, message) => assert.deepStrictEqual(compileUriPattern(pattern), Result.fail(message)))

  it("agrees with the reference expression", () => {
    const part = fc.constantFrom("a", "b", ".", "spiffe:", "", "td", "+", "(", "é")
    const uris = fc.array(part, { maxLength: 6 }).map((parts) => parts.join("/"))
    const patterns = fc
      .array(fc.oneof(part, fc.constantFrom("*", "**", "a*")), { maxLength: 6 })
      .map((parts) => parts.join("/"))
    fc.assert(
      fc.property(patterns, uris, (pattern, uri) => {
        const compiled = compileUriPattern(pattern)
        fc.pre(Result.isSuccess(compiled))
        // An empty URI names no peer, whatever the expression says.
        const admitsAll = /^\*\*\/?$/.test(pattern)
        assert.strictEqual(matches(pattern, uri), (uri !== "" || admitsAll) && reference(pattern).test(uri))
      }),
      { numRuns: 5000 }
    )
  })

  it("never throws, and a pattern without wildcards matches only itself up to a final slash", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (pattern, uri) => {
        const compiled = compileUriPattern(pattern)
        if (Result.isFailure(compiled) || pattern.includes("*")) return
        const bare = pattern.replace(/\/$/, "")
        assert.strictEqual(compiled.success.matches(uri), uri !== "" && (uri === bare || uri === `${bare}/`))
      })
    )
  })
})
