import { createHash } from "node:crypto"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { clientJudge, type JudgeOptions, serverJudge } from "../../src/access/AccessJudge.ts"
import { parsePeerCertificate } from "../../src/access/PeerCertificate.ts"
import { makePeerCertificateCache } from "../../src/access/PeerCertificateCache.ts"
import type { Judge, Verdict, Why } from "../../src/access/Verdict.ts"
import type { AccessRules, NameRules } from "../../src/config/AccessRules.ts"
import { disposeTestCas, type IdentitySpec, makeCa } from "../support/TestCa.ts"
import { craft, oid, tlv } from "./CraftedCertificate.ts"

afterAll(disposeTestCas)

const none: NameRules = { commonNames: [], organizationalUnits: [], dnsNames: [], ipAddresses: [], uriPatterns: [] }
const names = (rules: Partial<NameRules>): AccessRules => ({ _tag: "Names", rules: { ...none, ...rules } })
const anyVerified: AccessRules = { _tag: "AnyVerified" }
const options: JudgeOptions = { cache: makePeerCertificateCache(8) }
const server = (rules: AccessRules, more: JudgeOptions = options) => Result.getOrThrow(serverJudge(rules, more))
const client = (rules: AccessRules, host = "localhost", more: JudgeOptions = options) =>
  Result.getOrThrow(clientJudge(rules, host, more))

const hint = / \((?:presented .*, issued by|its names are) .*\)$/
/** The verdict in the Go program's wording, without what follows it about a chain that does not verify. */
const settled = (verdict: ReturnType<Judge>): Verdict => {
  if (verdict._tag === "Pending") throw new Error("pending")
  const isHinted = verdict._tag === "Refused" && verdict.message.startsWith("tls: failed to verify certificate: ")
  return isHinted ? { ...verdict, message: verdict.message.replace(hint, "") } : verdict
}
const ask = (judge: Judge, der: Uint8Array | undefined, chainError?: string): Verdict =>
  settled(judge({ chain: der === undefined ? [] : [der], chainError }))
const refused = (reason: string, message: string) => ({ _tag: "Refused", reason, message })
/** The Go program's phrase, what was presented and what is required. */
const unauthorized = (reason: string, phrase: string, why: Why, detail: string) => ({
  ...refused(reason, `unauthorized: ${phrase} (${detail})`),
  why
})
const principal = "invalid principal, or principal not allowed"
const pinFailed = (der: Uint8Array, required: string) => {
  const { publicKeyInfo } = Result.getOrThrow(parsePeerCertificate(der))
  const presented = `sha256:${createHash("sha256").update(publicKeyInfo).digest("base64")}`
  const why = { presented, required }
  return unauthorized("pin", "pin verification failed", why, `presented ${presented}; allowed ${required}`)
}
const admitted = (by: string) => ({ _tag: "Admitted", by })

const issue = async (spec: IdentitySpec) => (await makeCa("Root")).issue(spec)
const pinOf = (der: Uint8Array): AccessRules => {
  const { publicKeyInfo } = Result.getOrThrow(parsePeerCertificate(der))
  return { _tag: "Pins", pins: [`sha256:${createHash("sha256").update(publicKeyInfo).digest("base64")}`] }
}

