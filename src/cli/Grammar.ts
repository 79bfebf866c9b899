/**
 * What the values of flags look like (docs/compatibility/command-line.md, 1.4): each grammar turns a word into a value, or
 * into the sentence that refuses it.
 */
import { isIP } from "node:net"
import { type Duration, Result } from "effect"
import * as Address from "../config/Address.ts"
import { parseAllowedHost } from "../config/AllowedHost.ts"
import * as GoDuration from "../config/GoDuration.ts"
import { refusePrefix } from "../config/MetricsPrefix.ts"
import { refuseProtocol } from "../config/TlsOptions.ts"
import type { Workers } from "../config/TunnelConfig.ts"
import { machine } from "./Services.ts"

/** Reads one value; the failure is the sentence the user sees. */
export interface Grammar<A> {
  (text: string): Result.Result<A, string>
  /** All the words there are, where they can be counted. */
  readonly choices?: ReadonlyArray<string>
  /** What to write instead of a text that was refused. */
  readonly advice?: (text: string) => string | undefined
  /** Its sentences name the flag already. */
  readonly namesFlag?: boolean
}

/** A text in the quotes that error sentences use. */
export const quote = (text: string): string => JSON.stringify(text)

/** Any text, the empty one too. */
export const text: Grammar<string> = Result.succeed

/** A Go duration with kingpin's days and weeks. */
export const duration: Grammar<Duration.Duration> = Object.assign(
  (text: string): Result.Result<Duration.Duration, string> => GoDuration.parse(text),
  {
    advice: (text: string) =>
      /^[+-]?\d+(?:\.\d+)?$/.test(text)
        ? `did you mean "${text}s"?`
        : 'a duration is a number with its unit, such as "30s", "5m" or "1h30m"'
  }
)

const digits: Readonly<Record<string, RegExp>> = {
  "0b": /^[01]+$/,
  "0o": /^[0-7]+$/,
  "0x": /^[0-9a-f]+$/,
  "": /^[0-9]+$/
}

/** A number from 0 to 2^32 - 1 in any base of Go's literals, with `_` between digits. */
export const uint32: Grammar<number> = (text) => {
  const fail = (why: string) => Result.fail(`strconv.ParseUint: parsing ${quote(text)}: ${why}`)
  const lower = text.toLowerCase()
  const prefix = /^0[box]/.exec(lower)?.[0] ?? (/^0_?\d/.test(lower) ? "0" : "")
  const body = lower.slice(prefix.length)
  // One underscore may stand between two digits, or between the prefix and a digit.
  if (/__|_$/.test(body) || (prefix === "" && body.startsWith("_"))) return fail("invalid syntax")
  const plain = body.replaceAll("_", "")
  const base = prefix === "0" ? "0o" : prefix
  if (digits[base]?.test(plain) !== true) return fail("invalid syntax")
  const value = Number(base + plain)
  return value <= 0xffff_ffff ? Result.succeed(value) : fail("value out of range")
}

/** A whole number. */
export const int: Grammar<number> = (text) =>
  /^[+-]?\d{1,15}$/.test(text)
    ? Result.succeed(Number(text))
    : Result.fail(`strconv.ParseFloat: parsing ${quote(text)}: invalid syntax`)

/** One of these words, exactly. */
export const oneOf = <const Word extends string>(words: ReadonlyArray<Word>): Grammar<Word> => {
  const read = (text: string): Result.Result<Word, string> => {
    const word = words.find((known) => known === text)
    return word === undefined
      ? Result.fail(`enum value must be one of ${words.join(",")}, got '${text}'`)
      : Result.succeed(word)
  }
  return Object.assign(read, { choices: words.filter((word) => word !== "") })
}

/** A literal IPv4 or IPv6 address, without a zone. */
export const ip: Grammar<string> = (text) =>
  isIP(text) === 0 || text.includes("%") ? Result.fail(`'${text}' is not an IP address`) : Result.succeed(text)

/** A host under which browsers may ask the status port. */
export const allowedHost: Grammar<string> = (text) =>
  Result.mapError(parseAllowedHost(text), (why) => `--status-allow-host: ${why}`)

/** The number of worker threads, or `auto`. */
export const workers: Grammar<Workers> = (text) => {
  if (text === "auto") return Result.succeed("auto")
  const count = /^\d{1,2}$/.test(text) ? Number(text) : 65
  return count <= 64
    ? Result.succeed(count)
    : Result.fail(`'${text}' is not a number of worker threads (0 to 64) nor 'auto'`)
}

