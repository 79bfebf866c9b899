import { spawnSync } from "node:child_process"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber, Result } from "effect"
import type { TcpAddress, UnixAddress } from "../../src/config/Address.ts"
import { httpProbe } from "../../src/status/HttpProbe.ts"
import { eventually } from "../support/Changes.ts"
import { makeCa } from "../support/TestCa.ts"
import { address } from "./StatusPort.ts"

interface Backend {
  readonly target: TcpAddress | UnixAddress
  /** Every request as it came. */
  readonly requests: ReadonlyArray<string>
  readonly open: () => number
}

const allClosed = (open: () => number) =>
  eventually("the end of every connection", async () => open() === 0 || undefined)

const targetOf = (text: string): TcpAddress | UnixAddress => {
  const parsed = address(text)
  if (parsed._tag === "Tcp" || parsed._tag === "Unix") return parsed
  throw new Error(text)
}

/** A backend that answers each request with what `reply` makes of it; undefined never answers. */
const withBackend = async (
  reply: (request: string, n: number) => string | undefined,
  use: (backend: Backend) => Promise<void>,
  options: { readonly tls?: Tls.TlsOptions; readonly path?: string } = {}
) => {
  const requests: Array<string> = []
  const sockets = new Set<Net.Socket>()
  const onSocket = (socket: Net.Socket) => {
    let text = ""
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket)).on("error", () => {})
    socket.setEncoding("latin1").on("data", (part) => {
      text += part
      if (!text.endsWith("\r\n\r\n")) return
      requests.push(text)
      const answer = reply(text, requests.length)
      text = ""
      if (answer !== undefined) socket.write(answer)
      if (answer === "") socket.end()
    })
  }
  const server = options.tls === undefined ? Net.createServer(onSocket) : Tls.createServer(options.tls, onSocket)
  server.on("tlsClientError", () => {})
  await new Promise<void>((resolve) =>
    server.listen(options.path === undefined ? { port: 0, host: "127.0.0.1" } : { path: options.path }, resolve)
  )
  const bound = server.address()
  const text = typeof bound === "object" && bound !== null ? `127.0.0.1:${bound.port}` : `unix:${options.path}`
  try {
    await use({ target: targetOf(text), requests, open: () => sockets.size })
  } finally {
    for (const socket of sockets) socket.destroy()
    server.close()
  }
}

const ok = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
const status = (line: string, headers = "") => `HTTP/1.1 ${line}\r\nContent-Length: 0\r\n${headers}\r\n`

const probe = async (
  target: TcpAddress | UnixAddress,
  url: string,
  roots?: ReadonlyArray<string>,
  connectTimeout = Duration.seconds(5)
): Promise<string> => {
  const result = await Effect.runPromise(
    httpProbe({ target, url, connectTimeout, roots: roots === undefined ? undefined : () => roots })
  )
  return Result.isSuccess(result) ? "ok" : result.failure
}

// An environment that switches verification off has no say: everything below runs in one.
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"

