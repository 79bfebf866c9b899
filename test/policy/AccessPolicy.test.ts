import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { afterAll } from "vitest"
import { loadPolicy } from "../../src/policy/AccessPolicy.ts"
import { renderLoadError } from "../../src/policy/PolicyLoadError.ts"
import { record } from "../../src/policy/rego/values/Collections.ts"
import { bundle, tar } from "./bundle/Archives.ts"

const folder = mkdtempSync(join(tmpdir(), "policies-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

let count = 0
const fresh = (suffix = ""): string => join(folder, `p${++count}${suffix}`)

type Files = Readonly<Record<string, string>>

const file = (content: string | Uint8Array, suffix: string): string => {
  const path = fresh(suffix)
  writeFileSync(path, content)
  return path
}

const directory = (files: Files): string => {
  const path = fresh()
  mkdirSync(path)
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(path, name)), { recursive: true })
    writeFileSync(join(path, name), content)
  }
  return path
}

const decision = (path: string, query: string, input = record({})) =>
  Effect.map(loadPolicy(path, query), (policy) => policy.decide(input, { steps: 50_000 }))

const refusal = (path: string, query = "data.p.allow") =>
  Effect.runPromise(Effect.result(loadPolicy(path, query))).then(
    Result.match({
      onSuccess: () => assert.fail("loaded"),
      onFailure: (error) => error
    })
  )

const messageOf = async (path: string, query?: string) => (await refusal(path, query)).message

const rule = "package p\nallow if 1 in data.names.list\nok := true"
const data = '{"list": [1]}'

describe("the verdict", () => {
  const policy = file(
    `package p
import rego.v1
t := true
f := false
n := 1
s := "true"
o := {"a": true}
m contains x if some x in [1, 2]
u if false
div := 1 / 0
c := 1 if true
c := 2 if true
`,
    ".rego"
  )
  it.effect.each([
    ["data.p.t", "allowed"],
    ["data.p.t == true", "allowed"],
    ["true", "allowed"],
    ["data.p.f", "value"],
    ["data.p.n", "value"],
    ["data.p.s", "value"],
    ["data.p.o", "value"],
    ["data.p.u", "undefined"],
    ["data.p.nothing", "undefined"],
    ["data.p.div", "undefined"],
    ["1 / 0", "undefined"],
    ["x := data.p.t", "bindings"],
    ["data.p.m[x]", "bindings"],
    ["data.p.t; true", "expressions"],
    ["data.p.c", "failed"]
  ] as const)("of %s is %s", ([query, expected]) =>
    Effect.map(decision(policy, query), (found) => {
      assert.strictEqual(found.kind === "denied" ? found.reason.kind : found.kind, expected)
      if (found.kind === "failed") {
        assert.match(found.message, /^policy returned error: .*: eval_conflict_error: /)
      }
    })
  )

  it.effect("is none when the budget is used up", () =>
    Effect.gen(function* () {
      const policy = file("package p\nallow { count([x | x := numbers.range(1, 100000)[_]; x > 5]) == 0 }", ".rego")
      assert.deepStrictEqual(yield* decision(policy, "data.p.allow"), { kind: "interrupted", budget: "steps" })
    })
  )
})

