/** The commands of `ghostunnel policy`, as the built program runs them, and the page that describes them. */
import { execFile } from "node:child_process"
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, resolve } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { afterAll } from "vitest"

const root = resolve(import.meta.dirname, "../../..")
const dist = join(root, "dist")
const folder = mkdtempSync(join(tmpdir(), "policy-commands-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Ended {
  readonly code: number | string | null | undefined
  readonly out: string
  readonly err: string
}

const ghostunnel = (words: ReadonlyArray<string>): Promise<Ended> =>
  new Promise((ended) =>
    execFile(process.execPath, [join(dist, "main.mjs"), ...words], { cwd: folder }, (error, out, err) =>
      ended({ code: error === null ? 0 : error.code, out, err })
    )
  )

const golden = join(root, "test/policy/rego/certificates/golden")
copyFileSync(join(golden, "rsa.pem"), join(folder, "client.pem"))

const write = (name: string, content: string): string => {
  mkdirSync(dirname(join(folder, name)), { recursive: true })
  writeFileSync(join(folder, name), content)
  return name
}

describe("the page on policies", () => {
  const page = readFileSync(join(root, "docs/policies.md"), "utf8")
  const blocks = [...page.matchAll(/^```(\w+) ?(\S*)\n([\s\S]*?)^```$/gm)].map(
    ([, language, name = "", text = ""]) => ({
      language,
      name,
      text
    })
  )
  for (const { name, text } of blocks) if (name !== "") write(name, text)

  it("has commands that print what it says", async () => {
    const commands = blocks.flatMap(({ language, text }, index) =>
      language === "sh"
        ? [
            {
              words: text.trim().split(" ").slice(1),
              expected: blocks.slice(index).find((block) => block.language === "text")?.text
            }
          ]
        : []
    )
    assert.lengthOf(commands, 2)
    for (const { expected, words } of commands) assert.strictEqual((await ghostunnel(words)).out, expected)
  })
})

describe("ghostunnel policy eval", () => {
  const evaluate = (policy: string, query: string, certificate = "client.pem") =>
    ghostunnel(["policy", "eval", `--policy=${policy}`, `--query=${query}`, `--certificate=${certificate}`])
  const policy = write(
    "p.rego",
    'package p\nimport rego.v1\nallow if input.certificate.Subject.CommonName == "web-last"\nc := 1\nc := 2\n'
  )

  it("ends with 0 where the policy allows", async () => {
    assert.deepStrictEqual(await evaluate(policy, "data.p.allow"), {
      code: 0,
      out: "allowed: data.p.allow is true\n",
      err: ""
    })
  })

  it("ends with 1 where it denies, whatever the value is", async () => {
    const { code, out } = await evaluate(policy, "input.certificate.Subject.CommonName")
    assert.deepStrictEqual([code, out], [1, 'denied: input.certificate.Subject.CommonName is "web-last", not true\n'])
  })

  it("ends with 2 and one message where there is no answer", async () => {
    const missing = await evaluate("nowhere", "data.p.allow")
    assert.deepStrictEqual([missing.code, missing.out], [2, ""])
    assert.strictEqual(
      missing.err,
      'error: Invalid rego policy or query: loading error: error reading "nowhere": stat nowhere: no such file or directory\n'
    )
    const conflict = await evaluate(policy, "data.p.c")
    assert.strictEqual(conflict.code, 2)
    assert.match(conflict.err, /^error: policy returned error: p\.rego:\d: eval_conflict_error: /)
    const certificate = await evaluate(policy, "data.p.allow", policy)
    assert.strictEqual(certificate.code, 2)
    assert.match(certificate.err, /^error: --certificate: p\.rego is no certificate: /)
  })
})

describe("ghostunnel policy test", () => {
  it("reports each test, and ends with 1 when one fails", async () => {
    write("tests/a_test.rego", "package a_test\ntest_good if true\ntest_bad if 1 == 2\n")
    const { code, out } = await ghostunnel(["policy", "test", "tests"])
    assert.strictEqual(code, 1)
    assert.include(out, "PASS  data.a_test.test_good (tests/a_test.rego:2)\n")
    assert.include(out, "FAIL  data.a_test.test_bad (tests/a_test.rego:3): is undefined\n")
    assert.include(out, "\n1 passed, 1 failed, 0 with errors\n")
  })

  it("ends with 2 where a test has an error or there is none", async () => {
    write("broken/a_test.rego", "package a_test\ntest_c := true\ntest_c := false\n")
    const broken = await ghostunnel(["policy", "test", "broken"])
    assert.deepStrictEqual(
      [broken.code, /^ERROR data\.a_test\.test_c .*eval_conflict_error/m.test(broken.out)],
      [2, true]
    )
    write("none/a.rego", "package a\n")
    const none = await ghostunnel(["policy", "test", "none"])
    assert.deepStrictEqual([none.code, none.err], [2, "error: none has no rule named test_*\n"])
  })
})

describe("the built program", () => {
  it("loads the interpreter with a policy command only", () => {
    const chunk = (prefix: string) =>
      readdirSync(dist).filter((name) => name.startsWith(prefix) && name.endsWith(".mjs"))
    const reached = new Set(["main.mjs", ...chunk("Start-"), ...chunk("Ghostunnel-")])
    for (const name of reached) {
      const text = readFileSync(join(dist, name), "utf8")
      for (const [, , target = ""] of text.matchAll(/\b(import|from)\s*"\.\/([^"]+)"/g)) reached.add(target)
    }
    assert.isAbove(reached.size, 5)
    const loaded = [...reached].filter((name) => readFileSync(join(dist, name), "utf8").includes("rego_parse_error"))
    assert.deepStrictEqual(loaded, [])
  })
})
