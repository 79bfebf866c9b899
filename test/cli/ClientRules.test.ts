/** The rules of `client` (contract: command line, section 2.3), in the contract's order, and the tunnels it makes. */
import { Redacted, Result } from "effect"
import { assert, describe, expect, it } from "vitest"
import { client, configure } from "./CommandLine.ts"

const pem = ["--cert=c", "--key=k"]
const digest = Buffer.alloc(64).toString("base64")
const pin = `--verify-spki-pin=SHA512:${digest}`

const none =
  "at least one of --keystore, --cert/--key, --keychain-identity/issuer (if supported), --use-workload-api or --disable-authentication flags is required"
const exclusive =
  "--keystore, --cert/--key, --keychain-identity/issuer, --use-workload-api and --disable-authentication flags are mutually exclusive"
const pair = "--cert/--key must be set together, unless using PKCS11 for private key"
const unsafe =
  "--listen must be unix:PATH, localhost:PORT, systemd:NAME or launchd:NAME (unless --unsafe-listen is set)"
const network = (name: string) => `invalid --target network "${name}": client mode requires a HOST:PORT target`
const together = "--verify-policy and --verify-query have to be used together"
const pinAndApi = "--verify-spki-pin is mutually exclusive with --use-workload-api"
const pinAndOther = "--verify-spki-pin is mutually exclusive with other verification flags"
const later = "is not supported yet by this version"

interface Row {
  readonly row: string
  readonly flags: ReadonlyArray<string>
  readonly sentence: string
  readonly listen?: string
  readonly target?: string
}

const rows: ReadonlyArray<Row> = [
  { row: "1 no source", flags: [], sentence: none },
  { row: "1 a lone --cert", flags: ["--cert=c"], sentence: none },
  { row: "1 ACME does not exist here", flags: ["--no-disable-authentication"], sentence: none },
  { row: "2 keystore and pair", flags: ["--keystore=s", ...pem], sentence: exclusive },
  { row: "2 none and pair", flags: ["--disable-authentication", ...pem], sentence: exclusive },
  { row: "2 workload API and pair", flags: ["--use-workload-api-addr=x", ...pem], sentence: exclusive },
  { row: "3 cert beside another source", flags: ["--keystore=s", "--cert=c"], sentence: pair },
  { row: "3 key beside another source", flags: ["--disable-authentication", "--key=k"], sentence: pair },
  { row: "3 before 4", flags: ["--keystore=s", "--cert=c"], listen: "h:1", sentence: pair },
  ...["h:1", "127.0.0.2:1", "LOCALHOST:1", ":1", "0.0.0.0:1", "[::]:1", ""].map((listen) => ({
    row: `4 ${listen}`,
    flags: pem,
    listen,
    sentence: unsafe
  })),
  { row: "4 before 5", flags: pem, listen: ":1", target: "x", sentence: unsafe },
  {
    row: "5 no port",
    flags: pem,
    target: "x",
    sentence: "invalid --target address: address x: missing port in address"
  },
  {
    row: "5 IPv6 without brackets",
    flags: pem,
    target: "::1:1",
    sentence: "invalid --target address: address ::1:1: too many colons in address"
  },
  { row: "6 unix", flags: pem, target: "unix:x", sentence: network("unix") },
  { row: "6 systemd", flags: pem, target: "systemd:x", sentence: network("systemd") },
  {
    row: "6 launchd, before 7",
    flags: [...pem, "--verify-query=q"],
    target: "launchd:x",
    sentence: network("launchd")
  },
  { row: "7 policy alone", flags: [...pem, "--verify-policy=p"], sentence: together },
  { row: "7 query alone, before 8", flags: ["--use-workload-api", "--verify-query=q", pin], sentence: together },
  { row: "8 pin with workload API", flags: ["--use-workload-api", pin], sentence: pinAndApi },
  { row: "8 before 9", flags: ["--use-workload-api", pin, "--verify-cn=x"], sentence: pinAndApi },
  ...["cn", "ou", "dns", "uri", "dns-san", "uri-san"].map((kind) => ({
    row: `9 pin with verify-${kind}`,
    flags: [...pem, pin, `--verify-${kind}=x`],
    sentence: pinAndOther
  })),
  { row: "9 pin with verify-ip", flags: [...pem, pin, "--verify-ip=::1"], sentence: pinAndOther },
  { row: "9 an empty name is a flag too", flags: [...pem, pin, "--verify-cn="], sentence: pinAndOther },
  { row: "9 pin with a policy", flags: [...pem, pin, "--verify-policy=p", "--verify-query=q"], sentence: pinAndOther },
  { row: "9 before 10", flags: [...pem, "--verify-spki-pin=x", "--verify-cn=x"], sentence: pinAndOther },
  {
    row: "10 a bad pin",
    flags: [...pem, pin, "--verify-spki-pin=md5:x"],
    sentence:
      '--verify-spki-pin: invalid pin "md5:x": unsupported hash algorithm "md5" (supported: sha256, sha384, sha512)'
  },
  {
    row: "10 before 11",
    flags: [...pem, "--verify-spki-pin=x", "--cipher-suites=x"],
    sentence: '--verify-spki-pin: invalid pin "x": expected format <algo>:<base64-digest>'
  },
  { row: "11 cipher group", flags: [...pem, "--cipher-suites=foo"], sentence: "invalid cipher suite 'foo' selected" },
  { row: "not built: workload API", flags: ["--use-workload-api"], sentence: `--use-workload-api ${later}` },
  {
    row: "not built: workload API beside no certificate",
    flags: ["--use-workload-api", "--disable-authentication"],
    sentence: `--use-workload-api ${later}`
  },
  {
    row: "not built: policies",
    flags: [...pem, "--verify-policy=p", "--verify-query=q"],
    sentence: `--verify-policy ${later}`
  },
  {
    row: "not built: Graphite",
    flags: [...pem, "--metrics-graphite=127.0.0.1:1"],
    sentence: `--metrics-graphite ${later}`
  },
  { row: "not built: metrics by HTTP", flags: [...pem, "--metrics-url=https://x"], sentence: `--metrics-url ${later}` },
  {
    row: "late: TLS version",
    flags: [...pem, "--max-tls-version=x"],
    sentence: "invalid max TLS version: unsupported TLS version: x"
  },
  {
    row: "late: --listen",
    flags: [...pem, "--unsafe-listen"],
    listen: "x",
    sentence: "invalid --listen address: address x: missing port in address"
  }
]