describe("httpProbe", () => {
  it("asks the target, with the URL's names, byte for byte", () =>
    withBackend(
      () => ok,
      async ({ requests, target }) => {
        assert.strictEqual(await probe(target, "http://elsewhere.invalid:1234/health?x=%20y"), "ok")
        assert.strictEqual(
          requests[0],
          "GET /health?x=%20y HTTP/1.1\r\nHost: elsewhere.invalid:1234\r\n" +
            "User-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n\r\n"
        )
        await probe(target, "http://user:p%40ss@h:80")
        assert.strictEqual(
          requests[1],
          "GET / HTTP/1.1\r\nHost: h:80\r\nUser-Agent: Go-http-client/1.1\r\nAccept-Encoding: gzip\r\n" +
            `Authorization: Basic ${Buffer.from("user:p@ss").toString("base64")}\r\n\r\n`
        )
      }
    ))

  it("succeeds with 200 alone", async () => {
    const table: ReadonlyArray<readonly [string, number]> = [
      ["204 No Content", 204],
      ["201 Created", 201],
      ["302 Found", 302],
      ["304 Not Modified", 304],
      ["404 Not Found", 404],
      ["503 Service Unavailable", 503]
    ]
    for (const [line, code] of table) {
      await withBackend(
        () => status(line),
        async ({ target }) => {
          assert.strictEqual(await probe(target, "http://h/"), `target returned status: ${code}`)
        }
      )
    }
  })

  it("does not read bodies, and leaves no connection open", () =>
    withBackend(
      () => `HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n${"x".repeat(1000)}`,
      async ({ open, target }) => {
        assert.strictEqual(await probe(target, "http://h/"), "ok")
        await allClosed(open)
      }
    ))

  it("follows redirects over the target's connection, at most ten requests long", async () => {
    await withBackend(
      (_, n) => (n === 1 ? status("301 Moved", "Location: http://other.invalid/next?a\r\n") : ok),
      async ({ requests, target }) => {
        assert.strictEqual(await probe(target, "http://u:p@h/first"), "ok")
        assert.match(requests[1] ?? "", /^GET \/next\?a HTTP\/1\.1\r\nHost: other\.invalid\r\n/)
        assert.match(requests[1] ?? "", /\r\nReferer: http:\/\/h\/first\r\n/)
        assert.notMatch(requests[1] ?? "", /authorization/i)
      }
    )
    await withBackend(
      () => status("307 Temporary Redirect", "Location: /x\r\n"),
      async ({ requests, target }) => {
        assert.strictEqual(await probe(target, "http://h/"), 'Get "/x": stopped after 10 redirects')
        assert.strictEqual(requests.length, 10)
      }
    )
    await withBackend(
      () => status("302 Found", "Location: ftp://h/x\r\n"),
      async ({ target }) => {
        assert.strictEqual(await probe(target, "http://h/"), 'Get "ftp://h/x": unsupported protocol scheme "ftp"')
      }
    )
  })

  it("speaks https with the given roots, by name, and follows redirects to it", async () => {
    const ca = await makeCa("probe")
    const identity = await ca.issue({ cn: "x", dns: ["good.example"] })
    const nameless = await ca.issue({ cn: "good.example" })
    let asked: string | false | undefined
    const tls = {
      cert: identity.chainPem,
      key: identity.keyPem,
      requestCert: true,
      rejectUnauthorized: false,
      SNICallback: (name: string, done: (error: null) => void) => {
        asked = name
        done(null)
      }
    }
    await withBackend(
      () => ok,
      async ({ requests, target }) => {
        assert.strictEqual(await probe(target, "https://good.example/x", [ca.certPem]), "ok")
        assert.strictEqual(asked, "good.example")
        assert.match(requests[0] ?? "", /\r\nHost: good\.example\r\n/)
        assert.match(
          await probe(target, "https://bad.example/", [ca.certPem]),
          /^Get "https:\/\/bad\.example\/": tls: failed to verify certificate: x509: /
        )
        assert.strictEqual(
          await probe(target, "https://good.example/"),
          'Get "https://good.example/": tls: failed to verify certificate: x509: certificate signed by unknown authority'
        )
        assert.strictEqual(requests.length, 1)
      },
      { tls }
    )
    await withBackend(
      () => ok,
      async ({ target }) => {
        assert.match(await probe(target, "https://good.example/", [ca.certPem]), /not valid for any names/)
      },
      { tls: { cert: nameless.chainPem, key: nameless.keyPem } }
    )
  })

  it("trusts the system's roots by default, which SSL_CERT_FILE extends", async () => {
    const ca = await makeCa("probe")
    const code =
      "process.stdout.write(String(require('node:tls').getCACertificates('system').map((c) => c.trim()).includes(process.argv[1].trim())))"
    const { stdout } = spawnSync(process.execPath, ["-e", code, "--", ca.certPem], {
      encoding: "utf8",
      env: { ...process.env, SSL_CERT_FILE: ca.certPath }
    })
    assert.strictEqual(stdout, "true")
  })

  it("reaches UNIX sockets", () => {
    const path = `/tmp/ghostunnel-probe-${process.pid}.sock`
    return withBackend(
      () => ok,
      async ({ target }) => {
        assert.strictEqual(await probe(target, "http://anything/"), "ok")
      },
      { path }
    )
  })

  it("reports why the probe failed", async () => {
    await withBackend(
      () => "",
      async ({ target }) => {
        assert.strictEqual(await probe(target, "http://u:secret@h/p"), 'Get "http://u:***@h/p": EOF')
      }
    )
    await withBackend(
      () => "hello\r\n",
      async ({ target }) => {
        assert.strictEqual(
          await probe(target, "http://h/p"),
          'Get "http://h/p": net/http: HTTP/1.x transport connection broken: malformed HTTP response "hello"'
        )
      }
    )
    let closed = targetOf("127.0.0.1:1")
    await withBackend(
      () => ok,
      async ({ target }) => {
        closed = target
      }
    )
    assert.strictEqual(
      await probe(closed, "http://h/p"),
      `Get "http://h/p": dial tcp ${closed.text}: connect: connection refused`
    )
    assert.strictEqual(
      await probe(targetOf("unix:/nowhere/x"), "http://h/p"),
      'Get "http://h/p": dial unix /nowhere/x: connect: no such file or directory'
    )
    assert.match(
      await probe(targetOf("does-not-exist.invalid:1"), "http://h/p"),
      /^Get "http:\/\/h\/p": dial tcp: lookup does-not-exist\.invalid: /
    )
  })

  it("is bounded as a whole, whatever stalls", async () => {
    const deadline = 'Get "http://h/": context deadline exceeded'
    const short = Duration.millis(200)
    await withBackend(
      () => undefined,
      async ({ open, target }) => {
        assert.strictEqual(await probe(target, "http://h/", undefined, short), deadline)
        assert.strictEqual(
          await probe(target, "https://h/", undefined, short),
          'Get "https://h/": context deadline exceeded'
        )
        await allClosed(open)
      }
    )
    await withBackend(
      () => status("302 Found", "Location: /\r\n"),
      async ({ target }) => {
        const slow = await probe(target, "http://h/", undefined, Duration.zero)
        assert.strictEqual(slow, deadline)
      }
    )
  })

  it("goes away when interrupted", () =>
    withBackend(
      () => undefined,
      async ({ open, requests, target }) => {
        const fiber = Effect.runFork(httpProbe({ target, url: "http://h/", connectTimeout: Duration.seconds(30) }))
        await eventually("the request", async () => requests.length > 0 || undefined)
        await Effect.runPromise(Fiber.interrupt(fiber))
        await allClosed(open)
      }
    ))
})
