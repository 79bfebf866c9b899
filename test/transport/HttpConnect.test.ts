/** `--proxy` URLs and HTTP CONNECT (docs/compatibility/command-line.md, 8.5). */
import { inspect } from "node:util"
import { Result } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { httpConnect } from "../../src/transport/HttpConnect.ts"
import { type Negotiation, parseProxyUrl, type Step } from "../../src/transport/UpstreamProxy.ts"

const target = (host: string, port = 443) => ({ _tag: "Tcp" as const, text: "", host, port })
const credentials = (username: string, password: string) => ({
  username: new Uint8Array(Buffer.from(username)),
  password: new Uint8Array(Buffer.from(password))
})
const secret = credentials("user", "p@ss:wörd")
const token = Buffer.from("user:p@ss:wörd").toString("base64")
const open = (host = "backend", login?: typeof secret) => Result.getOrThrow(httpConnect(target(host), login))
const request = (negotiation: Negotiation) => Buffer.from(negotiation.start()).toString()

/** Feeds the chunks until the negotiation is over. What was not fed belongs to the surplus. */
const run = (negotiation: Negotiation, chunks: ReadonlyArray<Uint8Array>): Step => {
  negotiation.start()
  let last: Step = { _tag: "NeedMore", send: new Uint8Array() }
  for (const [index, chunk] of chunks.entries()) {
    last = negotiation.receive(chunk)
    if (last._tag === "Failed") return last
    if (last._tag === "Done") return { ...last, surplus: Buffer.concat([last.surplus, ...chunks.slice(index + 1)]) }
  }
  return last
}
const answer = (text: string, login = secret) => run(open("backend", login), [Buffer.from(text, "latin1")])
const message = (text: string) => {
  const step = answer(text)
  return step._tag === "Failed" ? step.message : step._tag
}

describe("the proxy's URL", () => {
  it.each([
    ["http://proxy", "http", "proxy", 8080, "http://proxy"],
    ["http://proxy:80", "http", "proxy", 80, "http://proxy:80"],
    ["HTTP://Proxy:3128/path?q#f", "http", "Proxy", 3128, "http://Proxy:3128"],
    ["http://proxy:", "http", "proxy", 8080, "http://proxy:"],
    ["http://:3128", "http", "", 3128, "http://:3128"],
    ["socks5://proxy", "socks5", "proxy", 1080, "socks5://proxy"],
    ["socks5h://proxy:9", "socks5", "proxy", 9, "socks5h://proxy:9"],
    ["socks5://[::1]", "socks5", "::1", 1080, "socks5://[::1]"],
    ["http://[fe80::1%25eth0]:1", "http", "fe80::1%eth0", 1, "http://[fe80::1%25eth0]:1"],
    ["http://@proxy", "http", "proxy", 8080, "http://proxy"]
  ])("%s", (url, scheme, host, port, display) => {
    const proxy = Result.getOrThrow(parseProxyUrl(url))
    expect(proxy).toMatchObject({ scheme, address: { _tag: "Tcp", host, port }, display, credentials: undefined })
  })
  it.each([
    ["http://user:pw@proxy", "user", "pw", "http://user:xxxxx@proxy"],
    ["http://us%65r:p%40ss%3Aw%C3%B6rd@proxy:1", "user", "p@ss:wörd", "http://us%65r:xxxxx@proxy:1"],
    ["http://a:b:c@d@proxy", "a", "b:c@d", "http://a:xxxxx@proxy"],
    ["http://:pw@proxy", "", "pw", "http://:xxxxx@proxy"],
    ["http://key@proxy", "key", "", "http://xxxxx@proxy"],
    ["socks5://key:@proxy", "key", "", "socks5://xxxxx@proxy"]
  ])("%s", (url, username, password, display) => {
    const proxy = Result.getOrThrow(parseProxyUrl(url))
    expect(proxy.credentials).toEqual(credentials(username, password))
    expect(proxy.display).toBe(display)
    expect(structuredClone(proxy)).toEqual(proxy)
  })
  it("keeps bytes that are no text", () => {
    const { credentials } = Result.getOrThrow(parseProxyUrl("http://%ff:%00@proxy"))
    expect(credentials).toEqual({ username: Uint8Array.of(255), password: Uint8Array.of(0) })
  })
  it("is not printed as text when the value is", () => {
    const shown = inspect(Result.getOrThrow(parseProxyUrl("http://user:swordfish@proxy")), { depth: 9 })
    expect(shown).not.toContain("swordfish")
  })
  it.each([
    ["ftp://proxy", "proxy: unknown scheme: ftp"],
    ["https://proxy", "proxy: unknown scheme: https"],
    ["proxy:8080", "proxy: unknown scheme: proxy"],
    ["proxy", "proxy: unknown scheme: "],
    ["", "proxy: unknown scheme: "],
    ["//proxy", "proxy: unknown scheme: "],
    ["http:proxy", "proxy: missing host"],
    ["http://", "proxy: missing host"],
    ["http:///path", "proxy: missing host"],
    ["http://user:pw@", "proxy: missing host"],
    ["http://a b", "proxy: invalid host"],
    ["http://a%62", "proxy: invalid host"],
    ["http://a\r\nX: y", "proxy: invalid host"],
    ["http://[::1", "proxy: invalid host"],
    ["http://[proxy]", "proxy: invalid host"],
    ["http://::1", "proxy: invalid host"],
    ["http://proxy:x", "proxy: invalid host"],
    ["http://proxy:65536", "proxy: invalid port 65536"],
    ["http://us er:pw@proxy", "proxy: invalid userinfo"],
    ["http://user:p%w@proxy", "proxy: invalid userinfo"],
    ["http://user:p\n@proxy", "proxy: invalid userinfo"],
    [
      "http://user:123@127.1",
      "proxy: invalid host: the host is neither a name nor an address: write an IPv4 address as four decimal numbers without leading zeros"
    ],
    ["http://user:123/4@proxy", "proxy: invalid userinfo"],
    ["http://user:70000#\n@proxy", "proxy: invalid userinfo"],
    ["socks5://:pw@proxy", "proxy: invalid username/password"],
    [`socks5://u:${"x".repeat(256)}@proxy`, "proxy: invalid username/password"]
  ])("refuses %j", (url, expected) => {
    const parsed = parseProxyUrl(url)
    expect(Result.isFailure(parsed) && parsed.failure).toBe(expected)
  })
  it("never throws and never shows a password", () => {
    const words = fc.array(
      fc.oneof(fc.constantFrom("http", "socks5", ":", "//", "@", "[", "]", "%41", "/", "1"), fc.string())
    )
    fc.assert(fc.property(words, (parts) => void parseProxyUrl(parts.join(""))))
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.constantFrom("http", "socks5", "ftp"), (username, password, scheme) => {
        const url = `${scheme}://${encodeURIComponent(username)}:swordfish${encodeURIComponent(password)}@proxy`
        expect(JSON.stringify(parseProxyUrl(url))).not.toContain("swordfish")
      })
    )
  })
})

