/** The paths of the status port (docs/compatibility/status-and-metrics.md, 2.4), on Effect's router. */

import { hostname } from "node:os"
import { gzipSync } from "node:zlib"
import { toIncomingMessage } from "@effect/platform-node/NodeHttpServerRequest"
import { Clock, Deferred, Effect, type Layer, Result, type Scope, SubscriptionRef } from "effect"
import { HttpRouter, type HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Metrics } from "../metrics/Metrics.ts"
import { contentType, wantsGzip } from "../metrics/PrometheusMetrics.ts"
import { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import { contentTypes, negotiate, type TextFormat } from "../telemetry/OpenMetrics.ts"
import { BackendCheck } from "./BackendCheck.ts"
import type { BrowserGuard, HasHeaders, Refusal } from "./http/BrowserGuard.ts"
import { perMoment } from "./http/Moment.ts"
import { shared } from "./SharedCheck.ts"
import { isUp, message, Status } from "./Status.ts"
import { type StatusFacts, statusBody } from "./StatusBody.ts"
import type { MoreFacts } from "./StatusFacts.ts"

/** What the routes need besides services. */
export interface RouteOptions {
  readonly facts: StatusFacts
  /** Optional keys of `/_status`, after the Go program's. */
  readonly more: MoreFacts
  /** Whether `POST /_shutdown` exists. */
  readonly enableShutdown: boolean
  /** Renders `/_metrics/openmetrics`; the path does not exist without it. */
  readonly openMetrics?: ((format: TextFormat) => string) | undefined
  /** The routes of `/debug/pprof/`, if enabled. */
  readonly profiling?: ReadonlyArray<HttpRouter.Route<never, HttpServerRequest.HttpServerRequest>> | undefined
  /** The status page and its event stream, if enabled. */
  readonly page?: ReadonlyArray<HttpRouter.Route<never, HttpServerRequest.HttpServerRequest | Scope.Scope>> | undefined
}

/** Services the routes read. */
export type RouteServices = Status | BackendCheck | Metrics | Lifecycle | Log

/** `/_status`, `/_metrics..`, the probes `/_livez` and `/_readyz`, and, where enabled, `/_shutdown`. */
export const routes = (
  options: RouteOptions,
  guard: BrowserGuard
): Layer.Layer<never, never, HttpRouter.HttpRouter | RouteServices> =>
  HttpRouter.addAll(
    Effect.gen(function* () {
      const status = yield* Status
      const backend = yield* BackendCheck
      const metrics = yield* Metrics
      const lifecycle = yield* Lifecycle
      const log = yield* Log

      // Requests that arrive during a backend check share its result.
      const check = shared(backend.check)
      const look = Effect.gen(function* () {
        const time = yield* Clock.currentTimeMillis
        const checked = yield* check
        return { time, backend: checked, state: yield* SubscriptionRef.get(status.state) }
      })
      const showStatus = Effect.gen(function* () {
        const { backend: checked, state, time } = yield* look
        const { json, ok } = statusBody(options.facts, {
          time,
          state,
          backend: checked,
          hostname: hostname(),
          more: options.more()
        })
        return HttpServerResponse.text(json, { status: ok ? 200 : 503, contentType: "application/json" })
      })
      const showReady = Effect.gen(function* () {
        const { backend: checked, state } = yield* look
        const why = Result.isFailure(checked) ? `backend: ${checked.failure}` : message(state)
        return isUp(state) && Result.isSuccess(checked) ? word(200, "ok") : word(503, `not ready: ${why}`)
      })
      const { openMetrics } = options
      const pageOf = perMoment((key: PageKey) => {
        const text =
          key === "json"
            ? metrics.json()
            : key === "prometheus"
              ? metrics.prometheus()
              : (openMetrics?.(key === "openmetrics" ? "openmetrics" : "prometheus") ?? "")
        return new RenderedPage(text)
      })
      const showJson = showPage(() => ["json", "application/json"], pageOf, false)
      const showPrometheus = showPage((accept) => ["prometheus", contentType(accept)], pageOf, true)
      const showOpenMetrics =
        openMetrics === undefined
          ? undefined
          : showPage(
              (accept) => {
                const format = negotiate(accept)
                return [format === "openmetrics" ? "openmetrics" : "openmetrics as text", contentTypes[format]]
              },
              pageOf,
              true
            )
      const showMetrics = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
        const format = firstFormat(request.url)
        if (format === "prometheus") return showPrometheus
        return format === "openmetrics" && showOpenMetrics !== undefined ? showOpenMetrics : showJson
      })
      const requestShutdown = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (request.method !== "POST") return empty(405)
        log.line("shutdown_requested", "shutdown was requested via status endpoint")
        // The request's scope; it closes when the reply has been sent.
        yield* Effect.addFinalizer(() => Deferred.succeed(lifecycle.shutdown, { _tag: "Request" }))
        return empty(200)
      })
      const named = unlessRefused(guard.ofNamedHost)
      const ownHost = unlessRefused(guard.ofHost)
      return [
        HttpRouter.route("*", "/_status", named(showStatus)),
        HttpRouter.route("*", "/_metrics", named(showMetrics)),
        HttpRouter.route("*", "/_metrics/json", named(showJson)),
        HttpRouter.route("*", "/_metrics/prometheus", named(showPrometheus)),
        ...(showOpenMetrics === undefined
          ? []
          : [HttpRouter.route("*", "/_metrics/openmetrics", named(showOpenMetrics))]),
        HttpRouter.route("*", "/_livez", Effect.succeed(word(200, "ok"))),
        HttpRouter.route("*", "/_readyz", showReady),
        ...(options.enableShutdown ? [HttpRouter.route("*", "/_shutdown", requestShutdown)] : []),
        ...(options.profiling ?? []).map((route) => HttpRouter.route(route.method, route.path, ownHost(route.handler))),
        ...(options.page ?? []).map((route) => HttpRouter.route(route.method, route.path, ownHost(route.handler)))
      ]
    })
  )

