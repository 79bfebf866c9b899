/** How far a peer may be from a rule to be told of it, and how much of what it presents is looked at. */
import { assert, describe, it } from "@effect/vitest"
import { type Asked, folded, nearestMiss } from "../../src/access/NearestMiss.ts"

const asked = (label: string, allowed: ReadonlyArray<string>, presented: ReadonlyArray<string>): Asked => ({
  label,
  allowed,
  presented,
  match: (value) => allowed.find((rule) => rule === value),
  byFolded: (text) => allowed.find((rule) => folded(rule) === text),
  bySegment: (value) =>
    allowed.find((rule) => rule.split("/").length === 2 && value.startsWith(rule.split("/")[0] ?? ""))
})
const near = (allowed: ReadonlyArray<string>, ...presented: ReadonlyArray<string>) =>
  nearestMiss([asked("CN", allowed, presented)], [])
const spelled = (rule: string) => `CN ${rule} is spelled almost like it`
const x = (length: number) => "x".repeat(length)

describe("the nearest miss", () => {
  it("is looked for among the first three names that are presented", () => {
    assert.strictEqual(near(["client"], "alpha", "beta", "clinet"), spelled("client"))
    assert.isUndefined(near(["client"], "alpha", "beta", "gamma", "clinet"))
    const segment = (...presented: ReadonlyArray<string>) => near(["td/a"], ...presented)
    assert.strictEqual(segment("something else", "and again", "td/zzzzzz"), "CN td/a differs in one segment")
    assert.isUndefined(segment("something else", "and again", "and more", "td/zzzzzz"))
  })

  it("by spelling is looked for in names of three to sixty-four characters", () => {
    const rule = `${x(62)}ab`
    assert.strictEqual(near([rule], `${x(62)}ac`), spelled(rule))
    assert.isUndefined(near([`${x(63)}ab`], `${x(63)}ac`))
    // Either of the two may be too long.
    assert.isUndefined(near([rule], `${x(62)}abc`))
    assert.isUndefined(near([`${x(62)}abc`], rule))
    assert.strictEqual(near(["abc"], "abd"), spelled("abc"))
    assert.isUndefined(near(["ab"], "ac"))
    assert.isUndefined(near(["ab"], "abc"))
    assert.isUndefined(near(["abc"], "ab"))
  })

  it("by spelling allows one mistake, and two from six characters on", () => {
    assert.strictEqual(near(["abcde"], "abcdx"), spelled("abcde"))
    assert.isUndefined(near(["abcde"], "abcxy"))
    assert.strictEqual(near(["abcdef"], "abcdxy"), spelled("abcdef"))
    assert.isUndefined(near(["abcdef"], "abcxyz"))
    // The shorter of the two decides.
    assert.isUndefined(near(["abcde"], "abcdexy"))
  })

  it("is the rule with the fewest mistakes, wherever it stands", () => {
    assert.strictEqual(near(["abcdxy", "abcdez"], "abcdef"), spelled("abcdez"))
    assert.strictEqual(near(["abcdez", "abcdxy"], "abcdef"), spelled("abcdez"))
    const names = ["zzzzzz", "abcdxy", "abcdez"]
    assert.strictEqual(near(["abcdef"], ...names), spelled("abcdef"))
    const two = [asked("CN", ["abcdxy"], ["abcdef"]), asked("OU", ["abcdez"], ["abcdef"])]
    assert.strictEqual(nearestMiss(two, []), "OU abcdez is spelled almost like it")
    // The first of those that are equally near.
    assert.strictEqual(near(["abcdex", "abcdez"], "abcdef"), spelled("abcdex"))
  })

  it("does not compare patterns and addresses by spelling", () => {
    assert.isUndefined(near(["abc*ef"], "abcdef"))
    assert.isUndefined(nearestMiss([asked("IP", ["10.0.0.1"], ["10.0.0.2"])], []))
  })
})