/** Every name Node has for a verification error, further ones of OpenSSL, and inventions. */
const chainErrors = [
  "UNABLE_TO_GET_ISSUER_CERT",
  "UNABLE_TO_GET_CRL",
  "UNABLE_TO_DECRYPT_CERT_SIGNATURE",
  "UNABLE_TO_DECRYPT_CRL_SIGNATURE",
  "UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY",
  "CERT_SIGNATURE_FAILURE",
  "CRL_SIGNATURE_FAILURE",
  "CERT_NOT_YET_VALID",
  "CERT_HAS_EXPIRED",
  "CRL_NOT_YET_VALID",
  "CRL_HAS_EXPIRED",
  "ERROR_IN_CERT_NOT_BEFORE_FIELD",
  "ERROR_IN_CERT_NOT_AFTER_FIELD",
  "ERROR_IN_CRL_LAST_UPDATE_FIELD",
  "ERROR_IN_CRL_NEXT_UPDATE_FIELD",
  "OUT_OF_MEM",
  "DEPTH_ZERO_SELF_SIGNED_CERT",
  "SELF_SIGNED_CERT_IN_CHAIN",
  "UNABLE_TO_GET_ISSUER_CERT_LOCALLY",
  "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
  "CERT_CHAIN_TOO_LONG",
  "CERT_REVOKED",
  "INVALID_CA",
  "PATH_LENGTH_EXCEEDED",
  "INVALID_PURPOSE",
  "CERT_UNTRUSTED",
  "CERT_REJECTED",
  "HOSTNAME_MISMATCH",
  "PERMITTED_VIOLATION",
  "EXCLUDED_VIOLATION",
  "UNHANDLED_CRITICAL_EXTENSION",
  "CA_MD_TOO_WEAK",
  "EE_KEY_TOO_SMALL",
  "UNSPECIFIED",
  "OK",
  "X509_V_OK",
  "",
  "0",
  "undefined",
  "__proto__",
  "SOMETHING\nELSE"
]

describe("AccessJudge fails closed", () => {
  it.each(chainErrors)("never admits a chain with the error %j, except by its pin", async (error) => {
    const { der } = await issue({ cn: "alice", dns: ["localhost"] })
    for (const judge of [server(anyVerified), server(names({ commonNames: ["alice"] })), client(anyVerified)]) {
      assert.strictEqual(ask(judge, der)._tag, "Admitted")
      const verdict = ask(judge, der, error)
      assert.strictEqual(verdict._tag, "Refused")
      if (verdict._tag === "Refused") assert.match(verdict.message, /^tls: failed to verify certificate: x509: [^\n]+$/)
    }
    assert.strictEqual(ask(server(pinOf(der)), der, error)._tag, "Admitted")
  })

  it("admits nobody by empty rules", async () => {
    const { der } = await issue({ dns: ["localhost"] })
    const why = { presented: "", required: "", nearest: undefined }
    const expected = unauthorized("acl", principal, why, "no rule allows anybody")
    assert.deepStrictEqual<unknown>(ask(server(names({})), der), expected)
    assert.deepStrictEqual<unknown>(ask(client(names({})), der), expected)
    const noPins: AccessRules = { _tag: "Pins", pins: [] }
    assert.deepStrictEqual<unknown>(ask(server(noPins), der), pinFailed(der, "0 pins"))
  })

  it("refuses when anything inside goes wrong", async () => {
    const { der } = await issue({ cn: "alice", dns: ["localhost"] })
    const broken = {
      ...options,
      now: () => {
        throw new Error("no\nclock")
      }
    }
    const expected = refused("bad_certificate", "tls: failed to verify certificate: no\\u000aclock")
    assert.deepStrictEqual<unknown>(ask(server(anyVerified, broken), der), expected)
    assert.deepStrictEqual<unknown>(ask(client(anyVerified, "localhost", broken), der), expected)
  })

  it("refuses a leaf that OpenSSL verified and that is out of date, of the wrong use or malformed all the same", async () => {
    const judge = server(anyVerified)
    const expired = ask(judge, (await issue({ cn: "e", expired: true })).der)
    assert.strictEqual(expired._tag === "Refused" && expired.reason, "expired")
    const signing = ask(judge, (await issue({ cn: "s", eku: "codeSigning" })).der)
    assert.strictEqual(signing._tag === "Refused" && signing.reason, "key_usage")
    assert.deepStrictEqual<unknown>(
      ask(judge, new Uint8Array(4)),
      refused("bad_certificate", "tls: failed to parse certificate from client: x509: unsupported tag")
    )
  })

  it("admits nobody on random bytes, whatever the rules and the error", () => {
    const rules = fc.constantFrom<AccessRules>(anyVerified, names({ commonNames: [""] }), { _tag: "Pins", pins: [] })
    const error = fc.option(fc.string(), { nil: undefined })
    fc.assert(
      fc.property(rules, fc.array(fc.uint8Array(), { maxLength: 3 }), error, (given, chain, chainError) => {
        assert.strictEqual(server(given)({ chain, chainError })._tag, "Refused")
        assert.strictEqual(client(given)({ chain, chainError })._tag, "Refused")
      })
    )
  })

  it("remembers no certificate of strangers", async () => {
    const cache = makePeerCertificateCache()
    const { der } = await issue({ cn: "alice" })
    ask(server(anyVerified, { cache }), der, "SELF_SIGNED_CERT_IN_CHAIN")
    ask(server({ _tag: "Pins", pins: [] }, { cache }), der, "SELF_SIGNED_CERT_IN_CHAIN")
    assert.strictEqual(cache.size(), 0)
    ask(server(pinOf(der), { cache }), der, "SELF_SIGNED_CERT_IN_CHAIN")
    assert.strictEqual(cache.size(), 1)
  })

  it("reads what strangers send behind their leaf only for a sentence about it", async () => {
    const cache = makePeerCertificateCache()
    let read = 0
    const counting = {
      ...cache,
      read: (der: Uint8Array, keep: boolean) => {
        read++
        return cache.read(der, keep)
      }
    }
    const { der } = await issue({ cn: "alice" })
    const chain = Array.from({ length: 40 }, () => der)
    server(anyVerified, { cache: counting })({ chain, chainError: "UNABLE_TO_GET_ISSUER_CERT" })
    assert.strictEqual(read, 1)
    server(anyVerified, { cache: counting })({ chain, chainError: "CERT_HAS_EXPIRED" })
    assert.strictEqual(read, 41)
  })
})