describe("the request", () => {
  const head = (authority: string) =>
    `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\nUser-Agent: Go-http-client/1.1\r\n`
  it.each([
    ["backend", "backend:443"],
    ["Back_end.example", "Back_end.example:443"],
    ["1.2.3.4", "1.2.3.4:443"],
    ["127.1", "127.1:443"],
    ["::1", "[::1]:443"],
    ["fe80::1%eth0", "[fe80::1%eth0]:443"],
    ["bücher.example", "xn--bcher-kva.example:443"]
  ])("for %s", (host, authority) => {
    expect(request(open(host))).toBe(`${head(authority)}\r\n`)
    expect(request(open(host, secret))).toBe(`${head(authority)}Proxy-Authorization: Basic ${token}\r\n\r\n`)
  })
  it.each([
    "",
    "a b",
    "a\r\nX: y",
    "a\0",
    "a/b",
    "a@b",
    "a:b",
    "[::1]",
    "ü b",
    "ü/x",
    "\r\nü",
    "ü\u0085",
    "::1%\r\nX: y"
  ])("is not made for %j", (host) => {
    const made = httpConnect(target(host), undefined)
    expect(Result.isFailure(made) && made.failure).toBe("http_tunnel: invalid target host")
  })
  it("has five lines, whatever the target and the credentials", () => {
    const login = fc.record({ username: fc.uint8Array(), password: fc.uint8Array() })
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: "binary" }), fc.domain(), fc.ipV6()),
        login,
        (host, login) => {
          const made = httpConnect(target(host), login)
          if (Result.isFailure(made)) return
          const lines = request(made.success).split(/\r|\n/)
          expect(lines.filter((line) => line !== "").length).toBe(4)
          expect(lines[0]).toMatch(/^CONNECT \S+:443 HTTP\/1\.1$/)
          const [, sent = ""] = /Basic (.*)\r\n\r\n$/.exec(request(made.success)) ?? []
          expect([...Buffer.from(sent, "base64")]).toEqual([...login.username, 58, ...login.password])
        }
      )
    )
  })
})