/** A one-line reply. */
const word = (status: number, line: string) =>
  HttpServerResponse.text(`${line}\n`, { status, contentType: "text/plain; charset=utf-8" })

/** Bodies rendered once for concurrent requests. */
type PageKey = "json" | "prometheus" | "openmetrics" | "openmetrics as text"

/** A metrics body, encoded and compressed once for all clients. */
class RenderedPage {
  readonly bytes: Uint8Array
  #gzipped: Uint8Array | undefined

  constructor(text: string) {
    this.bytes = Buffer.from(text)
  }

  get gzipped(): Uint8Array {
    this.#gzipped ??= gzipSync(this.bytes)
    return this.#gzipped
  }
}

/** Sends the reply unless the request is refused. */
const unlessRefused =
  (refuse: (request: HasHeaders) => Refusal | undefined) =>
  <E, R>(reply: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>) =>
    Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
      const refusal = refuse(toIncomingMessage(request))
      return refusal === undefined ? reply : Effect.succeed(word(refusal.status, refusal.message))
    })

/** Serves a metrics body; `choose` receives the `Accept` header. HEAD does not report a length. */
const showPage = (
  choose: (accept: string | undefined) => readonly [key: PageKey, type: string],
  pageOf: (key: PageKey, request: object) => RenderedPage,
  compressible: boolean
) =>
  Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
    const [key, type] = choose(short(request.headers.accept))
    const page = pageOf(key, toIncomingMessage(request))
    const gzip = compressible && wantsGzip(short(request.headers["accept-encoding"]))
    const headers = gzip ? { "content-encoding": "gzip" } : {}
    return request.method === "HEAD"
      ? HttpServerResponse.empty({ status: 200, headers: { ...headers, "content-type": type } })
      : HttpServerResponse.uint8Array(gzip ? page.gzipped : page.bytes, { headers, contentType: type })
  }).pipe(Effect.catchDefect((defect) => Effect.succeed(gatherFailed(defect))))

/** Longest header used for negotiation, in bytes; a longer one is ignored. Headers of real clients have about 300. */
const longestAccept = 4096

const short = (header: string | undefined): string | undefined =>
  header !== undefined && header.length > longestAccept ? undefined : header

const gatherFailed = (defect: unknown) =>
  HttpServerResponse.text(`An error has occurred while serving metrics:\n\n${String(defect)}\n`, {
    status: 500,
    contentType: "text/plain; charset=utf-8"
  })

const empty = (status: number) => HttpServerResponse.empty({ status, headers: { "content-length": "0" } })

/** How much of a query is read, in characters. */
const longestQuery = 8192

const firstFormat = (url: string): string | null => {
  const query = url.indexOf("?")
  return query < 0 ? null : new URLSearchParams(url.slice(query, query + longestQuery)).get("format")
}

/** Ghostunnel's reply for every other path. */
const notFound = HttpServerResponse.text("404 page not found\n", {
  status: 404,
  contentType: "text/plain; charset=utf-8",
  headers: { "x-content-type-options": "nosniff" }
})

/**
 * The whole application: paths match exactly, case and slashes included, after percent-decoding. (The router would take
 * `;` for the start of a query.)
 */
export const application = (
  layer: Layer.Layer<never, never, HttpRouter.HttpRouter | RouteServices>
): Effect.Effect<
  Effect.Effect<
    HttpServerResponse.HttpServerResponse,
    HttpServerError.HttpServerError,
    HttpServerRequest.HttpServerRequest | Scope.Scope
  >,
  never,
  RouteServices | Scope.Scope
> =>
  Effect.map(
    Effect.provideService(HttpRouter.toHttpEffect(layer), HttpRouter.RouterConfig, {
      caseSensitive: true,
      ignoreDuplicateSlashes: false,
      ignoreTrailingSlash: false
    }),
    (routed) =>
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) =>
        /^[^?]*[;#]/.test(request.url)
          ? Effect.succeed(notFound)
          : Effect.catchIf(
              routed,
              (error) => error.reason._tag === "RouteNotFound",
              () => Effect.succeed(notFound)
            )
      )
  )
