import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { countBegins, readPem, writePem } from "../../src/credentials/Pem.ts"

const read = (text: string) =>
  readPem(Buffer.from(text)).map(({ type, headers, der }) => [
    type,
    Object.fromEntries(headers),
    Buffer.from(der).toString()
  ])
const block = (type: string, body = "aGVsbG8=") => `-----BEGIN ${type}-----\n${body}\n-----END ${type}-----\n`

describe("Pem", () => {
  it.each([
    ["one block", block("A"), [["A", {}, "hello"]]],
    [
      "several in order",
      `${block("B")}${block("A B")}`,
      [
        ["B", {}, "hello"],
        ["A B", {}, "hello"]
      ]
    ],
    [
      "text around",
      `junk\n${block("A")}more\n\n${block("B")}end`,
      [
        ["A", {}, "hello"],
        ["B", {}, "hello"]
      ]
    ],
    ["CRLF and trailing space", block("A").replaceAll("\n", " \t\r\n"), [["A", {}, "hello"]]],
    ["no final newline", block("A").trimEnd(), [["A", {}, "hello"]]],
    [
      "headers",
      block("A", "Proc-Type: 4,ENCRYPTED\nDEK-Info: X,00\n\naGVs\nbG8="),
      [["A", { "Proc-Type": "4,ENCRYPTED", "DEK-Info": "X,00" }, "hello"]]
    ],
    ["an empty block", "-----BEGIN A-----\n-----END A-----\n", [["A", {}, ""]]],
    ["spaces inside the body", block("A", "aGVs  bG8\t="), [["A", {}, "hello"]]],
    ["a block without end, then one", `-----BEGIN X-----\naaaa\n${block("A")}`, [["A", {}, "hello"]]],
    ["ends without begin", `-----END A-----\n-----END A-----\n${block("A")}`, [["A", {}, "hello"]]],
    ["another type at the end", `-----BEGIN A-----\naGVs\n-----END B-----\n${block("C")}`, [["C", {}, "hello"]]],
    ["a damaged body", `${block("A", "a!b=")}${block("B")}`, [["B", {}, "hello"]]],
    ["a body of the wrong length", block("A", "aGVsb"), []],
    ["padding in the middle", block("A", "aG==aGVs"), []],
    ["URL alphabet", block("A", "ab-_"), []],
    ["begin in the middle of a line", ` ${block("A")}`, []],
    ["a byte order mark", `\ufeff${block("A")}`, [["A", {}, "hello"]]],
    [
      "byte order marks in the middle",
      `\ufeff${block("A")}\ufeff${block("B").trimEnd()}\ufeff${block("C")}`,
      [
        ["A", {}, "hello"],
        ["B", {}, "hello"],
        ["C", {}, "hello"]
      ]
    ],
    [
      "blocks joined on a line",
      `${block("A").trimEnd()}${block("A B").trimEnd()}${block("C")}`,
      [
        ["A", {}, "hello"],
        ["A B", {}, "hello"],
        ["C", {}, "hello"]
      ]
    ],
    ["dashes that join nothing", `x----------BEGIN A-----\naGVsbG8=\n-----END A-----\n`, []],
    ["text behind the end", block("A").replace("END A-----", "END A----- x"), []],
    ["no dashes behind the type", "-----BEGIN A\naGVs\n-----END A-----\n", []],
    ["nothing", "", []]
  ] as const)("reads %s", (_, text, expected) => assert.deepStrictEqual<unknown>(read(text), expected))

  it("reads back what it writes", () => {
    const type = fc.stringMatching(/^[A-Z][A-Z0-9# ]{0,20}[A-Z]$/)
    fc.assert(
      fc.property(fc.array(fc.tuple(type, fc.uint8Array({ maxLength: 200 })), { maxLength: 4 }), (blocks) => {
        const text = blocks.map(([name, der]) => writePem(name, der)).join("text between\n")
        const found = readPem(Buffer.from(text))
        assert.deepStrictEqual(
          found.map(({ type, der }) => [type, [...der]]),
          blocks.map(([name, der]) => [name, [...der]])
        )
      })
    )
  })

  it("loses no block, however blocks are joined", () => {
    const type = fc.stringMatching(/^[A-Z]{1,5}( [A-Z]{1,5})?$/)
    const joint = fc.constantFrom("\n", "\r\n", "", "\ufeff", "\n\ufeff", "\ntext\n", "\ntext\n\ufeff")
    fc.assert(
      fc.property(
        fc.array(fc.tuple(type, fc.uint8Array({ maxLength: 90 }), joint), { maxLength: 5 }),
        joint,
        (blocks, start) => {
          const text = start + blocks.map(([name, der, next]) => writePem(name, der).trimEnd() + next).join("")
          assert.deepStrictEqual(
            readPem(Buffer.from(text)).map(({ type, der }) => [type, [...der]]),
            blocks.map(([name, der]) => [name, [...der]])
          )
        }
      )
    )
  })

  it("counts the blocks of a type, damaged ones too", () => {
    const text = `${block("A")} ${block("A", "!")}${block("A B")}-----BEGIN A-----`
    assert.strictEqual(countBegins(Buffer.from(text), "A"), 3)
  })

  it("never throws, and is done with long input at once", () => {
    const piece = fc.constantFrom(
      "-----BEGIN A-----",
      "-----END A-----",
      "-----BEGIN ",
      "\n-----END ",
      "\n",
      "aGVs",
      ":",
      "\r",
      "="
    )
    fc.assert(fc.property(fc.uint8Array(), (bytes) => void readPem(bytes)))
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => void read(pieces.join(""))),
      { numRuns: 2000 }
    )
    for (const text of ["\n-----END A-----", "-----BEGIN A-----\n", "a: b\n", "-----END A-----", "-----BEGIN "]) {
      assert.deepStrictEqual(read(text.repeat(100_000)), [])
    }
    assert.deepStrictEqual(read(`-----BEGIN A-----\n${"a: b\n".repeat(20_000)}`), [])
  }, 20_000)
})
