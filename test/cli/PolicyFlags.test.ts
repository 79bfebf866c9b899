/** The command line of `ghostunnel policy`, up to what its commands do. */
import { assert, describe, it } from "@effect/vitest"
import { parserError, run } from "./CommandLine.ts"

const message = async (...argv: ReadonlyArray<string>) => parserError(await run(argv))

describe("the commands of a group", () => {
  it("are refused when incomplete or misspelled", async () => {
    assert.strictEqual(await message("policy"), 'expected command after "policy": eval or test')
    assert.strictEqual(await message("policy", "tset"), 'expected command but got "tset" (did you mean "test"?)')
    assert.strictEqual(await message("polcy"), 'expected command but got "polcy" (did you mean "policy"?)')
    assert.strictEqual(await message("policy", "test"), "required argument 'dir' not provided")
    assert.strictEqual(await message("policy", "test", "a", "b"), "unexpected b")
    assert.match(await message("policy", "test", "--dir=a"), /^unknown long flag '--dir'/)
    assert.strictEqual(
      await message("policy", "eval", "--policy=p"),
      "required flag(s) '--query', '--certificate' not provided"
    )
  })

  it("take no flags of a tunnel", async () => {
    const why = "'policy test' does not take the flag '--quiet'"
    assert.strictEqual(await message("policy", "test", "a", "--quiet=all"), why)
    assert.strictEqual(await message("--quiet=all", "policy", "test", "a"), why)
    assert.match(await message("server", "--query=x"), /--query belongs to 'policy eval'/)
  })

  it("have help of their own", async () => {
    const group = await run(["policy", "--help"])
    assert.deepStrictEqual([group.code, group.err], [0, ""])
    assert.include(group.out, "policy eval --policy=PATH --query=QUERY --certificate=PATH [<flags>]")
    assert.include(group.out, "policy test <DIR> [<flags>]")
    assert.notInclude(group.out, "--listen")
    assert.strictEqual((await run(["help", "policy"])).out, group.out)
    const { out } = await run(["policy", "eval", "--help"])
    assert.match(out, /^usage: ghostunnel policy eval --policy=PATH/)
    assert.notInclude(out, "--status")
  })

  it("are completed word by word", async () => {
    const candidates = async (...argv: ReadonlyArray<string>) =>
      (await run(["--completion-bash", ...argv])).out.split("\n")
    assert.deepStrictEqual(await candidates("policy"), ["eval", "test"])
    assert.deepStrictEqual(await candidates("policy", "eval", "--"), ["--policy", "--query", "--certificate"])
  })
})
