/**
 * What browsers may do on a status port that speaks plain HTTP over TCP. A browser lets any web page send requests to
 * loopback and to private networks, so a page of another site must neither change anything nor, by DNS rebinding, read
 * anything (`docs/migrating.md`). HTTPS and UNIX sockets are exempt: such a page cannot reach them under a name of its own.
 */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http"
import { type HostHeader, isTrusted, parseHost } from "./HostHeader.ts"

/** Why a request is refused. */
export interface Refusal {
  readonly status: 400 | 403
  readonly message: string
}

/** What names a host. */
export interface HasHeaders {
  readonly headers: IncomingHttpHeaders
}

export interface BrowserGuard {
  /** For every path. */
  readonly ofRequest: (request: IncomingMessage) => Refusal | undefined
  /** For paths whose content must not be readable under a foreign host name. */
  readonly ofHost: (request: HasHeaders) => Refusal | undefined
  /** The same, but enforced only if `--status-allow-host` is set. */
  readonly ofNamedHost: (request: HasHeaders) => Refusal | undefined
}

export interface GuardOptions {
  /** Trusted hosts besides literal addresses and `localhost`, in lower case. */
  readonly allowedHosts: ReadonlyArray<string>
  /** Whether this is plain HTTP over TCP. */
  readonly exposed: () => boolean
}

const forbidden = (message: string): Refusal => ({ status: 403, message: `403 ${message}` })
const bad = (message: string): Refusal => ({ status: 400, message: `400 Bad Request: ${message}` })

const hostOf = (request: HasHeaders): HostHeader | undefined => parseHost(request.headers.host ?? "")

/** A browser's `Origin` names the requesting site: it is the status port's own if it equals the requested host. */
const isOwnOrigin = (origin: string | undefined, { host, port }: HostHeader): boolean => {
  if (origin === undefined) return true
  const sender = URL.parse(origin)
  const own = URL.parse(`http://${host.includes(":") ? `[${host}]` : host}${port === "" ? "" : `:${port}`}`)
  return sender !== null && own !== null && sender.origin === own.origin
}

export const makeBrowserGuard = ({ allowedHosts, exposed }: GuardOptions): BrowserGuard => {
  const allowed = new Set(allowedHosts)
  const ofHost = (request: HasHeaders): Refusal | undefined => {
    // Browsers always send a `Host`.
    if (!exposed() || request.headers.host === undefined) return undefined
    const host = hostOf(request)
    if (host !== undefined && isTrusted(host, allowed)) return undefined
    return forbidden(
      "this host is not an address, localhost or named by --status-allow-host, so a page of another site may be asking"
    )
  }
  return {
    ofRequest: (request) => {
      const hosts = request.headersDistinct["host"] ?? []
      if (hosts.length === 0 && request.httpVersion === "1.1") return bad("missing required Host header")
      if (hosts.length > 1) return bad("too many Host headers")
      const host = hostOf(request)
      if (host === undefined) return bad("malformed Host header")
      const { origin, "sec-fetch-site": site } = request.headers
      if (!exposed() || request.method !== "POST" || (origin === undefined && site === undefined)) return undefined
      return (site === undefined || site === "same-origin") && isOwnOrigin(origin, host)
        ? ofHost(request)
        : forbidden("a page of another site may not POST")
    },
    ofHost,
    ofNamedHost: (request) => (allowed.size === 0 ? undefined : ofHost(request))
  }
}