describe("2.3 rules of client", () => {
  it.each(rows)("$row", async ({ flags, sentence, listen = "localhost:8080", target = "example.com:8443" }) => {
    const config = await configure(["client", `--listen=${listen}`, `--target=${target}`, ...flags])
    expect(Result.isFailure(config) ? config.failure : config.success).toBe(sentence)
  })
})

const tunnel = async (...flags: ReadonlyArray<string>) => Result.getOrThrow(await configure([...client, ...flags]))

describe("tunnels of client", () => {
  it.each(["unix:x", "systemd:n", "launchd:n", "127.0.0.1:1", "[::1]:1", "localhost:1"])(
    "safe listener %s",
    async (listen) => {
      const config = await configure(["client", `--listen=${listen}`, "--target=h:1", ...pem])
      expect(Result.getOrThrow(config).listen.text).toBe(listen)
    }
  )
  it("an unsafe listener that is allowed", async () => {
    expect(
      Result.isSuccess(await configure(["client", "--listen=:1", "--target=h:1", "--unsafe-listen", ...pem]))
    ).toBe(true)
  })
  it.each([
    ["nothing", [], { _tag: "AnyVerified" }],
    ["pins", [pin], { _tag: "Pins", pins: [`SHA512:${digest}`] }],
    [
      "names",
      ["--verify-cn=", "--verify-ou=o", "--verify-dns=d", "--verify-ip-san=1.2.3.4", "--verify-uri=u"],
      {
        _tag: "Names",
        rules: {
          commonNames: [""],
          organizationalUnits: ["o"],
          dnsNames: ["d"],
          ipAddresses: ["1.2.3.4"],
          uriPatterns: ["u"]
        }
      }
    ]
  ])("access by %s", async (_name, flags, access) => {
    expect(await tunnel(...pem, ...flags)).toHaveProperty("access", access)
  })
  it("without a certificate, verification stays on, pins too", async () => {
    expect(await tunnel("--disable-authentication")).toMatchObject({
      credentials: { _tag: "None" },
      access: { _tag: "AnyVerified" }
    })
    expect(await tunnel("--disable-authentication", pin)).toMatchObject({
      credentials: { _tag: "None" },
      access: { _tag: "Pins" }
    })
  })
  it("the server's name", async () => {
    expect(await tunnel(...pem, "--override-server-name=n")).toMatchObject({ mode: "client", serverName: "n" })
    expect("serverName" in (await tunnel(...pem))).toBe(false)
  })
  it("the proxy's URL, which may hold a password", async () => {
    const config = await tunnel(...pem, "--proxy=http://user:secret@proxy:3128")
    assert(config.mode === "client" && config.proxyUrl !== undefined)
    expect(Redacted.value(config.proxyUrl)).toBe("http://user:secret@proxy:3128")
    expect(JSON.stringify(config)).not.toContain("secret")
    expect("proxyUrl" in (await tunnel(...pem))).toBe(false)
  })
})
