/** The command line, decoded JSON and embedding programs accept and refuse the same configurations. */
import { Effect, Exit, Result, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { toConfig } from "../../src/cli/ModeValidation.ts"
import { ClientConfig, ServerConfig } from "../../src/config/TunnelConfig.ts"
import { run } from "./CommandLine.ts"

/** One setting as it is written on the command line and in JSON. */
interface Setting {
  readonly argv: ReadonlyArray<string>
  readonly json: object
}

const nothing: Setting = { argv: [], json: {} }
const merge = (settings: ReadonlyArray<Setting>): Setting => ({
  argv: settings.flatMap(({ argv }) => argv),
  json: Object.assign({}, ...settings.map(({ json }) => json))
})
/** Mostly the first, so that many configurations are good. */
const oneOf = (usual: Setting, ...others: ReadonlyArray<Setting>) =>
  fc.oneof({ weight: 3, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: fc.constantFrom(...others) })
const both = (flag: string, key: string, ...values: ReadonlyArray<string>) =>
  oneOf(nothing, ...values.map((value) => ({ argv: [`${flag}=${value}`], json: { [key]: value } })))
const access = (argv: ReadonlyArray<string>, value: object): Setting => ({ argv, json: { access: value } })

const pin = `sha256:${Buffer.alloc(32, 7).toString("base64")}`
const names = { _tag: "Names", rules: { commonNames: ["a"] } }
const addresses = ["127.0.0.1:2", "example.com:3", ":4", "unix:/run/s", "systemd:x", "nonsense", "1.2:5"]
const address = (flag: string, key: string) =>
  oneOf(
    { argv: [`${flag}=localhost:1`], json: { [key]: "localhost:1" } },
    ...addresses.map((text) => ({ argv: [`${flag}=${text}`], json: { [key]: text } }))
  )
const listen = address("--listen", "listen")
const target = address("--target", "target")
const keystore = { argv: ["--keystore=k.pem"], json: { credentials: { _tag: "Keystore", path: "k.pem" } } }

const status = oneOf(
  nothing,
  { argv: ["--status=http://localhost:1"], json: { status: { address: "localhost:1" } } },
  { argv: ["--status=localhost:9"], json: { status: { address: "localhost:9", https: true } } },
  { argv: ["--status=https://unix:/run/u"], json: { status: { address: "unix:/run/u", https: true } } },
  { argv: ["--status=unix:/run/s"], json: { status: { address: "unix:/run/s" } } }
)
const url = oneOf(
  nothing,
  { argv: ["--metrics-url=http://h/"], json: { metrics: { postUrl: "http://h/" } } },
  { argv: ["--metrics-url=ftp://h/"], json: { metrics: { postUrl: "ftp://h/" } } },
  { argv: ["--metrics-url=http://127.1/"], json: { metrics: { postUrl: "http://127.1/" } } }
)
const limits = fc
  .tuple(
    both("--connect-timeout", "connectTimeout", "0s", "5s", "-1s", "5"),
    oneOf(
      nothing,
      ...[-1, 0, 7, 2 ** 32 - 1, 2 ** 32].map((count) => ({
        argv: [`--max-concurrent-conns=${count}`],
        json: { maxConcurrentConnections: count }
      }))
    ),
    oneOf(nothing, { argv: ["--crl=a.crl"], json: { revocation: { listPaths: ["a.crl"] } } }),
    status,
    url
  )
  .map(merge)

const server = fc
  .tuple(
    listen,
    target,
    limits,
    oneOf(keystore, { argv: [], json: { credentials: { _tag: "None" } } }),
    oneOf(nothing, { argv: ["--unsafe-target"], json: { unsafeTarget: true } }),
    oneOf(
      access(["--allow-cn=a"], names),
      nothing,
      access(["--allow-all"], { _tag: "AnyVerified" }),
      access([`--allow-spki-pin=${pin}`], { _tag: "Pins", pins: [pin] }),
      access(["--allow-spki-pin=md5:x"], { _tag: "Pins", pins: ["md5:x"] }),
      access(["--disable-authentication"], { _tag: "Anonymous" })
    )
  )
  .map(merge)

const client = fc
  .tuple(
    listen,
    target,
    limits,
    fc.constantFrom(keystore, { argv: ["--disable-authentication"], json: { credentials: { _tag: "None" } } }),
    oneOf(nothing, { argv: ["--unsafe-listen"], json: { unsafeListen: true } }),
    both("--override-server-name", "serverName", "name"),
    oneOf(nothing, { argv: ["--proxy=http://p:1/"], json: { proxyUrl: "http://p:1/" } }),
    both("--ocsp", "ocsp", "require", "sometimes"),
    oneOf(
      nothing,
      access(["--verify-cn=a"], names),
      access([`--verify-spki-pin=${pin}`], { _tag: "Pins", pins: [pin] })
    )
  )
  .map(merge)

const byCommandLine = async (mode: string, { argv }: Setting): Promise<boolean> => {
  const { invocation } = await run([mode, ...argv])
  return invocation !== undefined && Result.isSuccess(toConfig(invocation, () => undefined))
}

describe.each([
  ["server", server, ServerConfig],
  ["client", client, ClientConfig]
] as const)("a %s's configuration", (mode, settings, schema) => {
  it("gets one verdict, however it is written", async () => {
    const verdicts = { accepted: 0, refused: 0 }
    await fc.assert(
      fc.asyncProperty(settings, async (setting) => {
        const decoded = Schema.decodeUnknownResult(schema)(setting.json)
        const accepted = Result.isSuccess(decoded)
        expect(await byCommandLine(mode, setting), JSON.stringify(setting)).toBe(accepted)
        verdicts[accepted ? "accepted" : "refused"]++
        if (!Result.isSuccess(decoded)) return
        const made =
          decoded.success.mode === "server"
            ? ServerConfig.makeEffect(decoded.success)
            : ClientConfig.makeEffect(decoded.success)
        expect(Exit.isSuccess(Effect.runSyncExit<unknown, unknown>(made))).toBe(true)
      }),
      { numRuns: 400 }
    )
    expect(Math.min(verdicts.accepted, verdicts.refused)).toBeGreaterThan(10)
  })
})
