/**
 * `--target-status`: a GET whose connection always goes to the target, whatever host the URL or a redirect names (docs/compatibility/status-and-metrics.md, 4.3). Every request opens its own connection, so each check proves that the target still accepts.
 */

import * as Net from "node:net"
import * as Tls from "node:tls"
import { type Duration, Effect, type Result } from "effect"
import type { TcpAddress, UnixAddress } from "../config/Address.ts"
import { basicAuth, hostOf, redacted } from "../config/UrlText.ts"
import { errnoText, joinHostPort, lookupText, type NodeError } from "../runtime/ErrorText.ts"
import { exchange, maxRequests, type Reply, redirects, verifiedAs } from "../runtime/HttpExchange.ts"
import { lookupForSocket } from "../runtime/NameLookup.ts"

interface ProbeOptions {
  readonly target: TcpAddress | UnixAddress
  readonly connectTimeout: Duration.Duration
  readonly url: string
  readonly roots?: (() => ReadonlyArray<string>) | undefined
}

/** Requests the URL from the target; the first reply that is not a redirect decides. Never fails; bounded by the timeout. */
export const httpProbe = (options: ProbeOptions): Effect.Effect<Result.Result<void, string>> =>
  follow(options).pipe(
    Effect.timeoutOrElse({
      duration: options.connectTimeout,
      orElse: () => Effect.fail(`Get "${redacted(options.url)}": context deadline exceeded`)
    }),
    Effect.result,
    Effect.withSpan("BackendCheck.httpProbe")
  )

const follow = Effect.fnUntraced(function* (options: ProbeOptions): Effect.fn.Return<void, string> {
  let text = options.url
  let url = URL.parse(text) ?? undefined
  let referer: string | undefined
  for (let sent = 1; ; sent++) {
    const fail = (why: string) => `Get "${redacted(text)}": ${why}`
    if (url === undefined) return yield* Effect.fail(fail("invalid URL"))
    const reply = yield* get(options, url, hostOf(text, url), referer).pipe(Effect.mapError(fail))
    if (reply.location === undefined || !redirects.has(reply.status)) {
      return reply.status === 200 ? undefined : yield* Effect.fail(`target returned status: ${reply.status}`)
    }
    const next = URL.parse(reply.location, url) ?? undefined
    if (sent === maxRequests) {
      return yield* Effect.fail(`Get "${redacted(reply.location)}": stopped after ${maxRequests} redirects`)
    }
    referer = url.protocol === "https:" && next?.protocol === "http:" ? undefined : refererOf(url)
    text = reply.location
    url = next
  }
})

const refererOf = (url: URL): string => {
  const shown = new URL(url)
  shown.username = ""
  shown.password = ""
  shown.hash = ""
  return shown.href
}

const connect = (options: ProbeOptions, url: URL): Net.Socket => {
  const { target } = options
  const to =
    target._tag === "Unix"
      ? { path: target.path.startsWith("@") ? `\0${target.path.slice(1)}` : target.path }
      : { host: target.host === "" ? "localhost" : target.host, port: target.port, lookup: lookupForSocket }
  if (url.protocol === "http:") return Net.connect(to)
  const ca = [...(options.roots ?? systemRoots)()]
  return Tls.connect({ ...to, ...verifiedAs(url), rejectUnauthorized: true, ca })
}

const systemRoots = (): ReadonlyArray<string> => Tls.getCACertificates("system")

const get = (
  options: ProbeOptions,
  url: URL,
  host: string,
  referer: string | undefined
): Effect.Effect<Reply, string> => {
  const authorization = basicAuth(url)
  return exchange({
    method: "GET",
    url,
    headers: {
      Host: host,
      "User-Agent": "Go-http-client/1.1",
      "Accept-Encoding": "gzip",
      ...(authorization === undefined ? {} : { Authorization: authorization }),
      ...(referer === undefined ? {} : { Referer: referer })
    },
    connect: () => connect(options, url),
    dialWords: (error) => dialWords(options, error)
  })
}

const dialWords = (options: ProbeOptions, error: NodeError): string => {
  const { target } = options
  if (target._tag === "Unix") return `dial unix ${target.path}: connect: ${errnoText(error)}`
  if (error.syscall !== "connect") return `dial tcp: ${lookupText(error, target.host)}`
  const where = joinHostPort(error.address ?? target.host, error.port ?? target.port)
  return `dial tcp ${where}: connect: ${errnoText(error)}`
}
