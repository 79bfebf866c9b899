/** `/` and its event stream. Loaded only if the page is enabled. */
import { Clock, Effect, Stream, SubscriptionRef } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { every } from "../../metrics/Ticker.ts"
import { intervalMillis, type LiveView } from "../../telemetry/LiveView.ts"
import { type State, Status } from "../Status.ts"
import type { ThreadFacts } from "../StatusFacts.ts"
import { headers, page } from "./Page.ts"
import { eventOf, type PageFacts, pageSnapshot, type ShownCertificate, type ShownTotals } from "./PageSnapshot.ts"

/** The page's data sources. */
export interface PageOptions {
  readonly facts: PageFacts
  readonly live: LiveView
  readonly totals: () => ShownTotals
  readonly certificates: () => ReadonlyArray<ShownCertificate>
  /** Why the last reload failed; undefined if it succeeded. */
  readonly reloadError: () => string | undefined
  readonly threads: () => ThreadFacts
  /** Maximum of concurrent viewers; {@link viewersAllowed} if absent. */
  readonly viewers?: number
}

/** Maximum of concurrent viewers: each costs a connection and about 20 kB every two seconds. */
export const viewersAllowed = 16
const period = "2 seconds"
/** Viewers share a snapshot up to this age, in milliseconds. */
const fresh = 1000

const refusal = (status: number, text: string, more: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(`${text}\n`, {
    status,
    contentType: "text/plain; charset=utf-8",
    headers: { ...headers, ...more }
  })

/** Answers GET with `reply`, HEAD with its header, and nothing else. */
const reading = <R>(
  contentType: string,
  reply: (
    request: HttpServerRequest.HttpServerRequest
  ) => Effect.Effect<HttpServerResponse.HttpServerResponse, never, R>
) =>
  Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
    if (request.method === "GET") return reply(request)
    return Effect.succeed(
      request.method === "HEAD"
        ? HttpServerResponse.empty({ status: 200, headers: { ...headers, "content-type": contentType } })
        : refusal(405, "405 method not allowed", { allow: "GET, HEAD" })
    )
  })

type Turn = "first" | "later" | "over"

const html = "text/html; charset=utf-8"
const eventStream = "text/event-stream"

/** The routes `/` and `/_events`. While the scope is open, intervals of the live view end on time even without events. */
export const pageRoutes = Effect.fn("Page.routes")(function* (options: PageOptions) {
  const status = yield* Status
  const since = yield* Clock.currentTimeMillis
  yield* Effect.forkScoped(every(intervalMillis / 1000, () => options.live.advance()))

  let last: { readonly time: number; readonly state: State; readonly event: string } | undefined
  const eventAt = (time: number, state: State): string => {
    if (last !== undefined && last.state === state && time >= last.time && time - last.time < fresh) return last.event
    const event = eventOf(
      pageSnapshot(options.facts, {
        time,
        since,
        state,
        totals: options.totals(),
        live: options.live.snapshot(),
        certificates: options.certificates(),
        reloadError: options.reloadError(),
        threads: options.threads()
      })
    )
    last = { time, state, event }
    return event
  }

  const stopping = SubscriptionRef.changes(status.state).pipe(
    Stream.filter((state) => state.stopping),
    Stream.runHead
  )
  /** A snapshot now, then one every period; the last one says that the tunnel stops. */
  const first: Turn = "first"
  const events = Stream.unfold(
    first,
    Effect.fnUntraced(function* (turn: Turn) {
      if (turn === "over") return undefined
      if (turn === "later") yield* Effect.timeoutOption(stopping, period)
      const state = yield* SubscriptionRef.get(status.state)
      const event = eventAt(yield* Clock.currentTimeMillis, state)
      const next: Turn = state.stopping ? "over" : "later"
      return [event, next] as const
    })
  ).pipe(Stream.encodeText)

  const allowed = options.viewers ?? viewersAllowed
  let viewers = 0
  /** The request's scope: it closes when the stream has ended or its client has disconnected. */
  const place = Effect.acquireRelease(
    Effect.sync(() => viewers < allowed && ++viewers > 0),
    (taken) => Effect.sync(() => taken && viewers--)
  )
  const watch = (request: HttpServerRequest.HttpServerRequest) =>
    Effect.gen(function* () {
      // A page of another site cannot read the stream, but could use up all viewer places.
      const site = request.headers["sec-fetch-site"]
      if (site !== undefined && site !== "same-origin" && site !== "none")
        return refusal(403, "403 another site's page may not watch")
      if (!(yield* place)) {
        return refusal(503, `503 ${allowed} viewers are watching already`, { "retry-after": "5" })
      }
      return HttpServerResponse.stream(events, {
        contentType: eventStream,
        headers: { ...headers, "x-accel-buffering": "no" }
      })
    })
  return [
    HttpRouter.route(
      "*",
      "/",
      reading(html, () => Effect.succeed(HttpServerResponse.text(page, { contentType: html, headers })))
    ),
    HttpRouter.route("*", "/_events", reading(eventStream, watch))
  ]
})