describe("AccessJudge of clients", () => {
  it("needs a certificate", () => {
    const expected = refused("no_cert", "tls: client didn't provide a certificate")
    for (const rules of [anyVerified, names({ commonNames: [""] }), { _tag: "Pins", pins: [] } as const]) {
      assert.deepStrictEqual<unknown>(ask(server(rules), undefined, "UNABLE_TO_GET_ISSUER_CERT"), expected)
      assert.deepStrictEqual<unknown>(ask(server(rules), undefined), expected)
    }
  })

  it("asks nobody for anything when anonymous", async () => {
    const judge = server({ _tag: "Anonymous" })
    assert.strictEqual(ask(judge, undefined, "UNABLE_TO_GET_ISSUER_CERT")._tag, "Admitted")
    assert.strictEqual(ask(judge, (await issue({ cn: "x" })).der)._tag, "Refused")
  })

  it("applies the rules", async () => {
    const { der } = await issue({ cn: "bob", ou: "eng", ip: ["10.0.0.1"], uri: ["spiffe://td/a"], eku: "client" })
    assert.deepStrictEqual<unknown>(ask(server(anyVerified), der), admitted("verified chain"))
    assert.deepStrictEqual<unknown>(ask(server(names({ organizationalUnits: ["eng"] })), der), admitted("OU eng"))
    assert.deepStrictEqual<unknown>(
      ask(server(names({ uriPatterns: ["spiffe://td/*"] })), der),
      admitted("URI spiffe://td/*")
    )
    assert.deepStrictEqual<unknown>(
      ask(server(names({ ipAddresses: ["::ffff:10.0.0.1"] })), der),
      admitted("IP 10.0.0.1")
    )
    assert.deepStrictEqual<unknown>(
      ask(server(names({ commonNames: ["alice"] })), der),
      unauthorized(
        "acl",
        principal,
        { presented: "CN=bob", required: "CN alice", nearest: undefined },
        "presented CN=bob; allowed CN alice"
      )
    )
  })

  it("asks for a verified chain before it asks for names", async () => {
    const { der } = await issue({ cn: "bob" })
    const verdict = ask(server(names({ commonNames: ["alice"] })), der, "UNABLE_TO_VERIFY_LEAF_SIGNATURE")
    assert.strictEqual(verdict._tag === "Refused" && verdict.reason, "untrusted")
  })

  it("pins only the key", async () => {
    const [pinned, other] = await Promise.all([
      issue({ cn: "p", expired: true, eku: "codeSigning", selfSigned: true }),
      issue({ cn: "o" })
    ])
    const judge = server(pinOf(pinned.der))
    assert.deepStrictEqual<unknown>(ask(judge, pinned.der, "DEPTH_ZERO_SELF_SIGNED_CERT"), admitted("pinned key"))
    assert.deepStrictEqual<unknown>(ask(judge, other.der), pinFailed(other.der, "1 pin"))
    const onClient = client(pinOf(pinned.der), "no.such.name")
    assert.deepStrictEqual<unknown>(ask(onClient, pinned.der, "CERT_HAS_EXPIRED"), admitted("pinned key"))
  })
})

