/**
 * Hosts that only the resolver takes for an address: `0`, `127.1`, `0177.0.0.1`, `0x7f.1` (`inet_aton` forms). Operators
 * rarely intend what they mean, so flags, configurations and URLs refuse them. Pure.
 */
import { isIPv4, isIPv6 } from "node:net"
import { domainToASCII } from "node:url"

/** Whether the last label is a number, which no top-level domain is (RFC 3696, section 2). */
const endsInNumber = (host: string): boolean => /(^|\.)(\d+|0x[0-9a-f]*)\.?$/i.test(host)

const numeric =
  "the host is neither a name nor an address: write an IPv4 address as four decimal numbers without leading zeros"

/** Why the host is refused, to follow the flag or the address; `undefined` for names and literal addresses. */
export const refuseHost = (host: string): string | undefined => {
  if (/\p{Cc}/u.test(host)) return "the host has control characters"
  if (isIPv4(host) || isIPv6(host)) return undefined
  // Resolvers and URL parsers map full-width digits and dots, and drop invisible characters, before they look for numbers.
  return endsInNumber(host) || isIPv4(domainToASCII(host)) ? numeric : undefined
}

/** The message for a text that is not a URL. */
export const notUrl = "not a valid URL"

const writtenHost = (text: string): string => {
  const authority = /^[a-z][a-z0-9+.-]*:[/\\]*([^/?#\\]*)/i.exec(text.trim())?.[1] ?? ""
  return authority.slice(authority.lastIndexOf("@") + 1).replace(/:\d*$/, "")
}

/**
 * Why a URL is refused; undefined for a usable one. Checks the host as written, because the URL parser silently turns
 * `0x7f.1` into `127.0.0.1`. Shows no part of the URL, which may contain a password.
 */
export const refuseUrl = (text: string): string | undefined => {
  const host = writtenHost(text)
  const refused = refuseHost(host)
  if (refused !== undefined) return refused
  const url = URL.parse(text)
  if (url === null) return notUrl
  // Only the schemes of the web end a host at a backslash: of others the parser may have taken another part for the host.
  if (url.hostname !== host)
    return isIPv4(url.hostname) ? numeric : refuseHost(url.hostname.replace(/^\[(.*)\]$/, "$1"))
  return undefined
}