describe("a policy", () => {
  it.effect("in a file is v0 unless it imports rego.v1, in a bundle v1 unless the manifest says otherwise", () =>
    Effect.gen(function* () {
      const old = "package p\nallow { true }"
      const allowed = { kind: "allowed" } as const
      assert.deepStrictEqual(yield* decision(file(old, ".rego"), "data.p.allow"), allowed)
      assert.include(yield* Effect.promise(() => messageOf(directory({ "a.rego": old }))), "rego_parse_error")
      for (const manifest of [
        '{"rego_version": 0}',
        '{"file_rego_versions": {"/x/*.rego": 0}}',
        '{"file_rego_versions": {"x/a.rego": 0}}'
      ]) {
        const files = { "x/a.rego": old, ".manifest": manifest }
        assert.deepStrictEqual(yield* decision(directory(files), "data.p.allow"), allowed)
      }
    })
  )

  it.effect("may be a directory or a bundle, with JSON and YAML at any depth, and what is compiled ignored", () =>
    Effect.gen(function* () {
      const files = {
        "a/b/policy.rego": rule,
        "names/data.json": data,
        "names/more/data.yaml": "x: [1]\n",
        "policy.wasm": "\0asm",
        "plan.json": "x"
      }
      const rooted = Object.fromEntries(Object.entries(files).map(([name, content]) => [`/${name}`, content]))
      const linked = directory({ "..data/policy.rego": rule, "names/data.json": data })
      symlinkSync("..data/policy.rego", join(linked, "policy.rego"))
      for (const path of [directory(files), file(bundle(files), ".tar.gz"), file(bundle(rooted), ""), linked]) {
        assert.deepStrictEqual(yield* decision(path, "data.p.allow"), { kind: "allowed" })
      }
      assert.deepStrictEqual(yield* decision(directory(files), "data.names.more.x[0] == 1"), { kind: "allowed" })
    })
  )

  it("is refused in the Go program's words when it cannot be read", async () => {
    assert.strictEqual(
      await messageOf("/nonexistent/p.rego"),
      'loading error: error reading "/nonexistent/p.rego": stat /nonexistent/p.rego: no such file or directory'
    )
    const cases: ReadonlyArray<readonly [Uint8Array, string]> = [
      [Buffer.alloc(0), "archive read failed: EOF"],
      [tar([{ name: "a.rego", content: rule }]), "archive read failed: gzip: invalid header"],
      [bundle({ "a.rego": rule }).subarray(0, 40), "archive read failed: unexpected EOF"],
      [bundle({ "a.rego": rule, ".signatures.json": "{}" }), "verification key not provided"],
      [gzipSync(Buffer.alloc(65 * 1024 * 1024)), "archive read failed: decompressed it is larger than 64 MiB"],
      [bundle({ "../a.rego": rule }), 'archive read failed: "../a.rego" is no path inside a bundle']
    ]
    for (const [bytes, why] of cases) {
      const path = file(bytes, ".tar.gz")
      assert.strictEqual(await messageOf(path), `loading error: bundle ${path}: bundle read failed: ${why}`)
    }
  })

  it("is refused when its parts do not fit together", async () => {
    const cases: ReadonlyArray<readonly [Files, string]> = [
      [{ "data.json": '{"a": {"b": 1}}', "a/data.json": '{"b": 2}' }, 'data at "a/b" is already defined'],
      [{ "data.json": "[]" }, "data.json must hold an object"],
      [{ "a.rego": rule, "p/data.json": '{"allow": true}' }, "conflicting rule for data path p/allow found"],
      [{ "a.rego": rule, ".manifest": '{"roots": ["q"]}' }, "do not permit 'package p'"],
      [{ "data.json": '{"q": 1, "r": 1}', ".manifest": '{"roots": ["q"]}' }, "roots do not permit data at this path"],
      [{ ".manifest": '{"roots": ["q", "q/r"]}' }, "overlapping roots: 'q' and 'q/r'"],
      [{ ".manifest": '{"rego_version": 2}' }, "invalid manifest"],
      [{ ".manifest": "{" }, "invalid manifest"]
    ]
    for (const [files, why] of cases) assert.include(await messageOf(directory(files)), why)
  })

  it("shows the line that is wrong, with a caret", async () => {
    const path = file("package p\nallow { x }\n", ".rego")
    assert.strictEqual(
      renderLoadError(await refusal(path)),
      `1 error occurred: ${path}:2: rego_unsafe_var_error: var x is unsafe\n${path}:2:9\n\tallow { x }\n\t        ^`
    )
    const broken = directory({ "a/data.json": '{\n  "a": }' })
    assert.include(renderLoadError(await refusal(broken)), `${broken}/a/data.json:2:8\n\t"a": }\n\t     ^`)
    const yaml = directory({ "data.yaml": "a: 1\nb: [\n" })
    assert.strictEqual((await refusal(yaml)).problems[0]?.file, `${yaml}/data.yaml`)
    const query = await refusal(file("package p\nx = 1", ".rego"), "data.p.x ==")
    assert.match(query.message, /^1 error occurred: 1:\d+: rego_parse_error: /)
  })

  it("is refused or bounded when it is huge or deeply nested", async () => {
    assert.include(await messageOf(file(`package p\n#${"x".repeat(10 * 1024 * 1024)}`, ".rego")), "larger than 4 MiB")
    assert.include(await messageOf(file(`package p\nx = ${"[".repeat(100_000)}`, ".rego")), "rego_parse_error")
    assert.include(await messageOf(directory({ "data.json": `{"a": ${"[".repeat(100_000)}` })), "nested deeper")
    const aliases = Array.from(
      { length: 12 },
      (_, index) => `a${index}: &a${index} [${`*a${index - 1},`.repeat(index === 0 ? 0 : 9)}]`
    )
    assert.include(await messageOf(directory({ "data.yaml": aliases.join("\n") })), "yaml: ")
    const deep = directory({ [`${"d/".repeat(40)}data.json`]: "{}" })
    assert.include(await messageOf(deep), "nested deeper than 32 directories")
  })
})
