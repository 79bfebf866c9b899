/** Hosts that a resolver or a URL parser would take for an address are refused, wherever one is written. */
import { isIPv4 } from "node:net"
import { Redacted, Result, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { refuseHost, refuseUrl } from "../../src/config/HostText.ts"
import { ClientConfig, ServerConfig } from "../../src/config/TunnelConfig.ts"
import { parseProxyUrl } from "../../src/transport/UpstreamProxy.ts"
import { client, configure, refusal, run, server } from "../cli/CommandLine.ts"

const refused = "write an IPv4 address as four decimal numbers without leading zeros"

const numeric = [
  ...["0", "1", "2130706433", "127.1", "127.0.1", "0177.0.0.1", "127.0.0.01", "0x7f.1", "0X7F000001", "127.0.0.0x1"],
  ...["256.1.1.1", "1.2.3.4.5", "1.2.3.4.", "0x", "example.0x", "example.7", "a..8", "1.2.3.09"],
  ...["１２７.１", "127。1", "127．0．0．1", "0\u00ad", "%30"]
]

const fine = [
  ...["", "localhost", "127.0.0.1", "0.0.0.0", "255.255.255.255", "::1", "fe80::1%eth0", "::ffff:1.2.3.4"],
  ...["example.com", "1.example.com", "db-01", "0x.example", "a.0xzz", "x1", "10-0-0-1", "münchen.de", "_srv.a_b"]
]

describe("hosts", () => {
  it.each(numeric)("%j is refused", (host) => expect(refuseHost(host)).toContain(refused))
  it.each(fine)("%j is accepted", (host) => expect(refuseHost(host)).toBeUndefined())
  it("control characters are refused, by which C would see a shorter host", () => {
    expect(refuseHost("127.1\0.example.com")).toBe("the host has control characters")
  })
})

describe("URLs", () => {
  it.each([
    ...[
      "http://0",
      "http://0/",
      "https://0x7f.1:8443/x",
      "http://user:secret@127.1:80/",
      "http:0",
      "http:\\\\0",
      "http:/0/x"
    ],
    ...[
      "http://%31/",
      "http://１２７.１/",
      "http://1.2.3.4./",
      "http://1.2.3.4.:80",
      "socks5://127.1:1080",
      " http://0/"
    ],
    ...["ht\ntp://0/", "http://a@b@0/", "socks5://proxy\\@127.1:1080", "socks5://1.2.3.4\\@0x7f.1"]
  ])("%j is refused without showing it", (url) => {
    expect(refuseUrl(url)).toContain(refused)
    expect(refuseUrl(url)).not.toContain("secret")
  })
  it.each([
    ...["http://127.0.0.1", "http://127.0.0.1:80/0", "https://[::1]:4318/", "http://u:0@localhost/", "http://h/x@0"],
    ...["http://localhost?127.1", "socks5h://proxy:1080", "http://[::ffff:127.0.0.1]/"]
  ])("%j is accepted", (url) => expect(refuseUrl(url)).toBeUndefined())
  it("no accepted one is asked at an address that it does not show", () => {
    const part = fc.constantFrom(
      "0",
      "1",
      ".",
      "x",
      "127",
      "0x",
      "%2e",
      "%30",
      "１",
      "。",
      "\u00ad",
      "a",
      "@",
      ":",
      "\t",
      "\\"
    )
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 8 }), (parts) => {
        const text = `http://${parts.join("")}/`
        if (refuseUrl(text) !== undefined) return
        const host = URL.parse(text)?.hostname ?? ""
        if (isIPv4(host)) expect(text).toContain(host)
      }),
      { numRuns: 5000 }
    )
  })
})

describe("every place that takes a host", () => {
  const pem = ["--cert=c", "--key=k"]
  const good = [...server, ...pem, "--allow-all"]
  it.each([
    [["server", "--listen=0:1", "--target=localhost:2", ...pem, "--allow-all"]],
    [["server", "--listen=h:1", "--target=127.1:2", "--unsafe-target", ...pem, "--allow-all"]],
    [["client", "--listen=0x7f.1:1", "--unsafe-listen", "--target=h:2", ...pem]],
    [["client", "--listen=localhost:1", "--target=0177.0.0.1:2", ...pem]],
    [[...good, "--metrics-url=http://0/"]],
    [[...good, "--otlp-endpoint=http://127.1:4318"]],
    [[...good, "--status=localhost:3", "--target-status=http://0x7f.1/"]]
  ])("%j", async (argv) => {
    const config = await configure(argv)
    expect(Result.isFailure(config) ? config.failure : "accepted").toContain(refused)
  })
  it.each([[[...good, "--status=https://0:3"]], [[...good, "--metrics-graphite=127.1:2003"]]])("%j", async (argv) => {
    expect(refusal(await run(argv))).toContain(refused)
  })
  it("a proxy's URL", async () => {
    const proxied = await configure([...client, ...pem, "--proxy=socks5://127.1:1080"])
    const proxy = Result.isSuccess(proxied) && proxied.success.mode === "client" ? proxied.success.proxyUrl : undefined
    const parsed = parseProxyUrl(proxy === undefined ? "" : Redacted.value(proxy))
    expect(Result.isFailure(parsed) ? parsed.failure : "accepted").toContain(refused)
  })
  it.each([
    ["target", { target: "0:8080" }],
    ["listen", { listen: "127.1:8443" }],
    ["status", { status: { address: "0x7f.1:6060" } }],
    ["target status", { status: { address: "localhost:6060", targetStatus: "http://0/" } }],
    ["Graphite", { metrics: { graphite: "0:2003" } }],
    ["posts", { metrics: { postUrl: "http://user:secret@0/" } }],
    ["OTLP", { metrics: { otlp: { endpoint: "http://user:secret@127.1:4318" } } }]
  ])("decoded configurations: %s", (_, part) => {
    const least = {
      listen: "localhost:8443",
      target: "localhost:8080",
      credentials: { _tag: "Keystore", path: "server.pem" },
      access: { _tag: "AnyVerified" }
    }
    for (const Config of [ServerConfig, ClientConfig]) {
      const decode = Schema.decodeUnknownResult(Config)
      expect(Result.isSuccess(decode(least))).toBe(true)
      const decoded = decode({ ...least, ...part })
      expect(Result.isFailure(decoded)).toBe(true)
      expect(String(Result.isFailure(decoded) ? decoded.failure : "")).not.toContain("secret")
    }
  })
  it("an address that did not come from a text", () => {
    const tcp = (host: string) => ({ _tag: "Tcp", text: `${host}:1`, host, port: 1 }) as const
    const config = (host: string) =>
      ServerConfig.make({
        ...Schema.decodeSync(ServerConfig)({
          listen: "localhost:1",
          target: "localhost:2",
          credentials: { _tag: "Keystore", path: "server.pem" },
          access: { _tag: "AnyVerified" }
        }),
        target: tcp(host),
        unsafeTarget: true
      })
    expect(config("127.0.0.1").target).toHaveProperty("host", "127.0.0.1")
    expect(() => config("127.1")).toThrow()
  })
})
