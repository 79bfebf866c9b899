import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { readTar } from "../../../src/policy/bundle/Tar.ts"
import { tar, tarEntry } from "./Archives.ts"

const failureOf = (archive: Uint8Array): string =>
  Result.match(readTar(archive), { onFailure: (why) => why, onSuccess: () => assert.fail("accepted") })

const contents = (archive: Uint8Array) =>
  Result.getOrThrow(readTar(archive)).map(({ bytes, path }) => [path, Buffer.from(bytes).toString()])

const name = fc.stringMatching(/^[a-z]{1,8}(\/[a-z.]{1,8}x){0,3}$/)
const files = fc.uniqueArray(fc.record({ name, content: fc.string() }), { selector: (file) => file.name, maxLength: 8 })

describe("a tar archive", () => {
  it("gives back the files that were put in", () => {
    fc.assert(
      fc.property(files, (entries) => {
        assert.deepStrictEqual(
          contents(tar(entries)),
          entries.map((entry) => [entry.name, Buffer.from(entry.content).toString()])
        )
      }),
      { numRuns: 200, seed: 1 }
    )
  })

  it("may write names with or without a leading slash, and long ones in an entry before", () => {
    const long = `${"d/".repeat(20)}${"n".repeat(120)}.rego`
    const record = ` path=${long}\n`
    const pax = `${record.length + 3}${record}`
    const archive = Buffer.concat([
      tarEntry({ name: "/a.rego", content: "a" }),
      tarEntry({ name: "././@LongLink", content: `${long}\0`, type: "L" }),
      tarEntry({ name: "short", content: "b" }),
      tarEntry({
        name: "pax",
        content: pax.replace(long, `e${long}`).replace(/^\d+/, String(pax.length + 1)),
        type: "x"
      }),
      tarEntry({ name: "short", content: "c" })
    ])
    assert.deepStrictEqual(contents(archive), [
      ["a.rego", "a"],
      [long, "b"],
      [`e${long}`, "c"]
    ])
  })

  it("skips links and directories", () => {
    const archive = tar([
      { name: "d/", type: "5" },
      { name: "../l", type: "2" },
      { name: "x", content: "1" }
    ])
    assert.deepStrictEqual(contents(archive), [["x", "1"]])
  })

  it.each([
    ["a path out of the bundle", tar([{ name: "a/../../b.rego" }]), '"a/../../b.rego" is no path inside a bundle'],
    ["a file that occurs twice", tar([{ name: "a" }, { name: "/a" }]), '"a" occurs twice'],
    ["a cut header", tar([{ name: "a" }]).subarray(0, 100), "unexpected EOF"],
    ["a cut file", tarEntry({ name: "a", content: "x" }).subarray(0, 512), "unexpected EOF"],
    [
      "a wrong checksum",
      Buffer.concat([Buffer.from("b"), tarEntry({ name: "a" }).subarray(1)]),
      "archive/tar: invalid tar header"
    ],
    [
      "too many entries",
      tar(Array.from({ length: 10_001 }, (_, index) => ({ name: `${index}` }))),
      "more than 10000 entries"
    ]
  ])("is refused for %s", (_, archive, message) => {
    assert.strictEqual(failureOf(archive), message)
  })

  it("fails in no other way when bytes are changed or missing", () => {
    const archive = tar([
      { name: "policy.rego", content: "package p" },
      { name: "a/data.json", content: "{}" }
    ])
    const changes = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { maxLength: 6 })
    fc.assert(
      fc.property(changes, fc.nat(archive.length), (places, length) => {
        const bytes = Buffer.from(archive.subarray(0, length))
        for (const [place, octet] of places) if (place < length) bytes[place] = octet
        const result = readTar(bytes)
        if (Result.isSuccess(result)) {
          for (const { path } of result.success) assert.isFalse(path.startsWith("/") || path.split("/").includes(".."))
        } else assert.isString(result.failure)
      }),
      { numRuns: 2_000, seed: 1 }
    )
  })
})
