import * as Tls from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { Metrics } from "../../src/metrics/Metrics.ts"
import * as UrlPusher from "../../src/metrics/UrlPusher.ts"
import { freePort, releasePort } from "../support/Ports.ts"
import { makeCa, type TestIdentity } from "../support/TestCa.ts"
import { golden } from "./Golden.ts"
import { type Receiver, receive } from "./Receiver.ts"

const page = '[{"hostname":"vm","metric":"é","timestamp":1,"value":2}]'

const metrics = Layer.succeed(Metrics, {
  report: () => {
    throw new Error("only the array is pushed")
  },
  json: () => page,
  prometheus: () => "",
  graphite: () => ""
})

const status = (line: string, headers = "") => `HTTP/1.1 ${line}\r\nContent-Length: 0\r\n${headers}\r\n`
const fine = status("200 OK")
const body = Buffer.from(page).toString("latin1")
const isWhole = (text: string) =>
  text.endsWith(`\r\n\r\n${body}`) || (text.startsWith("GET") && text.endsWith("\r\n\r\n"))

/** Calls `reply` for each complete request; undefined never answers. */
const receiver = (reply: (request: string, n: number) => string | undefined, identity?: TestIdentity) =>
  Effect.acquireRelease(
    Effect.promise(() =>
      receive((socket, text, n) => {
        const answer = isWhole(text) ? reply(text, n) : undefined
        if (answer !== undefined) socket.write(answer)
      }, identity && { cert: identity.chainPem, key: identity.keyPem })
    ),
    (it) => Effect.promise(it.close)
  )

/** Starts a pusher and collects its log lines. */
const start = Effect.fnUntraced(function* (
  url: string,
  change: { readonly interval?: Duration.Duration; readonly trustAnchors?: ReadonlyArray<string> } = {}
) {
  const lines: Array<string> = []
  const scope = yield* Effect.scope
  const options = { interval: Duration.seconds(30), trustAnchors: [], ...change }
  const layer = UrlPusher.layer({ url, log: (line) => void lines.push(line), ...options })
  yield* Layer.buildWithScope(Layer.provide(layer, metrics), scope)
  return lines
})

const until = (it: Receiver, what: string, condition: () => boolean) => Effect.promise(() => it.until(what, condition))
/** Advances one interval and waits for the outcome: a log line, or the given number of closed connections. */
const tick = (it: Receiver, done: () => boolean) =>
  Effect.andThen(TestClock.adjust("30 seconds"), until(it, "the push", done))

// All tests below run with verification disabled by the environment, which the pusher must ignore.
process.env["NODE_TLS_REJECT_UNAUTHORIZED"] = "0"

