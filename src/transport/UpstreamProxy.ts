/**
 * An upstream proxy between a client tunnel and its target: its URL as plain values, and what every negotiation with one
 * looks like (docs/compatibility/command-line.md, 8.5). Negotiations are pure: a transport moves the bytes, keeps the
 * deadline, and starts TLS on what is left.
 */
import { isIPv6 } from "node:net"
import { Data, Result } from "effect"
import type { TcpAddress } from "../config/Address.ts"
import { refuseHost } from "../config/HostText.ts"

/** What received bytes lead to. The same bytes lead to the same end however they are cut into chunks. */
export type Step = Data.TaggedEnum<{
  /** The proxy has more to say; `send` goes out first, if there is any. */
  NeedMore: { readonly send: Uint8Array }
  /** The target is connected. `send` goes out first; `surplus` was read too far: it is the target's. */
  Done: { readonly send: Uint8Array; readonly surplus: Uint8Array }
  /** The proxy refused, or does not speak the protocol. The message is the tail of `error on dial: ..`. */
  Failed: { readonly message: string }
}>
export const Step = Data.taggedEnum<Step>()

/** One conversation with a proxy that asks it for one target (section 8.5). Never throws, never shows a password. */
export interface Negotiation {
  /** What to send at once; call it once, before `receive`. */
  readonly start: () => Uint8Array
  /** Takes what the proxy has sent; not to be called again after `Done` and `Failed`. */
  readonly receive: (chunk: Uint8Array) => Step
  /** The sentence for a proxy that cannot be reached; the cause is the transport's (`dial tcp ..: connect: ..`). */
  readonly undialled: (cause: string) => string
  /** The sentence for an end before the answer was complete: `unexpected EOF`, `i/o timeout`, .. */
  readonly interrupted: (cause: string) => string
}

/** What the URL says before the `@`, percent-decoded: bytes, so that no log line prints them as text. */
export interface ProxyCredentials {
  readonly username: Uint8Array
  readonly password: Uint8Array
}

/** A proxy to connect through, as plain values that can cross threads. */
export interface UpstreamProxy {
  readonly scheme: "http" | "socks5"
  readonly address: TcpAddress
  readonly credentials: ProxyCredentials | undefined
  /** The URL as the log may show it. */
  readonly display: string
}

const percentDecoded = (text: string): Uint8Array =>
  Uint8Array.from(
    text
      .split(/(%[0-9a-f]{2})/i)
      .flatMap((part, index) => [...Buffer.from(part.slice(index % 2), index % 2 ? "hex" : "utf8")])
  )

const defaultPorts = { http: 8080, socks5: 1080 } as const
const hostForm = /^(?:\[(?<six>[^\]]*)\]|(?<name>[^\s\p{Cc}%<>"\\^`{|}[\]:@]*))(?::(?<port>\d*))?$/u
const userinfoForm = /^(?:[\w.~!$&'()*+,;=:@-]|%[0-9a-f]{2})*$/i

/**
 * Reads `--proxy` (section 8.5). Failures are the tail of `error configuring proxy: ..` and repeat nothing of the URL but
 * its scheme or its port. The display form shows a user name only beside a password, which is masked: alone it may be a
 * secret itself. Path, query and fragment mean nothing and are not shown.
 */
export const parseProxyUrl = (url: string): Result.Result<UpstreamProxy, string> => {
  const [whole = "", written] = /^(?:([a-z][a-z0-9+.-]*):)?/i.exec(url) ?? []
  const name = written?.toLowerCase() ?? ""
  if (name !== "http" && name !== "socks5" && name !== "socks5h") return Result.fail(`proxy: unknown scheme: ${name}`)
  const scheme = name === "http" ? name : "socks5"
  const [, authority, rest = ""] = /^\/\/([^/?#]+)(.*)$/s.exec(url.slice(whole.length)) ?? []
  if (authority === undefined) return Result.fail("proxy: missing host")
  // A password with a bare `/`, `?` or `#` in it: what looks like the host is part of the credentials.
  if (rest.includes("@")) return Result.fail("proxy: invalid userinfo")
  const at = authority.lastIndexOf("@")
  const userinfo = authority.slice(0, Math.max(0, at))
  if (!userinfoForm.test(userinfo)) return Result.fail("proxy: invalid userinfo")
  const place = authority.slice(at + 1)
  const parts = hostForm.exec(place)?.groups
  const host = parts?.six?.replace("%25", "%") ?? parts?.name ?? ""
  if (parts === undefined || (parts.six !== undefined && !isIPv6(host))) return Result.fail("proxy: invalid host")
  if (place === "") return Result.fail("proxy: missing host")
  const refused = refuseHost(host)
  if (refused !== undefined) return Result.fail(`proxy: invalid host: ${refused}`)
  const port = parts.port === undefined || parts.port === "" ? defaultPorts[scheme] : Number(parts.port)
  if (port > 65_535) return Result.fail(`proxy: invalid port ${port}`)
  const [username = "", ...more] = userinfo.split(":")
  const password = more.join(":")
  const credentials =
    username + password === "" ? undefined : { username: percentDecoded(username), password: percentDecoded(password) }
  if (scheme === "socks5" && credentials !== undefined && !fitsSocks(credentials)) {
    return Result.fail("proxy: invalid username/password")
  }
  const shown = credentials === undefined ? "" : password === "" ? "xxxxx@" : `${username}:xxxxx@`
  return Result.succeed({
    scheme,
    address: { _tag: "Tcp", text: hostPort(host, port), host, port },
    credentials,
    display: `${name}://${shown}${place}`
  })
}

/** Whether SOCKS5 can carry them (RFC 1929, section 2; the Go program lets the password be empty). */
export const fitsSocks = ({ password, username }: ProxyCredentials): boolean =>
  username.length >= 1 && username.length <= 255 && password.length <= 255

/** `host:port`, IPv6 addresses in brackets. */
export const hostPort = (host: string, port: number): string =>
  host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`
