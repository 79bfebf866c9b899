/** Protocol versions, cipher suites and groups (docs/compatibility/credentials.md, 3). */
import { Effect, Result, Schema } from "effect"
import { closed } from "./Closed.ts"

export const CipherGroup = Schema.Literals(["AES", "CHACHA", "UNSAFE-AZURE"])
export type CipherGroup = typeof CipherGroup.Type

const reserved = "acme-tls/1"

/** What is wrong with one protocol's name, to follow the name itself; `undefined` for a good one (RFC 7301, section 3.1). */
export const refuseProtocol = (name: string): string | undefined => {
  const bytes = Buffer.byteLength(name)
  if (bytes === 0 || bytes > 255) return "is not an ALPN protocol: its name must have 1 to 255 bytes"
  return name === reserved ? "cannot be offered: it belongs to ACME challenges" : undefined
}

/** More protocols would not fit into a ClientHello. */
export const maxProtocols = 64

const Protocols = Schema.Array(
  Schema.String.pipe(
    Schema.check(
      Schema.makeFilter((name) => {
        const why = refuseProtocol(name)
        return why === undefined ? undefined : `${JSON.stringify(name)} ${why}`
      })
    )
  )
).pipe(Schema.check(Schema.isMaxLength(maxProtocols)))

export const TlsOptions = closed(
  Schema.Struct({
    /** The highest version offered; the lowest is always 1.2. */
    maxVersion: Schema.Literals(["TLSv1.2", "TLSv1.3"]).pipe(Schema.withDecodingDefaultKey(Effect.succeed("TLSv1.3"))),
    cipherGroups: Schema.Array(CipherGroup).pipe(Schema.withDecodingDefaultKey(Effect.succeed(["AES", "CHACHA"]))),
    /**
     * Application protocols (RFC 7301): what clients offer, and what servers choose from in this order of preference. Where
     * both sides name some and none is common, the handshake fails. None: the extension is not used.
     */
    alpn: Schema.optionalKey(Protocols)
  })
)
export type TlsOptions = typeof TlsOptions.Type

const suites: Readonly<Record<CipherGroup, ReadonlyArray<string>>> = {
  AES: [
    "ECDHE-ECDSA-AES128-GCM-SHA256",
    "ECDHE-RSA-AES128-GCM-SHA256",
    "ECDHE-ECDSA-AES256-GCM-SHA384",
    "ECDHE-RSA-AES256-GCM-SHA384"
  ],
  CHACHA: ["ECDHE-ECDSA-CHACHA20-POLY1305", "ECDHE-RSA-CHACHA20-POLY1305"],
  "UNSAFE-AZURE": ["ECDHE-RSA-AES128-SHA256"]
}
const order: ReadonlyArray<CipherGroup> = ["AES", "CHACHA", "UNSAFE-AZURE"]

/** TLS 1.3 suites in the server's order of preference; no option restricts them. */
export const tls13Suites = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"] as const

/** TLS 1.2 suites of the groups in the server's own order, whatever order they were named in. */
export const tls12Suites = (groups: ReadonlyArray<CipherGroup>): ReadonlyArray<string> =>
  order.filter((group) => groups.includes(group)).flatMap((group) => suites[group])

/** Key exchange groups in order of preference. */
export const groups = ["X25519MLKEM768", "X25519", "P-256", "P-384", "P-521"] as const

/** The names as OpenSSL takes them, each after its length in bytes; `undefined` for none. */
export const alpnWire = ({ alpn = [] }: Pick<TlsOptions, "alpn">): Buffer | undefined =>
  alpn.length === 0
    ? undefined
    : Buffer.concat(alpn.flatMap((name) => [Buffer.of(Buffer.byteLength(name)), Buffer.from(name)]))

/** Parses `AES,CHACHA`. The failure is the Go program's message. */
export const parseCipherGroups = (
  text: string,
  allowUnsafe: boolean
): Result.Result<ReadonlyArray<CipherGroup>, string> => {
  const chosen: Array<CipherGroup> = []
  for (const name of text.split(",").map((part) => part.trim())) {
    const group = order.find((known) => known === name && (allowUnsafe || known !== "UNSAFE-AZURE"))
    if (group === undefined) return Result.fail(`invalid cipher suite '${name}' selected`)
    chosen.push(group)
  }
  return Result.succeed(chosen)
}
