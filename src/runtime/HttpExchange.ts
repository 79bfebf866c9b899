/**
 * One HTTP/1.1 request and the head of its reply, each on a connection of its own: what health checks and pushed metrics
 * are made of. No proxy of the environment is used, and nothing is sent that the caller did not name.
 */
import * as Http from "node:http"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { Effect } from "effect"
import { handshakeText, type NodeError, nodeError } from "./ErrorText.ts"

/** What to send, and over what. */
export interface Exchange {
  readonly method: "GET" | "POST"
  readonly url: URL
  /** All headers, in order; `Host` too. */
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array | undefined
  /** Opens the connection; it is closed when the reply's head is there. */
  readonly connect: () => Net.Socket
  /** Words for a connection that did not come about. */
  readonly dialWords: (error: NodeError) => string
}

/** The head of a reply, as far as anyone asks. */
export interface Reply {
  readonly status: number
  readonly location: string | undefined
  readonly retryAfter: string | undefined
}

/** Requests that one URL may lead to. */
export const maxRequests = 10
/** Statuses that say to ask elsewhere. */
export const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Sends the request and waits for the reply's head, no more; fails in Go's words. Interruption closes the connection. */
export const exchange = (options: Exchange): Effect.Effect<Reply, string> =>
  Effect.callback<Reply, string>((resume) => {
    const { url } = options
    if (url.protocol !== "http:" && url.protocol !== "https:") {
      return resume(Effect.fail(`unsupported protocol scheme "${url.protocol.slice(0, -1)}"`))
    }
    const request = Http.request({
      method: options.method,
      path: `${url.pathname}${url.search}`,
      setHost: false,
      headers: { ...options.headers },
      createConnection: options.connect
    })
    request.removeHeader("Connection")
    const done = (reply: Effect.Effect<Reply, string>) => {
      request.destroy()
      resume(reply)
    }
    const onReply = (response: Http.IncomingMessage) => {
      const { headers, statusCode = 0 } = response
      response.on("error", () => {})
      done(Effect.succeed({ status: statusCode, location: headers.location, retryAfter: headers["retry-after"] }))
    }
    request.on("response", onReply)
    request.on("upgrade", (response, socket) => {
      socket.destroy()
      onReply(response)
    })
    request.on("error", (error) => done(Effect.fail(exchangeError(error, options.dialWords))))
    request.end(options.body)
    return Effect.sync(() => request.destroy())
  })

/** The certificate has no name that could be the host's. */
class NamelessCertificate extends Error {}

/** TLS 1.2 or later to the host that the URL names, which a name of the certificate's must be. */
export const verifiedAs = (url: URL): Tls.ConnectionOptions => {
  const name = url.hostname.replace(/^\[|\]$/g, "")
  return {
    ...(Net.isIP(name) === 0 ? { servername: name } : {}),
    minVersion: "TLSv1.2",
    checkServerIdentity: (_host, certificate) =>
      // Node would fall back to the common name; names count only where they belong.
      certificate.subjectaltname === undefined
        ? new NamelessCertificate(`x509: certificate is not valid for any names, but wanted to match ${name}`)
        : Tls.checkServerIdentity(name, certificate)
  }
}

const certificateErrors: ReadonlyMap<string, string> = new Map([
  ["DEPTH_ZERO_SELF_SIGNED_CERT", "certificate signed by unknown authority"],
  ["SELF_SIGNED_CERT_IN_CHAIN", "certificate signed by unknown authority"],
  ["UNABLE_TO_GET_ISSUER_CERT", "certificate signed by unknown authority"],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "certificate signed by unknown authority"],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "certificate signed by unknown authority"],
  ["CERT_HAS_EXPIRED", "certificate has expired or is not yet valid"],
  ["CERT_NOT_YET_VALID", "certificate has expired or is not yet valid"]
])

/** An exchange's failure in Go's words. */
export const exchangeError = (cause: Error, dialWords: (error: NodeError) => string): string => {
  const error = nodeError(cause)
  const certificate = certificateErrors.get(error.code ?? "")
  if (certificate !== undefined) return `tls: failed to verify certificate: x509: ${certificate}`
  if (error.code === "ERR_TLS_CERT_ALTNAME_INVALID") return `tls: failed to verify certificate: x509: ${error.message}`
  if (cause instanceof NamelessCertificate) return `tls: failed to verify certificate: ${cause.message}`
  if (error.code?.startsWith("HPE_") === true) {
    return `net/http: HTTP/1.x transport connection broken: malformed HTTP response ${firstLine(cause)}`
  }
  if (error.syscall === "connect" || error.syscall?.startsWith("getaddrinfo") === true) return dialWords(error)
  return handshakeText(cause)
}

const firstLine = (cause: Error): string => {
  const packet = "rawPacket" in cause && Buffer.isBuffer(cause.rawPacket) ? cause.rawPacket : Buffer.alloc(0)
  return JSON.stringify(packet.toString("latin1", 0, 256).split(/\r?\n/, 1)[0] ?? "")
}
