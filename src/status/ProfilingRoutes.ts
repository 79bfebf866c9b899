/** `/debug/pprof/` (docs/compatibility/status-and-metrics.md, 10.1). Loaded only with `--enable-pprof`. */
import { Effect } from "effect"
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http"
import { redact } from "../profiling/CommandLine.ts"
import { indexPage } from "../profiling/IndexPage.ts"
import { type SnapshotName, snapshots } from "../profiling/Merge.ts"
import { encode, type Profile } from "../profiling/ProfileProto.ts"
import type { Profiler } from "../profiling/Profiler.ts"
import { makePlaces, type Places, type ProfilingError } from "../profiling/Window.ts"

/** Maximum of concurrent profiles: each one queries every thread and holds the answers in memory. */
export const profilesAllowed = 8

const root = "/debug/pprof/"
const plain = "text/plain; charset=utf-8"
const nosniff = { "x-content-type-options": "nosniff" }

/** The decoded path, and the query from its question mark on. */
const asked = ({ url }: HttpServerRequest.HttpServerRequest): { readonly path: string; readonly query: string } => {
  const end = url.includes("?") ? url.indexOf("?") : url.length
  const query = url.slice(end)
  try {
    return { path: decodeURIComponent(url.slice(0, end)), query }
  } catch {
    return { path: url.slice(0, end), query }
  }
}

const page = (text: string, contentType = plain) =>
  HttpServerResponse.text(text, { status: 200, contentType, headers: nosniff })

const failure = (status: number, message: string, more: Readonly<Record<string, string>> = {}) =>
  HttpServerResponse.text(`${message}\n`, {
    status,
    contentType: plain,
    headers: { ...nosniff, ...more, "x-go-pprof": "1" }
  })

const full = Effect.sync(() =>
  failure(503, `${profilesAllowed} profiles are being taken already`, { "retry-after": "5" })
)

const attachment = (bytes: Uint8Array, name: string, contentType = "application/octet-stream") =>
  HttpServerResponse.uint8Array(bytes, {
    contentType,
    headers: { ...nosniff, "content-disposition": `attachment; filename="${name}"` }
  })

const file = (name: string) => (profile: Profile) => attachment(encode(profile), name)

/** An integer as the Go program reads one: digits, perhaps a sign. */
const integer = (text: string): number | undefined =>
  /^[+-]?\d+$/.test(text) && Number.isSafeInteger(Number(text)) ? Number(text) : undefined

const named = (profiler: Profiler, name: SnapshotName, parameters: URLSearchParams) => {
  const debug = integer(parameters.get("debug") ?? "") ?? 0
  const collect = name === "heap" && (integer(parameters.get("gc") ?? "") ?? 0) > 0
  const period = parameters.get("seconds") ?? ""
  if (period !== "") {
    const seconds = integer(period) ?? 0
    if (seconds <= 0) return Effect.succeed(failure(400, 'invalid value for "seconds" - must be a positive integer'))
    if (debug !== 0) return Effect.succeed(failure(400, "seconds and debug params are incompatible"))
    return Effect.map(profiler.delta(name, seconds), file(`${name}-delta`))
  }
  return debug === 0
    ? Effect.map(profiler.snapshot(name, collect), file(name))
    : Effect.map(profiler.text(name, Math.abs(debug), collect), (text) => page(text))
}

type Reply = Effect.Effect<HttpServerResponse.HttpServerResponse, ProfilingError>

const answer = (
  profiler: Profiler,
  argv: ReadonlyArray<string>,
  places: Places,
  name: string,
  parameters: URLSearchParams
): Reply => {
  const taking = (reply: Reply) => places.hold(reply, full)
  const given = parameters.get("seconds") ?? ""
  const snapshot = snapshots.find((known) => known === name)
  if (snapshot !== undefined) return taking(named(profiler, snapshot, parameters))
  switch (name) {
    case "":
      return taking(Effect.map(profiler.counts, (counts) => page(indexPage(counts), "text/html; charset=utf-8")))
    case "profile": {
      const seconds = integer(given) ?? 0
      return taking(Effect.map(profiler.cpu(seconds > 0 ? seconds : 30), file(name)))
    }
    case "trace": {
      const seconds = Number(given)
      const taken = Effect.map(profiler.trace(seconds > 0 && Number.isFinite(seconds) ? seconds : 1), (json) =>
        attachment(new TextEncoder().encode(json), "trace.json", "application/json")
      )
      return taking(taken)
    }
    case "cmdline":
      return Effect.sync(() => page(redact(argv).join("\0")))
    case "symbol":
      // Same reply for any request: profiles contain symbol names, so there are no addresses to look up.
      return Effect.succeed(page("num_symbols: 1\n"))
    default:
      return Effect.succeed(failure(404, "Unknown profile"))
  }
}

/** Redirect to the path with a slash, keeping the query. */
const redirect = (method: string, query: string) => {
  const location = root + query
  const headers = { location }
  if (method !== "GET" && method !== "HEAD") return HttpServerResponse.empty({ status: 307, headers })
  const href = location.replaceAll("&", "&amp;").replaceAll('"', "&#34;").replaceAll("<", "&lt;")
  const body = `<a href="${href}">Temporary Redirect</a>.\n\n`
  return HttpServerResponse.text(body, { status: 307, headers, contentType: "text/html; charset=utf-8" })
}

/** Any method. The router also matches the path without its final slash here. */
export const profilingRoutes = (
  profiler: Profiler,
  argv: ReadonlyArray<string>
): ReadonlyArray<HttpRouter.Route<never, HttpServerRequest.HttpServerRequest>> => {
  const places = makePlaces(profilesAllowed)
  return [
    HttpRouter.route(
      "*",
      `${root}*`,
      Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
        const { path, query } = asked(request)
        if (!path.startsWith(root)) return Effect.succeed(redirect(request.method, query))
        const reply = answer(profiler, argv, places, path.slice(root.length), new URLSearchParams(query))
        return reply.pipe(
          Effect.catchTag("ProfilingError", ({ message }) => Effect.succeed(failure(500, message))),
          // Report errors to the client: profiles parse data that V8 and the bundler wrote.
          Effect.catchDefect((defect) => Effect.succeed(failure(500, `Could not take the profile: ${String(defect)}`)))
        )
      })
    )
  ]
}
