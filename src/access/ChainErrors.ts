/**
 * OpenSSL's verdict on a chain in the Go program's words (docs/compatibility/credentials.md, 2.2 and 10.2). Every name, known
 * or not, is a refusal.
 */
import type { PeerCertificate } from "./PeerCertificate.ts"
import type { RefusalReason } from "./Verdict.ts"

/** A refusal in the making. */
export interface ChainProblem {
  readonly reason: RefusalReason
  readonly message: string
  /** Where it was found; follows the message. */
  readonly detail?: string | undefined
}

const prefix = "tls: failed to verify certificate: x509: "
const problem = (reason: RefusalReason, text: string): ChainProblem => ({ reason, message: `${prefix}${text}` })

const unknownAuthority = problem("untrusted", "certificate signed by unknown authority")
const untrusted = (why: string) =>
  problem("untrusted", `certificate signed by unknown authority (possibly because of ${why})`)
const notAnAuthority = problem("untrusted", "certificate is not authorized to sign other certificates")

const known: ReadonlyMap<string, ChainProblem> = new Map([
  ["UNABLE_TO_GET_ISSUER_CERT", unknownAuthority],
  ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", unknownAuthority],
  ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", unknownAuthority],
  ["SELF_SIGNED_CERT_IN_CHAIN", unknownAuthority],
  ["DEPTH_ZERO_SELF_SIGNED_CERT", unknownAuthority],
  ["CERT_UNTRUSTED", unknownAuthority],
  ["CERT_REJECTED", unknownAuthority],
  ["CERT_SIGNATURE_FAILURE", untrusted("a signature that does not match")],
  ["UNABLE_TO_DECRYPT_CERT_SIGNATURE", untrusted("a signature that cannot be read")],
  ["UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY", untrusted("an issuer's key that cannot be read")],
  ["CA_MD_TOO_WEAK", untrusted("a signature with a weak hash algorithm")],
  ["CA_KEY_TOO_SMALL", untrusted("an issuer's key that is too small")],
  ["EE_KEY_TOO_SMALL", untrusted("a key that is too small: OpenSSL takes RSA from 2048 bits")],
  ["KEYUSAGE_NO_CERTSIGN", untrusted("an authority whose key usage lacks keyCertSign")],
  ["INVALID_CA", notAnAuthority],
  ["INVALID_NON_CA", notAnAuthority],
  ["PATH_LENGTH_EXCEEDED", problem("untrusted", "too many intermediates for path length constraint")],
  ["CERT_CHAIN_TOO_LONG", problem("untrusted", "too many certificates in the chain")],
  [
    "PERMITTED_VIOLATION",
    problem("untrusted", "a root or intermediate certificate is not authorized to sign for this name")
  ],
  [
    "EXCLUDED_VIOLATION",
    problem("untrusted", "a root or intermediate certificate is not authorized to sign for this name")
  ],
  ["UNSUPPORTED_CONSTRAINT_TYPE", problem("untrusted", "a name constraint of a kind that is not supported")],
  ["UNSUPPORTED_CONSTRAINT_SYNTAX", problem("untrusted", "a name constraint that cannot be read")],
  ["UNSUPPORTED_NAME_SYNTAX", problem("untrusted", "a name that name constraints cannot be compared with")],
  ["NO_EXPLICIT_POLICY", problem("untrusted", "no valid certificate policy, which the chain requires")],
  ["INVALID_POLICY_EXTENSION", problem("untrusted", "an invalid certificate policy extension")],
  ["INVALID_EXTENSION", problem("untrusted", "an invalid extension")],
  ["UNHANDLED_CRITICAL_EXTENSION", problem("untrusted", "unhandled critical extension")],
  ["INVALID_PURPOSE", problem("key_usage", "certificate specifies an incompatible key usage")],
  ["CERT_REVOKED", problem("revoked", "certificate has been revoked")]
])

/** The refusal for an error of a path's verification, by OpenSSL's name for it. Every name, known or not, is a refusal. */
export const pathProblem = (error: string): ChainProblem =>
  error === "LIMIT"
    ? problem("untrusted", "too many names or constraints in the chain")
    : (known.get(error) ?? untrusted(`an unexpected verification error, ${plain(error)}`))

/** A chain for which there is no path to an anchor. */
export const noPathProblem: ChainProblem = unknownAuthority

/** The same refusal with more behind the Go program's words. */
export const explained = (problem: ChainProblem, more: string): ChainProblem =>
  more === "" ? problem : { ...problem, detail: more }

/** A wrong extended key usage. */
export const keyUsageProblem: ChainProblem = problem("key_usage", "certificate specifies an incompatible key usage")

/** A revoked certificate: the peer's own, or the authority of this name. */
export const revokedProblem = (authority: string | undefined): ChainProblem =>
  problem("revoked", `certificate has been revoked${authority === undefined ? "" : ` (the authority "${authority}")`}`)

/** A chain of which it is not known whether a certificate in it is revoked. */
export const revocationProblem = (why: string): ChainProblem =>
  problem("untrusted", `certificate's revocation status is unknown: ${why}`)

/** A time as sentences show it (RFC 3339). */
export const seconds = (date: Date) => date.toISOString().replace(/\.\d+Z$/, "Z")

type Dated = Pick<PeerCertificate, "notBefore" | "notAfter">

/** What chains are looked through for once they are refused. */
type Above = Dated & Pick<PeerCertificate, "isAuthority">

/** What is wrong with a certificate's dates; undefined when nothing is. */
export const validityProblem = ({ notBefore, notAfter }: Dated, now: Date): ChainProblem | undefined => {
  const side =
    now < notBefore ? `before ${seconds(notBefore)}` : now > notAfter ? `after ${seconds(notAfter)}` : undefined
  if (side === undefined) return undefined
  return problem("expired", `certificate has expired or is not yet valid: current time ${seconds(now)} is ${side}`)
}

/**
 * What is wrong with a chain that OpenSSL refused with this error. `above` gives the certificates behind the leaf, which
 * strangers may send a hundred of: they are asked for only where the sentence is about them.
 */
export const chainProblem = (error: string, above: () => ReadonlyArray<Above>, now: Date): ChainProblem => {
  if (error === "CERT_HAS_EXPIRED" || error === "CERT_NOT_YET_VALID") {
    const dated = above()
      .map((certificate) => validityProblem(certificate, now))
      .find((found) => found !== undefined)
    const unseen = `an authority's dates do not include the current time ${seconds(now)}`
    return dated ?? problem("expired", `certificate has expired or is not yet valid: ${unseen}`)
  }
  // OpenSSL calls a certificate that may not sign others one of the wrong purpose.
  if (error === "INVALID_PURPOSE" && above().some(({ isAuthority }) => !isAuthority)) return notAnAuthority
  return known.get(error) ?? untrusted(`an unexpected verification error, ${plain(error)}`)
}

const plain = (error: string) =>
  error
    .replace(/[^A-Za-z0-9_]+/g, " ")
    .slice(0, 64)
    .replaceAll("_", " ")
    .toLowerCase()