/** How many identities are shown by name. */
export const identities: Grammar<number> = (text) =>
  /^\d{1,4}$/.test(text) && Number(text) <= 1000
    ? Result.succeed(Number(text))
    : Result.fail(`'${text}' is not a number of identities (0 to 1000)`)

const protocol = (name: string): Result.Result<string, string> => {
  const why = refuseProtocol(name)
  return why === undefined ? Result.succeed(name) : Result.fail(`--alpn: ${quote(name)} ${why}`)
}

/** Names of application protocols (RFC 7301), the preferred one first, with commas between them. */
export const protocols: Grammar<ReadonlyArray<string>> = Object.assign(
  (text: string): Result.Result<ReadonlyArray<string>, string> =>
    Result.all(text.split(",").map((name) => protocol(name.trim()))),
  { namesFlag: true }
)

/** The prefix of every metric. */
export const metricsPrefix: Grammar<string> = Object.assign(
  (text: string): Result.Result<string, string> => {
    const why = refusePrefix(text)
    return why === undefined ? Result.succeed(text) : Result.fail(`--metrics-prefix: ${quote(text)}: ${why}`)
  },
  { namesFlag: true }
)

const invalidUrl = (text: string): string | undefined => {
  if (/[\u0000-\u001f\u007f]/.test(text)) return "net/url: invalid control character in URL"
  if (text.startsWith(":")) return "missing protocol scheme"
  const scheme = /^[a-zA-Z][a-zA-Z0-9+.-]*:/.exec(text)?.[0] ?? ""
  const rest = text.slice(scheme.length)
  if (scheme === "" && /^[^/?#]*:/.test(text)) return "first path segment in URL cannot contain colon"
  const badEscape = /%(?![0-9a-fA-F]{2}).{0,2}/.exec(rest.split("?", 1)[0] ?? "")?.[0]
  if (badEscape !== undefined) return `invalid URL escape ${quote(badEscape)}`
  if (!rest.startsWith("//")) return undefined
  const host = (/^\/\/([^/?#]*)/.exec(rest)?.[1] ?? "").replace(/^.*@/, "")
  if (host.startsWith("[") && !host.includes("]")) return "missing ']' in host"
  const port = host.replace(/^\[.*\]/, "").replace(/^[^:]*/, "")
  if (!/^(:\d*)?$/.test(port)) return `invalid port ${quote(port)} after host`
  return /[\s<>"\\^`{|}]/.test(host) ? `invalid character in host name ${quote(host)}` : undefined
}

/** A URL as Go parses one: hardly anything is refused, not even the absence of a scheme. */
export const url: Grammar<string> = (text) => {
  const problem = invalidUrl(text)
  return problem === undefined ? Result.succeed(text) : Result.fail(`invalid URL: parse ${quote(text)}: ${problem}`)
}

/** A URL that may hold a password: what is wrong with it is said without repeating what might be part of one. */
export const secretUrl: Grammar<string> = (text) => {
  const problem = invalidUrl(text)
  if (problem === undefined) return Result.succeed(text)
  if (!text.includes("@")) return Result.fail(`invalid URL: parse ${quote(text)}: ${problem}`)
  const shown = text.replace(/^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/)?.*@/s, "$1xxxxx@")
  return Result.fail(`invalid URL: parse ${quote(shown)}: ${problem.replace(/ ".*/s, "")}`)
}

/** Where revocation lists come from: a path, or an http(s) URL without a password, which logs and `/_status` show. */
export const listSource: Grammar<string> = (text) => {
  if (!/^https?:\/\//i.test(text)) return Result.succeed(text)
  const url = secretUrl(text)
  const named = Result.isSuccess(url) ? URL.parse(text) : null
  return named !== null && (named.username !== "" || named.password !== "")
    ? Result.fail("the URL of revocation lists must not hold a user or a password: it is logged")
    : url
}

/** The syntax of `HOST:PORT`; whether the host resolves is asked afterwards. */
export const tcpAddress: Grammar<Address.TcpAddress> = (text) => {
  const parsed = Result.flatMap(Address.splitHostPort(text), () => Address.parse(text, machine))
  if (Result.isSuccess(parsed) && parsed.success._tag === "Tcp") return Result.succeed(parsed.success)
  const why = Result.isFailure(parsed) ? parsed.failure : `address ${text}: missing port in address`
  return Result.fail(`'${text}' is not a valid TCP address: ${why}`)
}
