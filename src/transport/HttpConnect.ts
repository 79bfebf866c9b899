/** The negotiation of HTTP `CONNECT` with an upstream proxy (docs/compatibility/command-line.md, 8.5; RFC 9110, section 9.3.6). */
import { STATUS_CODES } from "node:http"
import { isIPv6 } from "node:net"
import { domainToASCII } from "node:url"
import { Result } from "effect"
import type { TcpAddress } from "../config/Address.ts"
import { hostPort, type Negotiation, type ProxyCredentials, Step } from "./UpstreamProxy.ts"

/** What an answer's head may measure. */
const headLimit = 65_536

const nothing = new Uint8Array()
const malformed = "malformed HTTP response"
const statusForm = /^HTTP\/\d\.\d +(\d{3})(?: (.*))?$/
/** A field, or the continuation of one: no field means anything here. */
const fieldForm = /^(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:|[ \t])/

const nameForm = /^[\w.~!$&'()*+,;=-]+$/
const internationalForm = /^[\w.~!$&'()*+,;=\u00a0-\u{10ffff}-]+$/u

/** The target as the request names it, other letters as Go writes them; undefined when that would not stay one word. */
const authorityOf = ({ host, port }: TcpAddress): string | undefined => {
  if (isIPv6(host) || nameForm.test(host)) return hostPort(host, port)
  const name = internationalForm.test(host) ? domainToASCII(host) : ""
  return nameForm.test(name) ? hostPort(name, port) : undefined
}

/** The words after the number, fit for a log line and without what was sent in confidence. */
const reasonPhrase = (status: string, phrase: string, secrets: ReadonlyArray<string>): string =>
  secrets.some((secret) => phrase.includes(secret))
    ? (STATUS_CODES[status] ?? "")
    : phrase.replace(/[^ -~]/g, "?").slice(0, 256)

/**
 * Asks a proxy for a tunnel with `CONNECT`; credentials are sent along (RFC 7617). Only status 200 is success. Fails for
 * a target that cannot be written into a request.
 */
export const httpConnect = (
  target: TcpAddress,
  credentials: ProxyCredentials | undefined
): Result.Result<Negotiation, string> => {
  const authority = authorityOf(target)
  if (authority === undefined) return Result.fail("http_tunnel: invalid target host")
  const pair =
    credentials === undefined ? "" : Buffer.concat([credentials.username, Buffer.from(":"), credentials.password])
  const token = pair.toString("base64")
  // A user name that stands alone may be a token.
  const word = credentials?.password.length === 0 ? credentials.username : (credentials?.password ?? [])
  const secrets = [token, Buffer.from(word).toString("latin1")].filter((secret) => secret !== "")

  const refused = (line: string): string | undefined => {
    const [, status, phrase = ""] = statusForm.exec(line) ?? []
    if (status === undefined) return malformed
    if (status === "200") return undefined
    return `http_tunnel: failed proxying ${status}: ${`${status} ${reasonPhrase(status, phrase, secrets)}`.trimEnd()}`
  }

  let size = 0
  let first = true
  let line = ""

  /** Judges one line of the head; an empty one ends it. */
  const judge = (text: string): string | undefined => {
    if (!first) return text === "" || fieldForm.test(text) ? undefined : malformed
    first = false
    return refused(text)
  }
  const receive = (chunk: Uint8Array): Step => {
    for (let at = 0; ; ) {
      const feed = chunk.indexOf(10, at)
      const end = feed < 0 ? chunk.length : feed + 1
      size += end - at
      if (size > headLimit) return Step.Failed({ message: `${malformed}: head longer than ${headLimit} bytes` })
      line += Buffer.from(chunk.subarray(at, end)).toString("latin1")
      if (feed < 0) return Step.NeedMore({ send: nothing })
      const text = line.replace(/\r?\n$/, "")
      const ended = !first && text === ""
      const message = judge(text)
      if (message !== undefined) return Step.Failed({ message })
      if (ended) return Step.Done({ send: nothing, surplus: chunk.subarray(end) })
      line = ""
      at = end
    }
  }

  return Result.succeed({
    start: () =>
      Buffer.from(
        [
          `CONNECT ${authority} HTTP/1.1`,
          `Host: ${authority}`,
          "User-Agent: Go-http-client/1.1",
          ...(credentials === undefined ? [] : [`Proxy-Authorization: Basic ${token}`]),
          "\r\n"
        ].join("\r\n")
      ),
    receive,
    undialled: (cause) => `http_tunnel: failed dialing to proxy: ${cause}`,
    interrupted: (cause) => `http_tunnel: no answer from proxy: ${cause}`
  })
}
