import { execFile } from "node:child_process"
import { setTimeout as sleep } from "node:timers/promises"
import { promisify } from "node:util"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Result, Schema } from "effect"
import { eventually } from "../support/Changes.ts"
import { needing } from "../support/Installed.ts"
import { makeCa } from "../support/TestCa.ts"
import { address, connect, connectTls, exchange, material, type PortOptions, request, startPort } from "./StatusPort.ts"

type Port = Awaited<ReturnType<typeof startPort>>

const run = promisify(execFile)

const withPort = async (options: PortOptions, use: (port: Port) => Promise<void>): Promise<void> => {
  const port = await startPort(options)
  try {
    await use(port)
  } finally {
    await port.close()
  }
}

const at = (port: Port) => ({ host: "127.0.0.1", port: port.port })
const head = (reply: string) => reply.split("\r\n\r\n", 1)[0] ?? ""
const bodyOf = (reply: string) => reply.slice(head(reply).length + 4)
const statusOf = (reply: string) => Number(reply.split(" ", 2)[1])
const has = (text: string, pattern: RegExp) => assert.match(text, pattern)
const Body = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ ok: Schema.Boolean, message: Schema.String }))
)

const identities = async () => {
  const ca = await makeCa("status")
  return {
    ca,
    first: await ca.issue({ cn: "first", dns: ["localhost"] }),
    second: await ca.issue({ cn: "second", dns: ["localhost"] })
  }
}
const subject = (text: string | undefined) => /CN=(\w+)/.exec(text ?? "")?.[1]

