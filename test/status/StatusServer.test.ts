import { setTimeout as sleep } from "node:timers/promises"
import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Schema } from "effect"
import { at, connect, exchange, request, withPort } from "./StatusPort.ts"

const head = (reply: string) => reply.split("\r\n\r\n", 1)[0] ?? ""
const bodyOf = (reply: string) => reply.slice(head(reply).length + 4)
const statusOf = (reply: string) => Number(reply.split(" ", 2)[1])
const has = (text: string, pattern: RegExp) => assert.match(text, pattern)
const Body = Schema.decodeUnknownSync(
  Schema.fromJsonString(Schema.Struct({ ok: Schema.Boolean, message: Schema.String }))
)

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
      const asked = port.runtime.runPromise(Effect.timeout(port.requested, "25 seconds"))
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
      assert.isTrue(took >= 290 && took < 25_000, `${took} ms`)
      assert.strictEqual(silent.received, "")
      has(half.received, /^HTTP\/1.1 400 Bad Request\r\n/)
      has(dripping.received, /^HTTP\/1.1 400 Bad Request\r\n/)
    }))

  it("keeps an idle connection beyond the connect timeout, once it was used", () =>
    withPort({ connectTimeout: Duration.millis(1000) }, async (port) => {
      const client = await connect(at(port))
      client.send("GET /_metrics HTTP/1.1\r\nHost: x\r\n\r\n")
      await client.until(/\[\]$/)
      await sleep(2000)
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
