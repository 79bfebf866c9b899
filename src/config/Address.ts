/**
 * The address forms of the command line (docs/compatibility/command-line.md, 3.1): `HOST:PORT`, `unix:PATH`, `systemd:NAME`
 * and `launchd:NAME`. Every value keeps the text it came from, because logs and `/_status` show it verbatim.
 */
import { Effect, Result, Schema, SchemaIssue, SchemaTransformation } from "effect"
import { hinted } from "./AddressHint.ts"
import { refuseHost } from "./HostText.ts"

/** A name or a literal address; empty for every address of the machine. */
const Host = Schema.String.pipe(Schema.check(Schema.makeFilter(refuseHost)))

const Tcp = Schema.TaggedStruct("Tcp", { text: Schema.String, host: Host, port: Schema.Int })
const Unix = Schema.TaggedStruct("Unix", { text: Schema.String, path: Schema.NonEmptyString })
const Systemd = Schema.TaggedStruct("Systemd", { text: Schema.String, name: Schema.String })
const Launchd = Schema.TaggedStruct("Launchd", { text: Schema.String, name: Schema.String })

export const Address = Schema.Union([Tcp, Unix, Systemd, Launchd])
export type Address = typeof Address.Type
export type TcpAddress = typeof Tcp.Type
export type UnixAddress = typeof Unix.Type

/** The service names that may stand for a port number; the numbers are IANA's. The command line adds `/etc/services`. */
export type Services = (name: string) => number | undefined

const commonServices: ReadonlyMap<string, number> = new Map([
  ["http", 80],
  ["https", 443],
  ["http-alt", 8080],
  ["ldap", 389],
  ["ldaps", 636],
  ["postgresql", 5432],
  ["mysql", 3306],
  ["redis", 6379]
])

const parsePort = (text: string, services: Services): Result.Result<number, string> => {
  if (text === "") return Result.succeed(0)
  if (/^[+-]?\d+$/.test(text)) {
    const port = Number(text)
    return port >= 0 && port <= 65535 ? Result.succeed(port) : Result.fail(`address ${text}: invalid port`)
  }
  const port = commonServices.get(text) ?? services(text)
  return port === undefined ? Result.fail(`lookup tcp/${text}: unknown port`) : Result.succeed(port)
}

/** Splits `HOST:PORT` as Go does: exactly one colon outside brackets, the brackets removed from the host. */
export const splitHostPort = (text: string): Result.Result<readonly [host: string, port: string], string> => {
  const fail = (why: string) => Result.fail(`address ${text}: ${why}`)
  const colon = text.lastIndexOf(":")
  if (colon < 0) return fail("missing port in address")
  if (text.startsWith("[")) {
    const end = text.indexOf("]")
    if (end < 0) return fail("missing ']' in address")
    if (end + 1 === text.length) return fail("missing port in address")
    if (end + 1 !== colon) return fail(text[end + 1] === ":" ? "too many colons in address" : "missing port in address")
    if (text.includes("[", 1)) return fail("unexpected '[' in address")
    if (text.includes("]", end + 1)) return fail("unexpected ']' in address")
    return Result.succeed([text.slice(1, end), text.slice(colon + 1)])
  }
  const host = text.slice(0, colon)
  if (host.includes(":")) return fail("too many colons in address")
  if (/[[\]]/.test(text)) return fail(`unexpected '${text.includes("[") ? "[" : "]"}' in address`)
  return Result.succeed([host, text.slice(colon + 1)])
}

/** Parses one address. The failure is the message's tail, in the words of the Go program. */
export const parse = (text: string, services: Services = () => undefined): Result.Result<Address, string> => {
  if (text.startsWith("unix:")) {
    const path = text.slice(5)
    return path === ""
      ? Result.fail(`address ${text}: missing socket path`)
      : Result.succeed({ _tag: "Unix", text, path })
  }
  if (text.startsWith("systemd:")) return Result.succeed({ _tag: "Systemd", text, name: text.slice(8) })
  if (text.startsWith("launchd:")) return Result.succeed({ _tag: "Launchd", text, name: text.slice(8) })
  const parsed = Result.flatMap(splitHostPort(text), ([host, service]) => {
    const refused = refuseHost(host)
    return refused === undefined
      ? Result.map(parsePort(service, services), (port) => ({ _tag: "Tcp" as const, text, host, port }))
      : Result.fail(`address ${text}: ${refused}`)
  })
  return Result.mapError(parsed, (why) => hinted(why, text))
}

/** Go's name of the network: what error sentences put in quotes. */
export const network = (address: Address): "tcp" | "unix" | "systemd" | "launchd" =>
  address._tag === "Tcp" ? "tcp" : address._tag === "Unix" ? "unix" : address._tag === "Systemd" ? "systemd" : "launchd"

const safePrefixes = ["unix:", "systemd:", "launchd:", "127.0.0.1:", "[::1]:", "localhost:"]

/** Whether plaintext on this address stays on the machine: a test of the text alone (docs/compatibility/command-line.md, 3.3). */
export const isLocal = (text: string): boolean => safePrefixes.some((prefix) => text.startsWith(prefix))

/** The codec between an address and its text. */
export const AddressFromString = Schema.String.pipe(
  Schema.decodeTo(
    Address,
    SchemaTransformation.transformEffect({
      decode: (text: string, options) => {
        const parsed = parse(text)
        return Result.isSuccess(parsed)
          ? Effect.succeed(parsed.success)
          : Effect.fail(new SchemaIssue.InvalidValue({ expected: parsed.failure }, text, options))
      },
      encode: (address: Address) => Effect.succeed(address.text)
    })
  )
)

/** The codec between a `HOST:PORT` address and its text. */
export const TcpAddressFromString = Schema.String.pipe(
  Schema.decodeTo(
    Tcp,
    SchemaTransformation.transformEffect({
      decode: (text: string, options) => {
        const parsed = parse(text)
        return Result.isSuccess(parsed) && parsed.success._tag === "Tcp"
          ? Effect.succeed(parsed.success)
          : Effect.fail(new SchemaIssue.InvalidValue({ expected: "an address HOST:PORT" }, text, options))
      },
      encode: (address: TcpAddress) => Effect.succeed(address.text)
    })
  )
)