describe("routes", () => {
  it("answers /_status to every method", () =>
    withPort({}, async (port) => {
      await port.runtime.runPromise(port.status.listening)
      for (const method of ["GET", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "PROPFIND"]) {
        const reply = await exchange(at(port), request(`${method} /_status?x=1`))
        assert.strictEqual(statusOf(reply), 200, method)
        has(head(reply), /content-type: application\/json\r\n/i)
        has(head(reply), new RegExp(`content-length: ${bodyOf(reply).length}`, "i"))
        assert.deepStrictEqual(Body(bodyOf(reply)), { ok: true, message: "listening" })
        assert.notMatch(head(reply), /server:|cache-control:|keep-alive:/i)
      }
      const reply = await exchange(at(port), request("HEAD /_status"))
      has(head(reply), /content-length: \d{3}/i)
      assert.strictEqual(bodyOf(reply), "")
    }))

  it("answers 503 before the tunnel listens", () =>
    withPort({}, async (port) => {
      const reply = await exchange(at(port), request("GET /_status"))
      assert.strictEqual(statusOf(reply), 503)
      has(head(reply), /content-type: application\/json/i)
    }))

  it("ignores request bodies, read or not", () =>
    withPort({}, async (port) => {
      const whole = await exchange(at(port), `${request("POST /_status", "Content-Length: 5\r\n")}hello`)
      assert.strictEqual(statusOf(whole), 503)
      const client = await connect(at(port))
      client.send("POST /_status HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\n")
      await client.until(/"ok":false/)
      client.close()
    }))

  it("serves metrics in two formats", () =>
    withPort({}, async (port) => {
      const table: ReadonlyArray<readonly [string, "json" | "prometheus"]> = [
        ["/_metrics", "json"],
        ["/_metrics/json", "json"],
        ["/_metrics?format=", "json"],
        ["/_metrics?format=json", "json"],
        ["/_metrics?FORMAT=prometheus", "json"],
        ["/_metrics?format=Prometheus", "json"],
        ["/_metrics?format=json&format=prometheus", "json"],
        ["/_metrics?format=prometheus&format=json", "prometheus"],
        ["/_metrics?x=1&format=prometheus", "prometheus"],
        ["/_metrics/prometheus?name[]=x", "prometheus"]
      ]
      for (const [path, format] of table) {
        for (const method of ["GET", "POST"]) {
          const reply = await exchange(at(port), request(`${method} ${path}`))
          assert.strictEqual(statusOf(reply), 200)
          if (format === "json") {
            has(head(reply), /content-type: application\/json/i)
            assert.strictEqual(bodyOf(reply), "[]", path)
          } else {
            has(head(reply), /content-type: text\/plain; version=0.0.4; charset=utf-8; escaping=underscores/i)
            has(bodyOf(reply), /^# HELP page\n/)
          }
        }
      }
      for (const path of ["/_metrics", "/_metrics/json", "/_metrics/prometheus"]) {
        const reply = await exchange(at(port), request(`HEAD ${path}`))
        assert.strictEqual(statusOf(reply), 200)
        assert.notMatch(head(reply), /content-length/i)
      }
    }))

  it("compresses for Prometheus alone", () =>
    withPort({}, async (port) => {
      const gzip = "Accept-Encoding: gzip\r\nAccept: text/plain;version=1.0.0;escaping=allow-utf-8\r\n"
      const reply = await exchange(at(port), request("GET /_metrics/prometheus", gzip))
      has(head(reply), /content-encoding: gzip/i)
      has(head(reply), /escaping=allow-utf-8/)
      has(gunzipSync(Buffer.from(bodyOf(reply), "latin1")).toString(), /^# HELP page\n/)
      for (const path of ["/_metrics/json", "/_status"]) {
        assert.notMatch(head(await exchange(at(port), request(`GET ${path}`, gzip))), /content-encoding/i)
      }
    }))

  it("matches paths exactly, after percent-decoding", () =>
    withPort({}, async (port) => {
      for (const path of ["/%5fstatus", "/%5Fstatu%73", "http://elsewhere/_status"]) {
        assert.strictEqual(statusOf(await exchange(at(port), request(`GET ${path}`))), 503, path)
      }
      const unknown = ["/", "/_status/", "/_STATUS", "//_status", "/x/../_status", "/_metrics/", "/_metrics/x"]
      for (const path of [...unknown, "/_status;x", "/_metrics%2fjson", "/%zz", "/debug/pprof/", "/_shutdown/"]) {
        const reply = await exchange(at(port), request(`GET ${path}`))
        assert.strictEqual(statusOf(reply), 404, path)
        has(head(reply), /content-type: text\/plain; charset=utf-8/i)
        has(head(reply), /x-content-type-options: nosniff/i)
        assert.strictEqual(bodyOf(reply), "404 page not found\n")
      }
    }))
})

describe("/_shutdown", () => {
  it("does not exist unless enabled", () =>
    withPort({ enableShutdown: false }, async (port) => {
      assert.strictEqual(statusOf(await exchange(at(port), request("POST /_shutdown"))), 404)
    }))

  it("takes POST, as often as it comes, and nothing else", () =>
    withPort({}, async (port) => {
      for (const method of ["GET", "HEAD", "PUT", "OPTIONS"]) {
        const reply = await exchange(at(port), request(`${method} /_shutdown`))
        assert.strictEqual(statusOf(reply), 405)
        assert.notMatch(head(reply), /allow:|content-type/i)
        assert.strictEqual(bodyOf(reply), "")
      }
      assert.deepStrictEqual(port.lines, [])
      const asked = port.runtime.runPromise(Effect.timeout(port.requested, "5 seconds"))
      for (let n = 1; n <= 2; n++) {
        const reply = await exchange(at(port), `${request("POST /_shutdown?x", "Content-Length: 1\r\n")}x`)
        assert.strictEqual(statusOf(reply), 200)
        assert.notMatch(head(reply), /content-type/i)
        has(head(reply), /content-length: 0/i)
        assert.strictEqual(port.lines.filter((line) => line === "shutdown was requested via status endpoint").length, n)
      }
      assert.deepStrictEqual(await asked, { _tag: "Request" })
    }))
})

describe("HTTP", () => {
  it("answers several requests on one connection", () =>
    withPort({}, async (port) => {
      const client = await connect(at(port))
      client.send("GET /_metrics/json HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.until(/\[\]$/)
      client.send("GET /_metrics HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.until(/\[\][\s\S]*\[\]$/)
      client.close()
    }))

  it("wants a Host header from HTTP/1.1 alone", () =>
    withPort({}, async (port) => {
      const reply = await exchange(at(port), "GET /_status HTTP/1.1\r\n\r\n")
      assert.strictEqual(statusOf(reply), 400)
      has(head(reply), /connection: close/i)
      assert.strictEqual(bodyOf(reply), "400 Bad Request: missing required Host header")
      const old = await exchange(at(port), "GET /_status HTTP/1.0\r\n\r\n")
      assert.strictEqual(statusOf(old), 503)
      has(head(old), /content-length: \d+/i)
    }))

  it("refuses what is no HTTP and headers beyond a mebibyte", () =>
    withPort({}, async (port) => {
      assert.strictEqual(statusOf(await exchange(at(port), "hello\r\n\r\n")), 400)
      const large = (bytes: number) => request("GET /_status", `X: ${"x".repeat(bytes)}\r\n`)
      assert.strictEqual(statusOf(await exchange(at(port), large(1_000_000))), 503)
      assert.strictEqual(statusOf(await exchange(at(port), large(1_100_000))), 431)
    }))

  it("closes silent connections without a byte and half a header with 400, after the connect timeout", () =>
    withPort({ connectTimeout: Duration.millis(300) }, async (port) => {
      const started = performance.now()
      const silent = await connect(at(port))
      const half = await connect(at(port))
      half.send("GET /_status HTTP/1.1\r\nHo")
      const dripping = await connect(at(port))
      const drip = setInterval(() => dripping.send("X"), 50)
      await Promise.all([silent.ended, half.ended, dripping.ended])
      clearInterval(drip)
      const took = performance.now() - started
      assert.isTrue(took >= 290 && took < 5000, `${took} ms`)
      assert.strictEqual(silent.received, "")
      has(half.received, /^HTTP\/1.1 400 Bad Request\r\n/)
      has(dripping.received, /^HTTP\/1.1 400 Bad Request\r\n/)
    }))

  it("keeps an idle connection beyond the connect timeout, once it was used", () =>
    withPort({ connectTimeout: Duration.millis(200) }, async (port) => {
      const client = await connect(at(port))
      client.send("GET /_metrics HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.until(/\[\]$/)
      await sleep(700)
      client.send("GET /_metrics HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.until(/\[\][\s\S]*\[\]$/)
      // Its next header is timed again.
      client.send("GET /_met")
      await client.ended
      has(client.received, /HTTP\/1.1 400 Bad Request/)
    }))

  it("gives the backend check up when the client goes away", async () => {
    const begun = Promise.withResolvers<void>()
    const interrupted = Promise.withResolvers<void>()
    const check = Effect.onInterrupt(
      Effect.andThen(
        Effect.sync(() => begun.resolve()),
        Effect.never
      ),
      () => Effect.sync(() => interrupted.resolve())
    )
    await withPort({ check }, async (port) => {
      const client = await connect(at(port))
      client.send("GET /_status HTTP/1.1\r\nHost: x\r\n\r\n")
      await begun.promise
      assert.isFalse(await Promise.race([interrupted.promise.then(() => true), sleep(100, false)]))
      client.close()
      await interrupted.promise
    })
  })
})

describe("HTTPS", () => {
  it("serves the tunnel's certificate on TLS 1.2 and 1.3, without ALPN, and asks for none", async () => {
    const { ca, first, second } = await identities()
    await withPort({ https: true, material: material(first) }, async (port) => {
      assert.strictEqual(port.server.protocol, "https")
      for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
        const versions = { minVersion: version, maxVersion: version }
        const trust = { ca: ca.certPem, servername: "localhost", rejectUnauthorized: true }
        // A client that has a certificate keeps it to itself.
        const own = { cert: second.chainPem, key: second.keyPem, ALPNProtocols: ["h2"] }
        const client = await connectTls({ ...versions, ...trust, ...own, port: port.port })
        assert.strictEqual(client.tls?.getProtocol(), version)
        assert.isFalse(client.tls?.alpnProtocol)
        client.send(request("GET /_metrics"))
        await client.ended
        has(client.received, /\[\]$/)
      }
      assert.deepStrictEqual(port.lines, [])
    })
  })

  const curl = needing("curl")
  it.skipIf(curl.skip)(`serves curl${curl.reason}`, async () => {
    const { ca, first } = await identities()
    await withPort({ https: true, material: material(first) }, async (port) => {
      const { stdout } = await run("curl", ["-s", "--cacert", ca.certPath, `https://localhost:${port.port}/_metrics`])
      assert.strictEqual(stdout, "[]")
      assert.deepStrictEqual(port.lines, [])
    })
  })

  it("refuses TLS 1.1, and 1.3 or suites that the options leave out", async () => {
    const { first } = await identities()
    const tls = { maxVersion: "TLSv1.2", cipherGroups: ["CHACHA"] } as const
    await withPort({ https: true, material: material(first), tls }, async (port) => {
      const fails = (options: Parameters<typeof connectTls>[0]) =>
        connectTls({ ...options, port: port.port }).then(
          () => "connected",
          (error: Error) => error.message
        )
      const old = { minVersion: "TLSv1.1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const
      has(await fails(old), /alert number 70|unsupported protocol/)
      has(await fails({ minVersion: "TLSv1.3" }), /alert number 70/)
      has(await fails({ maxVersion: "TLSv1.2", ciphers: "ECDHE-ECDSA-AES128-GCM-SHA256" }), /alert number 40/)
      const client = await connectTls({ port: port.port })
      assert.strictEqual(client.tls?.getCipher().name, "ECDHE-ECDSA-CHACHA20-POLY1305")
      client.close()
      has(port.lines.join("\n"), /^http: TLS handshake error from 127\.0\.0\.1:\d+: tls: client offered only unsupp/m)
      has(port.lines.join("\n"), /: tls: no cipher suite supported by both client and server$/m)
    })
  })

  it("shows a new certificate to the next connection and keeps the old one when the new one is bad", async () => {
    const { first, second } = await identities()
    await withPort({ https: true, material: material(first) }, async (port) => {
      const shown = async () => {
        const client = await connectTls({ port: port.port })
        const name = subject(client.tls?.getPeerX509Certificate()?.subject)
        return { client, name }
      }
      const before = await shown()
      assert.strictEqual(before.name, "first")
      await port.runtime.runPromise(port.server.update(material(second, 2)))
      const after = await shown()
      assert.strictEqual(after.name, "second")
      const bad = { ...material(second, 3), identity: { chainPem: second.chainPem, keyPem: first.keyPem } }
      const result = await port.runtime.runPromise(Effect.result(port.server.update(bad)))
      assert.isTrue(Result.isFailure(result))
      assert.strictEqual((await shown()).name, "second")
      before.client.send(request("GET /_metrics"))
      await before.client.ended
      has(before.client.received, /\[\]$/)
      after.client.close()
    })
  })

  it("tells plain HTTP where it is, and logs other failures", async () => {
    const { first } = await identities()
    await withPort({ https: true, material: material(first) }, async (port) => {
      const line = async (pattern: RegExp) => {
        await eventually(`${pattern}`, async () => port.lines.some((text) => pattern.test(text)) || undefined)
        has(port.lines.splice(0).join("\n"), pattern)
      }
      assert.strictEqual(
        await exchange(at(port), request("GET /_status")),
        "HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n"
      )
      const prefix = "^http: TLS handshake error from 127\\.0\\.0\\.1:\\d+: "
      await line(new RegExp(`${prefix}client sent an HTTP request to an HTTPS server$`))
      await exchange(at(port), "\0\0garbage")
      await line(new RegExp(`${prefix}tls: first record does not look like a TLS handshake$`))
      const leaver = await connect(at(port))
      leaver.close()
      await line(new RegExp(`${prefix}EOF$`))
      const resetter = await connect(at(port))
      resetter.socket.resetAndDestroy()
      await line(new RegExp(`${prefix}(read: connection reset by peer|EOF)$`))
      await run("openssl", ["s_client", "-verify_return_error", "-connect", `127.0.0.1:${port.port}`]).catch(() => {})
      await line(new RegExp(`${prefix}remote error: tls: unknown certificate authority$`))
    })
  })

  it("bounds the handshake absolutely by the connect timeout", async () => {
    const { first } = await identities()
    await withPort({ https: true, material: material(first), connectTimeout: Duration.millis(300) }, async (port) => {
      const started = performance.now()
      const silent = await connect(at(port))
      const slow = await connect(at(port))
      // A record of 512 bytes that never completes.
      slow.socket.write(Buffer.from([22, 3, 1, 2, 0, 1]))
      const drip = setInterval(() => slow.socket.write(Buffer.from([0])), 50)
      await Promise.all([silent.ended, slow.ended])
      clearInterval(drip)
      const took = performance.now() - started
      assert.isTrue(took >= 290 && took < 900, `${took} ms`)
      assert.strictEqual(silent.received + slow.received, "")
      assert.strictEqual(port.lines.filter((line) => line.endsWith(": i/o timeout")).length, 2)
      assert.strictEqual(port.lines.length, 2)
      // After the handshake the header has its own time.
      const client = await connectTls({ port: port.port })
      await client.ended
      assert.strictEqual(client.received, "")
      const half = await connectTls({ port: port.port })
      half.send("GET / HT")
      await half.ended
      has(half.received, /^HTTP\/1.1 400 Bad Request\r\n/)
    })
  })

  it("falls back to HTTP with a warning when there is no certificate", () =>
    withPort({ https: true }, async (port) => {
      assert.strictEqual(port.server.protocol, "http")
      assert.strictEqual(port.lines.length, 1)
      has(port.lines[0] ?? "", /^warning: no certificate .* plain HTTP/)
      has(await exchange(at(port), request("GET /_metrics")), /\[\]$/)
    }))

  it("is a typed failure when the certificate is bad", async () => {
    const { first, second } = await identities()
    const bad = { ...material(first), identity: { chainPem: first.chainPem, keyPem: second.keyPem } }
    const failure = await startPort({ https: true, material: bad }).catch((error: unknown) => error)
    has(String(failure), /TlsMaterialError.*mismatch/s)
  })

  it("is plain HTTP on UNIX sockets", async () => {
    const { first } = await identities()
    const path = `/tmp/ghostunnel-status-${process.pid}-https.sock`
    await withPort({ https: true, material: material(first), address: address(`unix:${path}`) }, async (port) => {
      assert.strictEqual(port.server.protocol, "http")
      has(await exchange({ path }, request("GET /_metrics")), /\[\]$/)
    })
  })
})
