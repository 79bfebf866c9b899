/**
 * Who signed a list: an issuer of the verified path, or another certificate of the list's issuer whose own path leads to the
 * same trust anchor (RFC 5280, section 6.3.3 f). Searched from keys that are trusted already: no other key is ever used.
 */
import type { ChainCertificate } from "../ChainCertificate.ts"
import type { RevocationList } from "../RevocationList.ts"
import { factsOf, keyOf } from "./CertificateFacts.ts"
import type { SignatureChecks } from "./SignatureChecks.ts"

type Path = ReadonlyArray<ChainCertificate>

/** Certificates above a signer, and candidates looked at for one list. */
const depthLimit = 4
const candidateLimit = 16

/** A certificate that may have signed a list, and those above it up to the anchor. */
export interface Signer {
  readonly certificate: ChainCertificate
  readonly above: Path
  /** It is on the verified path. */
  readonly onPath: boolean
}

const isIn = (path: Path, { id }: ChainCertificate): boolean => path.some((each) => each.id === id)

const isUsable = (certificate: ChainCertificate): boolean => !keyOf(certificate).isSlow

const isIssuer = (certificate: ChainCertificate, now: number): boolean => {
  const { isAuthority, maySignCertificates, notAfter, notBefore } = factsOf(certificate)
  return isAuthority && maySignCertificates && notBefore <= now && now <= notAfter && isUsable(certificate)
}

/** The path from above the certificate to the anchor of the verified path; undefined for none. */
const anchoredAbove = (
  certificate: ChainCertificate,
  verified: Path,
  candidates: Path,
  checks: SignatureChecks,
  now: number,
  depth = 0
): Path | undefined => {
  const at = verified.findIndex(
    (issuer) => issuer.subject === certificate.issuer && isUsable(issuer) && checks.certificate(certificate, issuer)
  )
  if (at >= 0) return verified.slice(at)
  if (depth >= depthLimit) return undefined
  const named = candidates.filter(({ id, subject }) => subject === certificate.issuer && id !== certificate.id)
  for (const issuer of named.slice(0, candidateLimit)) {
    if (isIn(verified, issuer) || !isIssuer(issuer, now)) continue
    const others = candidates.filter(({ id }) => id !== issuer.id)
    const above = anchoredAbove(issuer, verified, others, checks, now, depth + 1)
    if (above !== undefined && checks.certificate(certificate, issuer)) return [issuer, ...above]
  }
  return undefined
}

/**
 * The certificates that may have signed the list, those of the verified path first. `verified` begins with the issuer of the
 * certificate in question and ends with the anchor.
 */
export function* signersOf(
  { issuer }: RevocationList,
  verified: Path,
  candidates: Path,
  checks: SignatureChecks,
  now: number
): Generator<Signer> {
  for (const [at, certificate] of verified.entries()) {
    if (certificate.subject !== issuer || !isUsable(certificate)) continue
    yield { certificate, above: verified.slice(at + 1), onPath: true }
  }
  const named = candidates.filter((each) => each.subject === issuer && !isIn(verified, each)).slice(0, candidateLimit)
  for (const certificate of named) {
    const above = anchoredAbove(certificate, verified, candidates, checks, now)
    if (above !== undefined && isUsable(certificate)) yield { certificate, above, onPath: false }
  }
}
