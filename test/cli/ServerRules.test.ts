/** The rules of `server` (docs/compatibility/command-line.md, 2.2), in the Go program's order, and the tunnels it makes. */
import { Duration, Redacted, Result } from "effect"
import { describe, expect, it } from "vitest"
import { configure, loggedRefusal, server } from "./CommandLine.ts"

const pem = ["--cert=c", "--key=k"]
const all = ["--allow-all"]
const good = [...pem, ...all]
const digest = Buffer.alloc(32).toString("base64")
const pin = `--allow-spki-pin=sha256:${digest}`

const none =
  "at least one of --keystore, --cert/--key, --auto-acme-cert, or --keychain-identity/issuer (if supported) flags is required"
const exclusive =
  "--keystore, --cert/--key, --auto-acme-cert, and --keychain-identity/issuer flags are mutually exclusive"
const pair = "--cert/--key must be set together, unless using PKCS11 for private key"
const noAccess =
  "at least one access control flag (--allow-{all,cn,ou,dns,uri,spki-pin}, or OPA flags, or --disable-authentication) is required"
const others = "is mutually exclusive with other access control flags"
const unsafe = "--target must be unix:PATH or localhost:PORT (unless --unsafe-target is set)"
const later = "is not supported yet by this version"

const rows: ReadonlyArray<readonly [row: string, flags: ReadonlyArray<string>, sentence: string, target?: string]> = [
  ["1 no source", all, none],
  ["1 a lone --cert", ["--cert=c", ...all], none],
  ["1 a lone --key", ["--key=k", ...all], none],
  ["1 before 4", [], none],
  ["1 empty paths are none", ["--keystore=", "--cert=", "--key=", ...all], none],
  ["2 keystore and pair", ["--keystore=s", ...good], exclusive],
  ["2 workload API and pair", ["--use-workload-api", ...good], exclusive],
  ["2 workload API by its address", ["--use-workload-api-addr=unix:/x", ...good], exclusive],
  ["2 ACME and keystore", ["--auto-acme-cert=n", "--keystore=s", ...all], exclusive],
  ["2 before 3", ["--auto-acme-cert=n", "--keystore=s", "--cert=c", ...all], exclusive],
  ["3 cert beside a keystore", ["--keystore=s", "--cert=c", ...all], pair],
  ["3 key beside a keystore", ["--keystore=s", "--key=k", ...all], pair],
  ["3 before 4", ["--keystore=s", "--key=k"], pair],
  ["4 no access flag", pem, noAccess],
  ["4 negated ones", [...pem, "--no-allow-all", "--no-disable-authentication"], noAccess],
  ...["cn", "ou", "dns", "uri"].map(
    (kind) => [`5 allow-${kind}`, [...good, `--allow-${kind}=x`], `--allow-all ${others}`] as const
  ),
  ["5 allow-ip", [...good, "--allow-ip=::1"], `--allow-all ${others}`],
  ["5 an empty name is a flag too", [...good, "--allow-cn="], `--allow-all ${others}`],
  ["5 pin, before 7 and 9", [...good, "--allow-spki-pin=x"], `--allow-all ${others}`],
  ["5 policy, before 15", [...good, "--allow-policy=x"], `--allow-all ${others}`],
  ["5 query", [...good, "--allow-query=x"], `--allow-all ${others}`],
  ["6 allow-all", [...good, "--disable-authentication"], `--disable-authentication ${others}`],
  ["6 name", [...pem, "--disable-authentication", "--allow-ou=x"], `--disable-authentication ${others}`],
  ["6 pin", [...pem, "--disable-authentication", pin], `--disable-authentication ${others}`],
  ["6 policy", [...pem, "--disable-authentication", "--allow-policy=x"], `--disable-authentication ${others}`],
  ["6 all of them", [...good, "--disable-authentication", pin, "--allow-cn=x"], `--disable-authentication ${others}`],
  ["7 name", [...pem, pin, "--allow-cn=x"], `--allow-spki-pin ${others}`],
  ["7 query", [...pem, pin, "--allow-query=x"], `--allow-spki-pin ${others}`],
  ["8 workload API", ["--use-workload-api", pin], "--allow-spki-pin is mutually exclusive with --use-workload-api"],
  [
    "8 before 9",
    ["--use-workload-api", "--allow-spki-pin=x"],
    "--allow-spki-pin is mutually exclusive with --use-workload-api"
  ],
  [
    "9 a bad pin",
    [...pem, pin, "--allow-spki-pin=x"],
    '--allow-spki-pin: invalid pin "x": expected format <algo>:<base64-digest>'
  ],
  [
    "9 before 10",
    [...pem, "--allow-spki-pin="],
    '--allow-spki-pin: invalid pin "": expected format <algo>:<base64-digest>',
    "h:1"
  ],
  ...["h:1", "127.0.0.2:1", "LOCALHOST:1", ":1", "[::ffff:127.0.0.1]:1", "x", ""].map(
    (target) => [`10 ${target}`, good, unsafe, target] as const
  ),
  ["11 no port", [...good, "--unsafe-target"], "invalid --target address: address x: missing port in address", "x"],
  ["11 empty", [...good, "--unsafe-target"], "invalid --target address: address : missing port in address", ""],
  ["11 unknown service", good, "invalid --target address: lookup tcp/nope: unknown port", "localhost:nope"],
  ["11 bad port", good, "invalid --target address: address 70000: invalid port", "localhost:70000"],
  ["11 no path", good, "invalid --target address: address unix:: missing socket path", "unix:"],
  [
    "12 systemd",
    good,
    'invalid --target network "systemd": server mode requires a HOST:PORT or unix:PATH target',
    "systemd:x"
  ],
  [
    "12 launchd",
    good,
    'invalid --target network "launchd": server mode requires a HOST:PORT or unix:PATH target',
    "launchd:x"
  ],
  [
    "13 no email",
    ["--auto-acme-cert=n", ...all],
    "--auto-acme-cert was specified but no email address was provided with --auto-acme-email"
  ],
  [
    "14 no consent",
    ["--auto-acme-cert=n", "--auto-acme-email=e", ...all],
    "--auto-acme-cert was specified but --auto-acme-agree-to-tos was not specified"
  ],
  ["15 policy alone", [...pem, "--allow-policy=p"], "--allow-policy and --allow-query have to be used together"],
  [
    "15 query alone, before 16",
    [...pem, "--allow-query=q", "--proxy-protocol", "--proxy-protocol-mode=tls"],
    "--allow-policy and --allow-query have to be used together"
  ],
  [
    "16 both proxy flags, before 17",
    [...good, "--proxy-protocol", "--proxy-protocol-mode=tls", "--cipher-suites=x"],
    "--proxy-protocol and --proxy-protocol-mode are mutually exclusive"
  ],
  ["17 unknown group", [...good, "--cipher-suites=AES,foo"], "invalid cipher suite 'foo' selected"],
  ["17 case", [...good, "--cipher-suites=aes"], "invalid cipher suite 'aes' selected"],
  ["17 empty", [...good, "--cipher-suites="], "invalid cipher suite '' selected"],
  ["17 locked", [...good, "--cipher-suites=UNSAFE-AZURE"], "invalid cipher suite 'UNSAFE-AZURE' selected"],
  [
    "17 before what is not built",
    [...good, "--cipher-suites=x", "--status=:1", "--enable-pprof"],
    "invalid cipher suite 'x' selected"
  ],
  ["not built: workload API", ["--use-workload-api", ...all], `--use-workload-api ${later}`],
  ["not built: its address", ["--use-workload-api-addr=unix:/x", ...all], `--use-workload-api-addr ${later}`],
  [
    "not built: ACME",
    ["--auto-acme-cert=n", "--auto-acme-email=e", "--auto-acme-agree-to-tos", ...all],
    `--auto-acme-cert ${later}`
  ],
  ["a mode of nothing", [...good, "--crl-mode=warn"], "--crl-mode requires --crl to be set"],
  [
    "lists without chains: pins",
    [...pem, pin, "--crl=x"],
    "--crl is mutually exclusive with --allow-spki-pin, which verifies no certificate chains"
  ],
  [
    "lists without chains: no authentication",
    [...pem, "--disable-authentication", "--crl=x"],
    "--crl is mutually exclusive with --disable-authentication, which verifies no certificate chains"
  ],
  [
    "too many protocols",
    [...good, ...Array.from({ length: 65 }, (_, index) => `--alpn=p${index}`)],
    "--alpn: at most 64 protocols can be offered"
  ],
  [
    "too many protocols in one flag",
    [...good, `--alpn=${Array.from({ length: 65 }, (_, index) => `p${index}`).join(",")}`],
    "--alpn: at most 64 protocols can be offered"
  ],
  [
    "late: TLS version",
    [...good, "--max-tls-version=TLS1.1"],
    "invalid max TLS version: unsupported TLS version: TLS1.1 (--max-tls-version takes TLS1.2 or TLS1.3)"
  ]
]