const prefix = "tls: failed to verify certificate: x509: "

describe("AccessJudge of servers", () => {
  it("verifies the name besides the rules", async () => {
    const { der } = await issue({ cn: "srv", dns: ["a.test"], eku: "server" })
    assert.deepStrictEqual<unknown>(ask(client(anyVerified, "a.test"), der), admitted("verified chain"))
    assert.deepStrictEqual<unknown>(
      ask(client(names({ commonNames: ["srv"] }), "b.test"), der),
      refused("hostname", `${prefix}certificate is valid for a.test, not b.test`)
    )
    assert.strictEqual(ask(client(names({ commonNames: ["x"] }), "a.test"), der)._tag, "Refused")
    assert.deepStrictEqual<unknown>(ask(client(names({ commonNames: ["srv"] }), "a.test"), der), admitted("CN srv"))
    assert.strictEqual(ask(client(anyVerified, ""), der)._tag, "Refused")
  })

  it("reports dates first, then the name, then the chain, then the use", async () => {
    const all = await issue({ cn: "x", dns: ["a.test"], expired: true, eku: "client" })
    const reasonOf = (verdict: Verdict) => verdict._tag === "Refused" && verdict.reason
    assert.strictEqual(reasonOf(ask(client(anyVerified, "b.test"), all.der, "CERT_HAS_EXPIRED")), "expired")
    assert.strictEqual(reasonOf(ask(client(anyVerified, "b.test"), all.der, "INVALID_PURPOSE")), "expired")
    const current = await issue({ cn: "x", dns: ["a.test"], eku: "client" })
    assert.strictEqual(reasonOf(ask(client(anyVerified, "b.test"), current.der, "INVALID_PURPOSE")), "hostname")
    assert.strictEqual(reasonOf(ask(client(anyVerified, "b.test"), current.der, "CERT_HAS_EXPIRED")), "hostname")
    assert.strictEqual(reasonOf(ask(client(anyVerified, "a.test"), current.der, "CERT_UNTRUSTED")), "untrusted")
    assert.strictEqual(reasonOf(ask(client(anyVerified, "a.test"), current.der)), "key_usage")
  })

  it("needs a certificate and is never anonymous", () => {
    assert.strictEqual(ask(client(anyVerified), undefined)._tag, "Refused")
    assert.isTrue(Result.isFailure(clientJudge({ _tag: "Anonymous" }, "localhost")))
  })
})

