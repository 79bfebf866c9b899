/** The paths of the status port (contract: status, section 2.4), on Effect's router. */

import { hostname } from "node:os"
import { gzipSync } from "node:zlib"
import { Clock, Deferred, Effect, type Layer, Result, type Scope, SubscriptionRef } from "effect"
import { HttpRouter, type HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { Metrics } from "../metrics/Metrics.ts"
import { contentType, wantsGzip } from "../metrics/PrometheusMetrics.ts"
import { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import { contentTypes, negotiate, type TextFormat } from "../telemetry/OpenMetrics.ts"
import { BackendCheck } from "./BackendCheck.ts"
import { isUp, message, Status } from "./Status.ts"
import { type StatusFacts, statusBody } from "./StatusBody.ts"
import type { MoreFacts } from "./StatusFacts.ts"

/** What the routes need to know besides services. */
export interface RouteOptions {
  readonly facts: StatusFacts
  /** Optional keys of `/_status` after the contract's. */
  readonly more: MoreFacts
  /** Whether `POST /_shutdown` exists. */
  readonly enableShutdown: boolean
  /** The page of `/_metrics/openmetrics`, computed now; none without it. */
  readonly openMetrics?: ((format: TextFormat) => string) | undefined
  /** The routes of `/debug/pprof/`; none without them. */
  readonly profiling?: ReadonlyArray<HttpRouter.Route<never, HttpServerRequest.HttpServerRequest>> | undefined
  /** The page for people and its stream; none without them. */
  readonly page?: ReadonlyArray<HttpRouter.Route<never, HttpServerRequest.HttpServerRequest | Scope.Scope>> | undefined
}

/** Services the routes read. */
export type RouteServices = Status | BackendCheck | Metrics | Lifecycle | Log

/** `/_status`, `/_metrics..`, the probes `/_livez` and `/_readyz`, and, where enabled, `/_shutdown`. */
export const routes = (options: RouteOptions): Layer.Layer<never, never, HttpRouter.HttpRouter | RouteServices> =>
  HttpRouter.addAll(
    Effect.gen(function* () {
      const status = yield* Status
      const backend = yield* BackendCheck
      const metrics = yield* Metrics
      const lifecycle = yield* Lifecycle
      const log = yield* Log

      const look = Effect.gen(function* () {
        const time = yield* Clock.currentTimeMillis
        const checked = yield* backend.check
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
      const showJson = Effect.map(HttpServerRequest.HttpServerRequest, (request) =>
        text(request, metrics.json(), "application/json")
      )
      const showPrometheus = compressible((accept) => [metrics.prometheus(), contentType(accept)])
      const { openMetrics } = options
      const showOpenMetrics =
        openMetrics === undefined
          ? undefined
          : compressible((accept) => {
              const format = negotiate(accept)
              return [openMetrics(format), contentTypes[format]]
            })
      const showMetrics = Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
        const format = firstFormat(request.url)
        if (format === "prometheus") return showPrometheus
        return format === "openmetrics" && showOpenMetrics !== undefined ? showOpenMetrics : showJson
      })
      const requestShutdown = Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        if (request.method !== "POST") return empty(405)
        log.line("shutdown was requested via status endpoint")
        // The scope is this request's and closes when the reply is on its way.
        yield* Effect.addFinalizer(() => Deferred.succeed(lifecycle.shutdown, { _tag: "Request" }))
        return empty(200)
      })
      return [
        HttpRouter.route("*", "/_status", showStatus),
        HttpRouter.route("*", "/_metrics", showMetrics),
        HttpRouter.route("*", "/_metrics/json", showJson),
        HttpRouter.route("*", "/_metrics/prometheus", showPrometheus),
        ...(showOpenMetrics === undefined ? [] : [HttpRouter.route("*", "/_metrics/openmetrics", showOpenMetrics)]),
        HttpRouter.route("*", "/_livez", Effect.succeed(word(200, "ok"))),
        HttpRouter.route("*", "/_readyz", showReady),
        ...(options.enableShutdown ? [HttpRouter.route("*", "/_shutdown", requestShutdown)] : []),
        ...(options.profiling ?? []),
        ...(options.page ?? [])
      ]
    })
  )

/** A line for whoever probes. */
const word = (status: number, line: string) =>
  HttpServerResponse.text(`${line}\n`, { status, contentType: "text/plain; charset=utf-8" })

/** A page of metrics, gzipped where that is liked; `gather` is given the `Accept` header. */
const compressible = (gather: (accept: string | undefined) => readonly [page: string, type: string]) =>
  Effect.map(HttpServerRequest.HttpServerRequest, (request) => {
    const [page, type] = gather(request.headers.accept)
    return wantsGzip(request.headers["accept-encoding"])
      ? HttpServerResponse.setHeader(
          body(request, () => HttpServerResponse.uint8Array(gzipSync(page), { contentType: type }), type),
          "content-encoding",
          "gzip"
        )
      : text(request, page, type)
  }).pipe(Effect.catchDefect((defect) => Effect.succeed(gatherFailed(defect))))

const gatherFailed = (defect: unknown) =>
  HttpServerResponse.text(`An error has occurred while serving metrics:\n\n${String(defect)}\n`, {
    status: 500,
    contentType: "text/plain; charset=utf-8"
  })

const empty = (status: number) => HttpServerResponse.empty({ status, headers: { "content-length": "0" } })

const text = (request: HttpServerRequest.HttpServerRequest, page: string, type: string) =>
  body(request, () => HttpServerResponse.text(page, { contentType: type }), type)

/** A reply whose length HEAD does not tell. */
const body = (
  request: HttpServerRequest.HttpServerRequest,
  full: () => HttpServerResponse.HttpServerResponse,
  type: string
) => (request.method === "HEAD" ? HttpServerResponse.empty({ status: 200, headers: { "content-type": type } }) : full())

const firstFormat = (url: string): string | null => new URLSearchParams(url.split("?").slice(1).join("?")).get("format")

/** What Ghostunnel says of every other path. */
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