describe("2.2 rules of server", () => {
  it.each(rows.map(([row, flags, sentence, target = "localhost:8080"]) => ({ row, flags, sentence, target })))(
    "$row",
    async ({ flags, sentence, target }) => {
      const config = await configure(["server", "--listen=localhost:8443", `--target=${target}`, ...flags])
      expect(Result.isFailure(config) ? config.failure : config.success).toBe(sentence)
    }
  )
  it.each([
    ["no port", "localhost", "invalid --listen address: address localhost: missing port in address"],
    ["no path", "unix:", "invalid --listen address: address unix:: missing socket path"]
  ])("late: --listen with %s", async (_row, listen, sentence) => {
    const config = await configure(["server", `--listen=${listen}`, "--target=localhost:1", ...good])
    expect(Result.isFailure(config) && config.failure).toBe(sentence)
  })
  it("late: the log says what Ghostunnel says when it listens", async () => {
    const why = "invalid --listen address: address x: missing port in address"
    expect(await loggedRefusal(["server", "--listen=x", "--target=localhost:1", ...good])).toEqual([
      `error trying to listen: ${why}`,
      `error from server listen: ${why}`
    ])
    const version = await loggedRefusal([...server, ...good, "--max-tls-version=x"])
    expect(version[0]).toMatch(/^error trying to read CA bundle: invalid max TLS version: unsupported TLS version: x /)
    expect(version[1]).toMatch(/^error from server listen: invalid max TLS version: unsupported TLS version: x /)
    expect(await loggedRefusal([...server, ...pem])).toEqual([`error: ${noAccess}`])
  })
  it("section 9, row 11: one systemd socket for two listeners", async () => {
    const argv = ["server", "--listen=systemd:x", "--target=localhost:1", "--status=systemd:x", ...good]
    const config = await configure(argv)
    expect(Result.isFailure(config) && config.failure).toBe('--listen and --status must not both be "systemd:x"')
  })
})