describe("AccessJudge's words", () => {
  const now = () => new Date("2026-05-04T03:02:01.999Z")
  const dated = (notBefore: string, notAfter: string) =>
    issue({ cn: "d", dns: ["localhost"], notBefore: new Date(notBefore), notAfter: new Date(notAfter) })
  const current = () => dated("2026-01-01T00:00:00Z", "2026-12-31T00:00:00Z")
  const judge = () => server(anyVerified, { ...options, now })

  it("for dates", async () => {
    const past = await dated("2020-01-01T00:00:00Z", "2026-05-04T03:02:00Z")
    const future = await dated("2026-05-05T00:00:00Z", "2027-01-01T00:00:00Z")
    const text = `${prefix}certificate has expired or is not yet valid: current time 2026-05-04T03:02:01Z is`
    assert.deepStrictEqual<unknown>(
      ask(judge(), past.der, "CERT_HAS_EXPIRED"),
      refused("expired", `${text} after 2026-05-04T03:02:00Z`)
    )
    assert.deepStrictEqual<unknown>(
      ask(judge(), future.der, "CERT_NOT_YET_VALID"),
      refused("expired", `${text} before 2026-05-05T00:00:00Z`)
    )
    const chain = [(await current()).der, future.der]
    assert.deepStrictEqual<unknown>(
      settled(judge()({ chain, chainError: "CERT_NOT_YET_VALID" })),
      refused("expired", `${text} before 2026-05-05T00:00:00Z`)
    )
    const above = ask(judge(), (await current()).der, "CERT_HAS_EXPIRED")
    assert.strictEqual(above._tag === "Refused" && above.reason, "expired")
  })

  it.each([
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "untrusted", "certificate signed by unknown authority"],
    ["UNABLE_TO_GET_ISSUER_CERT", "untrusted", "certificate signed by unknown authority"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "untrusted", "certificate signed by unknown authority"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "untrusted", "certificate signed by unknown authority"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "untrusted", "certificate signed by unknown authority"],
    ["INVALID_PURPOSE", "key_usage", "certificate specifies an incompatible key usage"],
    ["CERT_REVOKED", "revoked", "certificate has been revoked"],
    ["PATH_LENGTH_EXCEEDED", "untrusted", "too many intermediates for path length constraint"],
    [
      "WHAT_EVER",
      "untrusted",
      "certificate signed by unknown authority (possibly because of an unexpected verification error, what ever)"
    ]
  ] as const)("for %s", async (error, reason, text) => {
    assert.deepStrictEqual<unknown>(ask(judge(), (await current()).der, error), refused(reason, prefix + text))
  })

  it("for keys nobody should use", async () => {
    const modulus = tlv(2, [0, ...new Uint8Array(1025).fill(0xff)])
    const algorithm = tlv(0x30, oid("1.2.840.113549.1.1.1"), tlv(5))
    const huge = craft({ key: tlv(0x30, algorithm, tlv(3, [0], tlv(0x30, modulus, tlv(2, [3])))) })
    const [pss, ed448, koblitz] = await Promise.all([
      issue({ cn: "k", key: "rsa-pss" }),
      issue({ cn: "k", key: "ed448" }),
      issue({ cn: "k", key: "secp256k1" })
    ])
    const rows = [
      [huge, "tls: client sent certificate containing RSA key larger than 8192 bits"],
      [pss.der, "tls: client certificate contains an unsupported type of public key: RSA-PSS"],
      [ed448.der, "tls: client certificate contains an unsupported type of public key: Ed448"],
      [koblitz.der, "tls: failed to parse certificate from client: x509: unsupported elliptic curve"]
    ] as const
    for (const [der, message] of rows) {
      assert.deepStrictEqual<unknown>(ask(server(anyVerified), der), refused("bad_certificate", message))
      assert.deepStrictEqual<unknown>(ask(server(pinOf(der)), der), refused("bad_certificate", message))
    }
  })

  it("for rules that cannot be understood", () => {
    const why = "wildcard '*' can only appear between two separators"
    const bad = names({ uriPatterns: ["a*"] })
    assert.deepStrictEqual(serverJudge(bad), Result.fail(`invalid URI pattern in --allow-uri flag (${why})`))
    assert.deepStrictEqual(clientJudge(bad, "x"), Result.fail(`invalid URI pattern in --verify-uri flag (${why})`))
    assert.deepStrictEqual(
      serverJudge(bad, { uriFlag: "--allow-uri-san" }),
      Result.fail(`invalid URI pattern in --allow-uri-san flag (${why})`)
    )
    const pin = serverJudge({ _tag: "Pins", pins: ["x"] })
    assert.deepStrictEqual(pin, Result.fail('invalid pin "x": expected format <algo>:<base64-digest>'))
  })
})
