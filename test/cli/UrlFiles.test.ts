import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Ref, Result } from "effect"
import { afterAll, describe, expect, it } from "vitest"
import { main } from "../../src/cli/Cli.ts"
import type { Invocation } from "../../src/cli/Invocation.ts"
import { withUrlsFromFiles } from "../../src/cli/UrlFiles.ts"

const directory = mkdtempSync(join(tmpdir(), "gt-url-files-"))
afterAll(() => rmSync(directory, { recursive: true }))

const file = (name: string, text: string): string => {
  const path = join(directory, name)
  writeFileSync(path, text, { mode: 0o600 })
  return path
}

const parsed = (...words: ReadonlyArray<string>): Promise<Invocation> =>
  Effect.runPromise(
    Effect.gen(function* () {
      const seen = yield* Ref.make<Invocation | undefined>(undefined)
      const run = (invocation: Invocation) => Effect.as(Ref.set(seen, invocation), 0)
      yield* main(words, { argv0: "ghostunnel", env: {}, run })
      const invocation = yield* Ref.get(seen)
      return invocation ?? (yield* Effect.die(new Error("refused")))
    })
  )

const client = ["client", "--listen=localhost:1", "--target=localhost:2", "--disable-authentication"]
const server = ["server", "--listen=localhost:1", "--target=localhost:2"]

describe("URLs in files", () => {
  it("take the place of the flag", async () => {
    const proxy = file("proxy", "socks5://user:hunter2@127.0.0.1:1080\n")
    const metrics = file("metrics", "https://u:p@127.0.0.1/x")
    const read = withUrlsFromFiles(await parsed(...client, `--proxy-file=${proxy}`, `--metrics-url-file=${metrics}`))
    const { flags } = Result.getOrThrow(read)
    expect(flags).toMatchObject({
      proxy: "socks5://user:hunter2@127.0.0.1:1080",
      metricsUrl: "https://u:p@127.0.0.1/x"
    })
  })

  it("take the place of each flag that may hold a password", async () => {
    const [otlp, health] = [file("otlp", "https://u:p@127.0.0.1:4318"), file("health", "http://u:p@app/health")]
    const invocation = await parsed(...server, `--otlp-endpoint-file=${otlp}`, `--target-status-file=${health}`)
    expect(Result.getOrThrow(withUrlsFromFiles(invocation)).flags).toMatchObject({
      otlpEndpoint: "https://u:p@127.0.0.1:4318",
      targetStatus: "http://u:p@app/health"
    })
  })

  it("may be credentials of the service manager", async () => {
    file("NAME", "http://127.0.0.1/x")
    const invocation = await parsed(...server, "--metrics-url-file=credential:NAME")
    const read = withUrlsFromFiles(invocation, { CREDENTIALS_DIRECTORY: directory })
    expect(Result.getOrThrow(read).flags.metricsUrl).toBe("http://127.0.0.1/x")
  })

  it("leave flags alone when there are none", async () => {
    const invocation = await parsed(...client, "--proxy=http://127.0.0.1:1")
    expect(Result.getOrThrow(withUrlsFromFiles(invocation))).toEqual(invocation)
  })

  const good = file("good", "http://127.0.0.1:1")
  it.each([
    [[`--proxy-file=${good}`, "--proxy=http://x"], "--proxy and --proxy-file are mutually exclusive"],
    [
      [`--proxy-file=${join(directory, "missing")}`],
      /^reading proxy file ".*missing": open .*: no such file or directory$/
    ],
    [[`--proxy-file=${file("junk", "user:hunter2@%zz")}`], "--proxy-file: the file does not hold a URL"],
    [[`--proxy-file=${file("empty", "\n")}`], "--proxy-file: the file is empty"],
    [
      [`--metrics-url-file=${file("ftp", "ftp://user:hunter2@x")}`],
      "--metrics-url-file: the URL should start with http:// or https://"
    ]
  ])("are refused with one sentence that shows no password: %s", async (words, sentence) => {
    const read = withUrlsFromFiles(await parsed(...client, ...words))
    const why = Result.match(read, { onSuccess: () => "", onFailure: (failure) => failure })
    expect(why).toMatch(sentence)
    expect(why).not.toContain("hunter2")
  })
})
