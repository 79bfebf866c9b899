/**
 * `--target-status`: a GET whose connection always goes to the target, whatever host the URL or a redirect names (contract:
 * status, section 4.3). Every request has a connection of its own, so each check proves that the target still accepts.
 */

import * as Http from "node:http"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { type Duration, Effect, type Result } from "effect"
import type { TcpAddress, UnixAddress } from "../config/Address.ts"
import { errnoWords, handshakeWords, joinHostPort, lookupWords, type NodeError, nodeError } from "./ErrorWords.ts"

interface ProbeOptions {
  readonly target: TcpAddress | UnixAddress
  readonly connectTimeout: Duration.Duration
  readonly url: string
  readonly roots?: (() => ReadonlyArray<string>) | undefined
}

/** What one request came back with. */
interface Reply {
  readonly status: number
  readonly location: string | undefined
}

const maxRequests = 10
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Asks the URL at the target; the first reply that is no redirect decides. Never fails, bounded by the timeout. */
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

/** The URL as error texts show it: without its password. */
const redacted = (text: string): string => text.replace(/^([^:/?#]+:\/\/[^:@/?#]*):[^@/?#]*@/, "$1:***@")

/** `Host` as the URL writes it, its default port too; URL objects drop that. */
const hostOf = (text: string, url: URL): string => /^https?:\/\/(?:[^@/?#]*@)?([^/?#]+)/.exec(text)?.[1] ?? url.host

const refererOf = (url: URL): string => {
  const shown = new URL(url)
  shown.username = ""
  shown.password = ""
  shown.hash = ""
  return shown.href
}

const basicAuth = (url: URL): string | undefined =>
  url.username === "" && url.password === ""
    ? undefined
    : `Basic ${Buffer.from(`${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`).toString("base64")}`

const connect = (options: ProbeOptions, url: URL): Net.Socket => {
  const { target } = options
  const to =
    target._tag === "Unix"
      ? { path: target.path.startsWith("@") ? `\0${target.path.slice(1)}` : target.path }
      : { host: target.host === "" ? "localhost" : target.host, port: target.port }
  if (url.protocol === "http:") return Net.connect(to)
  const name = url.hostname.replace(/^\[|\]$/g, "")
  return Tls.connect({
    ...to,
    ...(Net.isIP(name) === 0 ? { servername: name } : {}),
    ca: [...(options.roots ?? systemRoots)()],
    minVersion: "TLSv1.2",
    checkServerIdentity: (_host, certificate) =>
      // Node would fall back to the common name; names count only where they belong.
      certificate.subjectaltname === undefined
        ? new Error(`x509: certificate is not valid for any names, but wanted to match ${name}`)
        : Tls.checkServerIdentity(name, certificate)
  })
}

const systemRoots = (): ReadonlyArray<string> => Tls.getCACertificates("system")

const get = (
  options: ProbeOptions,
  url: URL,
  host: string,
  referer: string | undefined
): Effect.Effect<Reply, string> =>
  Effect.callback<Reply, string>((resume) => {
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      return resume(Effect.fail(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`))
    }
    const authorization = basicAuth(url)
    const request = Http.request({
      method: "GET",
      path: `${url.pathname}${url.search}`,
      setHost: false,
      headers: {
        Host: host,
        "User-Agent": "Go-http-client/1.1",
        "Accept-Encoding": "gzip",
        ...(authorization === undefined ? {} : { Authorization: authorization }),
        ...(referer === undefined ? {} : { Referer: referer })
      },
      createConnection: () => connect(options, url)
    })
    request.removeHeader("Connection")
    const done = (reply: Effect.Effect<Reply, string>) => {
      request.destroy()
      resume(reply)
    }
    const onReply = (response: Http.IncomingMessage) => {
      const { headers, statusCode = 0 } = response
      response.on("error", () => {})
      done(Effect.succeed({ status: statusCode, location: headers.location }))
    }
    request.on("response", onReply)
    request.on("upgrade", (response, socket) => {
      socket.destroy()
      onReply(response)
    })
    request.on("error", (error) => done(Effect.fail(probeWords(options, error))))
    request.end()
    return Effect.sync(() => request.destroy())
  })

const certificateErrors: ReadonlyMap<string, string> = new Map([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate signed by unknown authority"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "certificate signed by unknown authority"],
  ["UNABLE_TO_GET_ISSUER_CERT", "certificate signed by unknown authority"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "certificate signed by unknown authority"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate signed by unknown authority"],
  ["CERT_HAS_EXPIRED", "certificate has expired or is not yet valid"],
  ["CERT_NOT_YET_VALID", "certificate has expired or is not yet valid"]
])

const probeWords = (options: ProbeOptions, cause: Error): string => {
  const error = nodeError(cause)
  const certificate = certificateErrors.get(error.code ?? "")
  if (certificate !== undefined) return `tls: failed to verify certificate: x509: ${certificate}`
  if (error.code === "ERR_TLS_CERT_ALTNAME_INVALID") return `tls: failed to verify certificate: x509: ${error.message}`
  if (error.message.startsWith("x509: ")) return `tls: failed to verify certificate: ${error.message}`
  if (error.code?.startsWith("HPE_") === true) {
    return `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${firstLine(cause)}`
  }
  if (error.syscall === "connect" || error.syscall?.startsWith("getaddrinfo") === true) return dialWords(options, error)
  return handshakeWords(cause)
}

const dialWords = (options: ProbeOptions, error: NodeError): string => {
  const { target } = options
  if (target._tag === "Unix") return `dial unix ${target.path}: connect: ${errnoWords(error)}`
  if (error.syscall !== "connect") return `dial tcp: ${lookupWords(error, target.host)}`
  const where = joinHostPort(error.address ?? target.host, error.port ?? target.port)
  return `dial tcp ${where}: connect: ${errnoWords(error)}`
}

const firstLine = (cause: Error): string => {
  const packet = "rawPacket" in cause && Buffer.isBuffer(cause.rawPacket) ? cause.rawPacket : Buffer.alloc(0)
  return JSON.stringify(packet.toString("latin1", 0, 256).split(/\r?\n/, 1)[0] ?? "")
}
