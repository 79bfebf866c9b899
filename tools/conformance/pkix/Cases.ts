/** Files of PKIX conformance cases: chains with keys, anchors, revocation lists and the suites' expectations. */
import { Effect, Schema } from "effect"
import { ConformanceError, readText } from "../Files.ts"

const Answer = Schema.Literals(["accept", "refuse"])

const RawCase = Schema.Struct({
  name: Schema.String,
  suite: Schema.Literals(["PKITS", "BetterTLS", "x509-limbo"]),
  section: Schema.String,
  peer: Schema.Literals(["client", "server"]),
  host: Schema.optionalKey(Schema.NullOr(Schema.String)),
  chain: Schema.Array(Schema.Int),
  key: Schema.NullOr(Schema.Int),
  anchors: Schema.Array(Schema.Int),
  crls: Schema.Array(Schema.Int),
  expected: Answer,
  notApplicable: Schema.NullOr(Schema.String),
  needsCrls: Schema.optionalKey(Schema.Boolean),
  soft: Schema.optionalKey(Schema.Boolean),
  go: Schema.NullOr(Schema.Literals(["accept", "refuse", "nostart", "harness"]))
})

const CasesFile = Schema.fromJsonString(
  Schema.Struct({ blobs: Schema.Array(Schema.String), cases: Schema.Array(RawCase) })
)

/** What the product did with a chain, or should do. */
export type Answer = typeof Answer.Type

/** One chain that a peer presents. */
export interface PkixCase {
  readonly name: string
  readonly suite: typeof RawCase.Type.suite
  readonly section: string
  /** Which side presents the chain; for `client` the product runs in server mode. */
  readonly peer: "client" | "server"
  /** The name that the product dials in client mode. */
  readonly host: string
  /** PEM, leaf first. */
  readonly chain: string
  /** PEM; undefined when the suite has none. */
  readonly key: string | undefined
  /** PEM. */
  readonly anchors: string
  /** PEM; empty without lists. */
  readonly lists: string
  readonly expected: Answer
  readonly notApplicable: string | undefined
  readonly needsLists: boolean
  /** Either answer is right. */
  readonly soft: boolean
  /** The Go program's answer. */
  readonly go: Answer | undefined
}

const pem = (type: string, base64: string): string =>
  `-----BEGIN ${type}-----\n${base64.replace(/(.{64})(?=.)/g, "$1\n")}\n-----END ${type}-----\n`

const toCase =
  (blobs: ReadonlyArray<string>) =>
  (raw: typeof RawCase.Type): PkixCase => {
    const all = (type: string, indices: ReadonlyArray<number>) =>
      indices.map((index) => pem(type, blobs[index] ?? "")).join("")
    return {
      name: raw.name,
      suite: raw.suite,
      section: raw.section,
      peer: raw.peer,
      host: raw.host ?? "localhost",
      chain: all("CERTIFICATE", raw.chain),
      key: raw.key === null ? undefined : all("PRIVATE KEY", [raw.key]),
      anchors: all("CERTIFICATE", raw.anchors),
      lists: all("X509 CRL", raw.crls),
      expected: raw.expected,
      notApplicable: raw.notApplicable ?? undefined,
      needsLists: raw.needsCrls ?? false,
      soft: raw.soft ?? false,
      go: raw.go === "accept" ? "accept" : raw.go === "refuse" || raw.go === "nostart" ? "refuse" : undefined
    }
  }

/** Reads a file of cases, in its order. */
export const readCases = Effect.fn("readCases")(function* (path: string) {
  const text = yield* readText(path)
  const { blobs, cases } = yield* Schema.decodeEffect(CasesFile)(text).pipe(
    Effect.mapError((cause) => new ConformanceError({ message: `${path}: not a file of PKIX cases: ${cause.message}` }))
  )
  return cases.map(toCase(blobs))
})