describe("UrlPusher", () => {
  it.effect("sends the Go program's request byte for byte, except for the values", () =>
    Effect.gen(function* () {
      const there = yield* receiver(() => fine)
      const lines = yield* start(`http://user:pw@127.0.0.1:${there.port}/post?x=1`)
      yield* TestClock.adjust("29999 millis")
      assert.strictEqual(there.received.length, 0)
      yield* TestClock.adjust("1 millis")
      yield* until(there, "the post", () => there.ended[0] === true)
      const [head = ""] = golden("metrics-url-post.ok.http").replaceAll("\r\n", "\n").split("\n\n")
      const expected = head
        .replace("127.0.0.1:27161", `127.0.0.1:${there.port}`)
        .replace(/Content-Length: \d+/, `Content-Length: ${Buffer.byteLength(page)}`)
      assert.strictEqual(there.received[0], `${expected.trimEnd().replaceAll("\n", "\r\n")}\r\n\r\n${body}`)
      yield* tick(there, () => there.ended[1] === true)
      assert.deepStrictEqual(lines, [])
    })
  )

  it.effect("follows redirects with the right method, at most ten", () =>
    Effect.gen(function* () {
      for (const [code, second] of [
        [301, "GET"],
        [302, "GET"],
        [303, "GET"],
        [307, "POST"],
        [308, "POST"]
      ] as const) {
        const there = yield* receiver((_, n) => (n === 0 ? status(`${code} Go`, "Location: /next?y\r\n") : fine))
        const lines = yield* start(`http://user:pw@127.0.0.1:${there.port}/first`)
        yield* tick(there, () => there.ended[1] === true)
        assert.match(there.received[1] ?? "", new RegExp(`^${second} /next\\?y HTTP/1\\.1\r\n`))
        assert.strictEqual(there.received[1]?.includes(body), second === "POST")
        // Credentials in the URL are sent only to the URL's own host.
        assert.include(there.received[1], "Authorization: Basic dXNlcjpwdw==")
        assert.deepStrictEqual(lines, [])
      }
      const there = yield* receiver(() => status("307 Round", "Location: /again\r\n"))
      const lines = yield* start(`http://127.0.0.1:${there.port}/`)
      yield* tick(there, () => lines.length === 1)
      assert.strictEqual(there.received.length, 10)
      assert.deepStrictEqual(lines, ['error reporting metrics: Post "/again": stopped after 10 redirects'])
    })
  )

  it.effect("does not send the password to another host", () =>
    Effect.gen(function* () {
      const other = yield* receiver(() => fine)
      const there = yield* receiver(() => status("307 Go", `Location: http://localhost:${other.port}/\r\n`))
      yield* start(`http://user:pw@127.0.0.1:${there.port}/`)
      yield* tick(other, () => other.ended[0] === true)
      assert.notInclude(other.received[0], "Authorization")
      assert.include(other.received[0], `Host: localhost:${other.port}\r\n`)
    })
  )

  it.effect("logs an unsuccessful reply once, without the password", () =>
    Effect.gen(function* () {
      const there = yield* receiver((_, n) => (n < 2 ? status("403 Forbidden") : status("204 Fine")))
      const lines = yield* start(`http://user:secret@127.0.0.1:${there.port}/p`)
      const shown = `http://user:***@127.0.0.1:${there.port}/p`
      yield* tick(there, () => there.ended[0] === true && lines.length === 1)
      yield* tick(there, () => there.ended[1] === true)
      assert.deepStrictEqual(lines.splice(0), [
        `error reporting metrics: Post "${shown}": receiver returned status: 403`
      ])
      yield* tick(there, () => lines.length === 1)
      assert.deepStrictEqual(lines, [`reporting metrics again to ${shown}`])
    })
  )

  it.effect("gives up on a silent receiver after ten seconds or the interval", () =>
    Effect.gen(function* () {
      for (const [interval, limit] of [
        [Duration.seconds(30), "10 seconds"],
        [Duration.seconds(3), "3 seconds"]
      ] as const) {
        const there = yield* receiver(() => undefined)
        const lines = yield* start(`http://127.0.0.1:${there.port}/`, { interval })
        yield* TestClock.adjust(interval)
        yield* until(there, "the post", () => isWhole(there.received[0] ?? ""))
        yield* TestClock.adjust(Duration.subtract(Duration.fromInputUnsafe(limit), Duration.millis(1)))
        assert.deepStrictEqual(lines, [])
        yield* TestClock.adjust("1 millis")
        yield* until(there, "the end", () => there.ended[0] === true)
        assert.deepStrictEqual(lines, [
          `error reporting metrics: Post "http://127.0.0.1:${there.port}/": context deadline exceeded`
        ])
      }
    })
  )

  it.effect("says why it cannot reach the receiver", () =>
    Effect.gen(function* () {
      const other = yield* receiver(() => fine)
      const nobody = yield* Effect.acquireRelease(Effect.promise(freePort), (port) =>
        Effect.sync(() => releasePort(port))
      )
      for (const [url, why] of [
        [`http://127.0.0.1:${nobody}/`, `dial tcp 127.0.0.1:${nobody}: connect: connection refused`],
        ["http://no-such-host.invalid/", "dial tcp: lookup no-such-host.invalid: no such host"]
      ] as const) {
        const lines = yield* start(url)
        yield* tick(other, () => lines.length === 1)
        assert.deepStrictEqual(lines, [`error reporting metrics: Post "${url}": ${why}`])
      }
      const there = yield* receiver(() => "hello\r\n\r\n")
      const lines = yield* start(`http://127.0.0.1:${there.port}/`)
      yield* tick(there, () => lines.length === 1)
      assert.match(lines[0] ?? "", /malformed HTTP response "hello"$/)
    })
  )

  it.effect("posts over https to a receiver with a trusted certificate for its host name", () =>
    Effect.gen(function* () {
      const ca = yield* Effect.promise(() => makeCa("push"))
      const other = yield* Effect.promise(() => makeCa("other"))
      const right = yield* Effect.promise(() => ca.issue({ cn: "localhost", dns: ["localhost"] }))
      const there = yield* receiver(() => fine, right)
      const lines = yield* start(`https://localhost:${there.port}/`, { trustAnchors: [ca.certPem] })
      yield* tick(there, () => there.ended[0] === true)
      assert.match(there.received[0] ?? "", /^POST \/ HTTP\/1\.1\r\n/)
      assert.deepStrictEqual(lines, [])

      const wrong = yield* start(`https://127.0.0.1:${there.port}/`, { trustAnchors: [ca.certPem] })
      const foreign = yield* start(`https://localhost:${there.port}/`, { trustAnchors: [other.certPem] })
      const nobody = yield* start(`https://localhost:${there.port}/`)
      yield* tick(there, () => wrong.length + foreign.length + nobody.length === 3)
      assert.match(wrong[0] ?? "", /tls: failed to verify certificate: x509: /)
      for (const said of [foreign, nobody]) {
        assert.match(said[0] ?? "", /x509: certificate signed by unknown authority$/)
      }
    })
  )

  it.effect("requires TLS 1.2, presents no certificate and offers no ALPN", () =>
    Effect.gen(function* () {
      const ca = yield* Effect.promise(() => makeCa("push"))
      const identity = yield* Effect.promise(() => ca.issue({ cn: "localhost", dns: ["localhost"] }))
      const seen: Array<unknown> = []
      const there = yield* Effect.acquireRelease(
        Effect.promise(() =>
          receive(
            (socket) => {
              if (!(socket instanceof Tls.TLSSocket) || seen.length > 0) return
              seen.push(socket.alpnProtocol, socket.servername, Object.keys(socket.getPeerCertificate()).length)
              socket.write(fine)
            },
            {
              cert: identity.chainPem,
              key: identity.keyPem,
              requestCert: true,
              rejectUnauthorized: false,
              ALPNProtocols: ["h2", "http/1.1"]
            }
          )
        ),
        (it) => Effect.promise(it.close)
      )
      yield* start(`https://localhost:${there.port}/`, { trustAnchors: [ca.certPem] })
      yield* tick(there, () => there.ended[0] === true)
      assert.deepStrictEqual(seen, [false, "localhost", 0])
      const old = yield* Effect.acquireRelease(
        Effect.promise(() =>
          receive(() => {}, {
            cert: identity.chainPem,
            key: identity.keyPem,
            minVersion: "TLSv1.1",
            maxVersion: "TLSv1.1",
            ciphers: "DEFAULT@SECLEVEL=0"
          })
        ),
        (it) => Effect.promise(it.close)
      )
      const lines = yield* start(`https://localhost:${old.port}/`, { trustAnchors: [ca.certPem] })
      yield* tick(old, () => lines.length === 1)
      assert.strictEqual(old.received.length, 0)
    })
  )

  it.effect("ignores proxy variables of the environment", () =>
    Effect.gen(function* () {
      const there = yield* receiver(() => fine)
      const proxy = yield* receiver(() => fine)
      const saved = { ...process.env }
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          process.env = saved
        })
      )
      process.env = { ...saved, http_proxy: `http://127.0.0.1:${proxy.port}`, NODE_USE_ENV_PROXY: "1" }
      yield* start(`http://127.0.0.1:${there.port}/`)
      yield* tick(there, () => there.ended[0] === true)
      assert.strictEqual(proxy.received.length, 0)
    })
  )

  it.effect("closes its connection when its scope closes", () =>
    Effect.gen(function* () {
      const there = yield* receiver(() => undefined)
      const scope = yield* Scope.make()
      const lines = yield* start(`http://127.0.0.1:${there.port}/`).pipe(Scope.provide(scope))
      yield* tick(there, () => isWhole(there.received[0] ?? ""))
      yield* Scope.close(scope, Exit.void)
      yield* until(there, "the end", () => there.open() === 0)
      yield* TestClock.adjust("1 hour")
      assert.deepStrictEqual([there.received.length, lines], [1, []])
    })
  )

  it.effect("never posts when the interval is zero or negative", () =>
    Effect.gen(function* () {
      const there = yield* receiver(() => fine)
      yield* start(`http://127.0.0.1:${there.port}/`, { interval: Duration.zero })
      yield* TestClock.adjust("1 hour")
      assert.strictEqual(there.received.length, 0)
    })
  )
})