describe("the answer", () => {
  it.each([
    "HTTP/1.1 200 Connection established\r\n\r\n",
    "HTTP/1.0 200\r\n\r\n",
    "HTTP/1.1 200 OK\nVia: x\n\n",
    "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\nX:\r\n folded\r\n\r\n"
  ])("%j is success", (text) => {
    expect(answer(text)).toMatchObject({ _tag: "Done", surplus: Buffer.from("") })
    expect(answer(`${text}\r\n\x16tls`)).toMatchObject({ _tag: "Done", surplus: Buffer.from("\r\n\x16tls") })
  })
  it.each([
    ["HTTP/1.1 407 Proxy Authentication Required\r\n", "407: 407 Proxy Authentication Required"],
    ["HTTP/1.1 201 Created\r\n\r\n", "201: 201 Created"],
    ["HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n", "100: 100 Continue"],
    ["HTTP/1.1 502\r\n", "502: 502"],
    ["HTTP/1.1 502 bad\x1b[2J \xff\n", "502: 502 bad?[2J ?"],
    [`HTTP/1.1 502 ${"x".repeat(999)}\n`, `502: 502 ${"x".repeat(256)}`],
    // A proxy that gives back what it was told in confidence.
    [`HTTP/1.1 407 no ${token}\n`, "407: 407 Proxy Authentication Required"],
    [`HTTP/1.1 407 no ${Buffer.from("p@ss:wörd").toString("latin1")}\n`, "407: 407 Proxy Authentication Required"]
  ])("%j is refused", (text, words) => {
    expect(message(text)).toBe(`http_tunnel: failed proxying ${words}`)
  })
  it.each([
    [credentials("t0ken", ""), "407: 407 Proxy Authentication Required"],
    [credentials("t0ken", "word"), "407: 407 no t0ken"]
  ])("repeats no user name that stands alone", (login, words) => {
    const refused = { _tag: "Failed", message: `http_tunnel: failed proxying ${words}` }
    expect(answer("HTTP/1.1 407 no t0ken\n", login)).toEqual(refused)
  })
  it.each([
    "\r\n",
    "junk\n",
    "SSH-2.0-OpenSSH_9.2\r\n",
    "HTTP/1.1 2000 OK\r\n",
    "HTTP/1.1 20 OK\r\n",
    "HTTP/1.1 200 O\rK\r\n",
    "HTTP/1.1\t200 OK\r\n",
    "HTTP/1.1 200 OK\r\nno field\r\n",
    "HTTP/1.1 200 OK\r\n: x\r\n"
  ])("%j is junk", (text) => {
    expect(message(text)).toBe("malformed HTTP response")
  })
  it("may measure 64 KiB", () => {
    const sized = (size: number) => {
      const fixed = "HTTP/1.1 200 OK\r\nX: \r\n\r\n".length
      return `HTTP/1.1 200 OK\r\nX: ${"x".repeat(size - fixed)}\r\n\r\n`
    }
    expect(message(sized(65_536))).toBe("Done")
    expect(message(sized(65_537))).toBe("malformed HTTP response: head longer than 65536 bytes")
    expect(message("x".repeat(65_536))).toBe("NeedMore")
    expect(message("x".repeat(65_537))).toBe("malformed HTTP response: head longer than 65536 bytes")
  })
  it("has words for an end before the end", () => {
    expect(open().undialled("dial tcp 127.0.0.1:1: connect: connection refused")).toBe(
      "http_tunnel: failed dialing to proxy: dial tcp 127.0.0.1:1: connect: connection refused"
    )
    expect(open().interrupted("i/o timeout")).toBe("http_tunnel: no answer from proxy: i/o timeout")
  })

  const pieces = fc.array(
    fc.oneof(
      fc.constantFrom("HTTP/1.1 200 OK", "HTTP/1.1 407 No", "\r\n", "\n", "\r", "X: y", " ", token, "x".repeat(30_000)),
      fc.string({ unit: "binary-ascii" })
    )
  )
  const texts = fc.oneof(
    pieces.map((parts) => parts.join("")),
    pieces.map((parts) => `HTTP/1.1 200 OK\r\nX: y\r\n${parts.join("")}`),
    fc.string({ unit: "binary-ascii" }).map((surplus) => `HTTP/1.1 200 OK\r\nX: y\r\n\r\n${surplus}`)
  )
  it("means the same in any chunks, and never throws or tells the password", () => {
    fc.assert(
      fc.property(texts, fc.array(fc.nat(), { maxLength: 20 }), (text, cuts) => {
        const bytes = Buffer.from(text, "latin1")
        const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b)
        const chunks = places.map((place, index) => bytes.subarray(places[index - 1] ?? 0, place))
        const whole = run(open("backend", secret), [bytes])
        expect(run(open("backend", secret), chunks)).toEqual(whole)
        if (whole._tag === "Failed") expect(whole.message).not.toContain(token)
        if (whole._tag === "Failed") expect(whole.message).toMatch(/^[ -~]*$/)
      }),
      { numRuns: 1_000 }
    )
  })
})
