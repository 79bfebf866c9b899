/** Pushes metrics to a URL (docs/compatibility/status-and-metrics.md, 9): POSTs the JSON array every interval. */
import type { Socket } from "node:net"
import { Duration, Effect, Layer } from "effect"
import { basicAuth, hostOf, redacted } from "../config/UrlText.ts"
import { exchange, maxRequests, redirects } from "../runtime/HttpExchange.ts"
import { Metrics } from "./Metrics.ts"
import { pushing } from "./Pusher.ts"
import { connector, dialWords } from "./PushTarget.ts"

/** Where to push, how often, and where to log. */
export interface UrlPusherOptions {
  /** `http://…` or `https://…`, optionally with user and password. */
  readonly url: string
  /** Between two posts; zero or negative: never. */
  readonly interval: Duration.Duration
  /** PEM certificates that https trusts; parsed once. */
  readonly trustAnchors: ReadonlyArray<string>
  readonly log: (line: string) => void
}

/** A post is cancelled after this time or after one interval, whichever is shorter. */
const longest = Duration.seconds(10)

/** Pushes while its scope is open and closes its connection with the scope. Never fails: errors are logged. */
export const layer = (options: UrlPusherOptions): Layer.Layer<never, never, Metrics> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const metrics = yield* Metrics
      const connect = connector(options.trustAnchors)
      yield* Effect.forkScoped(
        pushing({
          interval: options.interval,
          timeout: Duration.min(options.interval, longest),
          push: Effect.suspend(() => post(options.url, metrics.json(), connect)),
          tooLate: `Post "${redacted(options.url)}": context deadline exceeded`,
          to: redacted(options.url),
          log: options.log
        })
      )
    })
  )

/**
 * Posts the body and follows redirects: 301 to 303 with a GET, 307 and 308 with the same POST. Fails unless the final status
 * is 2xx.
 */
const post = Effect.fnUntraced(function* (
  start: string,
  body: string,
  connect: (url: URL) => Socket
): Effect.fn.Return<void, string> {
  let text = start
  let url = URL.parse(text) ?? undefined
  let method: "POST" | "GET" = "POST"
  for (let sent = 1; ; sent++) {
    const fail = (why: string) => `${method === "POST" ? "Post" : "Get"} "${redacted(text)}": ${why}`
    if (url === undefined) return yield* Effect.fail(fail("invalid URL"))
    const to = url
    const reply = yield* exchange({
      method,
      url: to,
      headers: headers(method, hostOf(text, to), to, body),
      body: method === "POST" ? body : undefined,
      connect: () => connect(to),
      dialWords: (error) => dialWords(to, error)
    }).pipe(Effect.mapError(fail))
    if (reply.location === undefined || !redirects.has(reply.status)) {
      const fine = reply.status >= 200 && reply.status < 300
      return fine ? undefined : yield* Effect.fail(fail(`receiver returned status: ${reply.status}`))
    }
    if (sent === maxRequests) return yield* Effect.fail(fail(`stopped after ${maxRequests} redirects`))
    if (reply.status < 307) method = "GET"
    text = reply.location
    url = URL.parse(text, to) ?? undefined
  }
})

const headers = (method: "POST" | "GET", host: string, url: URL, body: string): Readonly<Record<string, string>> => {
  const authorization = basicAuth(url)
  const post = method === "POST"
  return {
    Host: host,
    "User-Agent": "Go-http-client/1.1",
    ...(post ? { "Content-Length": String(Buffer.byteLength(body)) } : {}),
    ...(authorization === undefined ? {} : { Authorization: authorization }),
    ...(post ? { "Content-Type": "application/json" } : {}),
    "Accept-Encoding": "gzip"
  }
}