const tunnel = async (...flags: ReadonlyArray<string>) => Result.getOrThrow(await configure([...server, ...flags]))

describe("tunnels of server", () => {
  it("sinks of metrics", async () => {
    const none = (await tunnel(...good)).metrics
    expect([none.graphite, none.postUrl]).toEqual([undefined, undefined])
    const { graphite, postUrl } = (
      await tunnel(...good, "--metrics-graphite=localhost:2003", "--metrics-url=https://u:p@h/x?y")
    ).metrics
    expect(graphite).toEqual({ _tag: "Tcp", text: "localhost:2003", host: "127.0.0.1", port: 2003 })
    expect(String(postUrl)).not.toContain("p@h")
    expect(postUrl && Redacted.value(postUrl)).toBe("https://u:p@h/x?y")
    expect(none.otlp).toBeUndefined()
    const { otlp } = (await tunnel(...good, "--otlp-endpoint=http://u:p@h:4318", "--otlp-traces")).metrics
    expect([otlp && Redacted.value(otlp.endpoint), otlp?.traces]).toEqual(["http://u:p@h:4318", true])
    expect(String(otlp?.endpoint)).not.toContain("p@h")
  })
  it.each(["unix:x", "unix:@abstract", "127.0.0.1:1", "[::1]:1", "localhost:http"])(
    "safe target %s",
    async (target) => {
      const config = await configure(["server", "--listen=:1", `--target=${target}`, ...good])
      expect(Result.getOrThrow(config).target.text).toBe(target)
    }
  )
  it("an unsafe target that is allowed", async () => {
    const config = await configure(["server", "--listen=:1", "--target=h:1", "--unsafe-target", ...good])
    expect(Result.isSuccess(config)).toBe(true)
  })
  it.each([
    ["--allow-all", ["--allow-all"], { _tag: "AnyVerified" }],
    ["--disable-authentication", ["--disable-authentication"], { _tag: "Anonymous" }],
    ["pins", [pin], { _tag: "Pins", pins: [`sha256:${digest}`] }],
    [
      "names",
      ["--allow-cn=a", "--allow-cn=b", "--allow-ou=c", "--allow-dns-san=d", "--allow-ip=::1", "--allow-uri=e"],
      {
        _tag: "Names",
        rules: {
          commonNames: ["a", "b"],
          organizationalUnits: ["c"],
          dnsNames: ["d"],
          ipAddresses: ["::1"],
          uriPatterns: ["e"]
        }
      }
    ]
  ])("access by %s", async (_name, flags, access) => {
    expect(await tunnel(...pem, ...flags)).toHaveProperty("access", access)
  })
  it.each([
    ["--proxy-protocol", "conn"],
    ["--proxy-protocol-mode=tls-full", "tls-full"]
  ] as const)("%s", async (flag, proxyProtocol) => {
    expect(await tunnel(...good, flag)).toMatchObject({ proxyProtocol })
    expect("proxyProtocol" in (await tunnel(...good))).toBe(false)
  })
  it("credentials", async () => {
    expect((await tunnel(...good)).credentials).toEqual({ _tag: "KeyPair", certificatePath: "c", keyPath: "k" })
    expect((await tunnel("--keystore=s", ...all)).credentials).toEqual({ _tag: "Keystore", path: "s" })
    const { credentials } = await tunnel("--keystore=s", "--storepass=p", ...all)
    expect(credentials._tag === "Keystore" && credentials.password && Redacted.value(credentials.password)).toBe("p")
    expect((await tunnel(...good, "--storepass-file=credential:x")).credentials).toEqual({
      _tag: "KeyPair",
      certificatePath: "c",
      keyPath: "k",
      passwordPath: "credential:x"
    })
    const file = await tunnel("--keystore=s", "--storepass=", "--storepass-file=f", ...all)
    expect(file.credentials).toEqual({ _tag: "Keystore", path: "s", passwordPath: "f" })
  })
  it("one password, not two", async () => {
    const both = await configure([...server, "--keystore=s", "--storepass=p", "--storepass-file=f", ...all])
    const sentence =
      "--storepass (or KEYSTORE_PASS) and --storepass-file (or KEYSTORE_PASS_FILE) are mutually exclusive"
    expect(both).toEqual(Result.fail(sentence))
  })
  it("the rest", async () => {
    const config = await tunnel(
      ...good,
      ...["--cacert=r", "--timed-reload=1m", "--shutdown-timeout=2m", "--connect-timeout=3s", "--close-timeout=-1s"],
      ...["--max-conn-lifetime=4h", "--max-concurrent-conns=5", "--metrics-prefix=m", "--metrics-interval=0s"],
      ...[
        "--status=http://localhost:1",
        "--enable-shutdown",
        "--status-allow-host=Status.example",
        "--status-allow-host=[::2]",
        "--target-status=http://b/",
        "--quiet=conns",
        "--log-format=json"
      ],
      ...["--skip-resolve", "--workers=2", "--cipher-suites=CHACHA, UNSAFE-AZURE", "--allow-unsafe-cipher-suites"],
      ...["--max-tls-version=tls1.2", "--disable-landlock", "--use-landlock"]
    )
    const { reloadInterval, shutdownTimeout, connectTimeout, closeTimeout, maxConnectionLifetime } = config
    expect(
      [reloadInterval, shutdownTimeout, connectTimeout, closeTimeout, maxConnectionLifetime].map(Duration.toSeconds)
    ).toEqual([60, 120, 3, -1, 14400])
    expect(Duration.toSeconds(config.metrics.interval)).toBe(0)
    expect(config).toMatchObject({
      mode: "server",
      caBundlePath: "r",
      maxConcurrentConnections: 5,
      metrics: { prefix: "m" },
      status: {
        https: false,
        enableShutdown: true,
        enableProfiling: false,
        page: false,
        allowedHosts: ["status.example", "::2"],
        targetStatus: "http://b/"
      },
      quiet: ["conns"],
      logFormat: "json",
      resolveTarget: false,
      workers: 2,
      tls: { maxVersion: "TLSv1.2", cipherGroups: ["CHACHA", "UNSAFE-AZURE"] }
    })
  })
  it("application protocols in the order given, each once", async () => {
    expect((await tunnel(...good, "--alpn=h2", "--alpn", "http/1.1", "--alpn=h2")).tls.alpn).toEqual(["h2", "http/1.1"])
    expect((await tunnel(...good, "--alpn=h2, http/1.1")).tls.alpn).toEqual(["h2", "http/1.1"])
    expect((await tunnel(...good, "--alpn=b,a", "--alpn=a,c")).tls.alpn).toEqual(["b", "a", "c"])
  })
  it("revocation", async () => {
    const lists = ["--crl=a.pem", "--crl=b.crl"]
    const listPaths = ["a.pem", "b.crl"]
    expect((await tunnel(...good, ...lists)).revocation).toEqual({ listPaths, mode: "strict" })
    expect((await tunnel(...good, ...lists, "--crl-mode=warn")).revocation).toEqual({ listPaths, mode: "warn" })
    expect("revocation" in (await tunnel(...good))).toBe(false)
  })
  it("without flags: no status, no bundle, no protocols", async () => {
    const config = await tunnel(...good)
    expect(["status" in config, "caBundlePath" in config, "alpn" in config.tls]).toEqual([false, false, false])
  })
})
