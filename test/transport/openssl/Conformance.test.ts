/**
 * Public conformance cases, judged without a connection: PKITS and BetterTLS have to be right, and of x509-limbo nothing is
 * admitted that the Go program refuses, and nothing refused that the suite and the Go program accept.
 */
import { readFileSync } from "node:fs"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result, Schema } from "effect"
import { clientJudge, serverJudge } from "../../../src/access/AccessJudge.ts"
import { chainRevocation } from "../../../src/access/Revocation.ts"
import { parseRevocationList } from "../../../src/access/RevocationList.ts"
import { loadOpenSsl } from "../../../src/transport/openssl/OpenSsl.ts"
import { OpenSslPathEngine } from "../../../src/transport/openssl/PathEngine.ts"

const Verdict = Schema.NullOr(Schema.String)
const Cases = Schema.Struct({
  blobs: Schema.Array(Schema.String),
  cases: Schema.Array(
    Schema.Struct({
      name: Schema.String,
      suite: Schema.String,
      peer: Schema.Literals(["client", "server"]),
      host: Schema.optionalKey(Schema.NullOr(Schema.String)),
      chain: Schema.Array(Schema.Number),
      anchors: Schema.Array(Schema.Number),
      crls: Schema.optionalKey(Schema.NullOr(Schema.Array(Schema.Number))),
      expected: Schema.String,
      go: Verdict,
      soft: Schema.optionalKey(Schema.NullOr(Schema.Boolean)),
      notApplicable: Schema.optionalKey(Schema.NullOr(Schema.Union([Schema.String, Schema.Boolean])))
    })
  )
})

const text = readFileSync(new URL("../../conformance/pkix/cases.json", import.meta.url), "utf8")
const { blobs, cases } = Schema.decodeUnknownSync(Schema.fromJsonString(Cases))(text)
const openSsl = loadOpenSsl()

/** Valid by RFC 5280, and refused by the Go program: self-issued certificates (`docs/compatibility/path-validation.md`). */
const laxer = ["limbo/pathlen::self-issued-certs-pathlen", "limbo/rfc5280::nc::permitted-self-issued"]

const derOf = (index: number) => new Uint8Array(Buffer.from(blobs[index] ?? "", "base64"))
const pemOf = (index: number) =>
  `-----BEGIN CERTIFICATE-----\n${(blobs[index] ?? "").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`

const engines: Array<OpenSslPathEngine> = []
afterAll(() => {
  for (const engine of engines) engine.dispose()
})

const verdictOn = (each: (typeof cases)[number]): string => {
  if (openSsl === undefined) return "no OpenSSL"
  const anchors = each.anchors.map(pemOf)
  const paths = new OpenSslPathEngine(openSsl, anchors)
  engines.push(paths)
  const lists = (each.crls ?? []).flatMap((index) => {
    const parsed = parseRevocationList(derOf(index))
    return Result.isSuccess(parsed) ? [parsed.success] : []
  })
  const revocation =
    lists.length === 0
      ? undefined
      : { ...chainRevocation(lists, anchors), mode: "strict" as const, tolerated: () => assert.fail("strict") }
  const judge = Result.getOrThrow(
    each.peer === "client"
      ? serverJudge({ _tag: "AnyVerified" }, { revocation })
      : clientJudge({ _tag: "AnyVerified" }, each.host ?? "", { revocation })
  )
  const verdict = judge({ chain: each.chain.map(derOf), chainError: "UNVERIFIED", paths })
  return verdict._tag === "Admitted" ? "accept" : verdict._tag === "Refused" ? "refuse" : "pending"
}

const isRight = (each: (typeof cases)[number], seen: string): boolean => {
  if (each.soft === true || seen === each.expected) return true
  if (each.suite !== "x509-limbo" || laxer.includes(each.name)) return false
  return seen === "accept" ? each.go === "accept" : each.go !== "accept"
}

describe.skipIf(openSsl === undefined)("the public cases of", () => {
  for (const [suite, list] of Map.groupBy(cases, ({ suite }) => suite)) {
    it(`${suite} are judged right`, () => {
      const wrong = list
        .filter(({ notApplicable }) => notApplicable === undefined || notApplicable === null || notApplicable === false)
        .flatMap((each) => {
          const seen = verdictOn(each)
          return isRight(each, seen) ? [] : [`${each.name}: ${seen}, not ${each.expected}`]
        })
      assert.deepStrictEqual(wrong, [])
    })
  }
})
