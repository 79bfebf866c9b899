/**
 * What a complete path must satisfy beside OpenSSL's checks: dates, who may issue, extended key usage of every certificate,
 * and name constraints on what OpenSSL does not see. Pure.
 */
import type { Path } from "./CandidatePaths.ts"
import { type ChainProblem, keyUsageProblem, pathProblem, validityProblem } from "./ChainErrors.ts"
import { chainLimits } from "./ChainLimits.ts"
import { Malformed } from "./Der.ts"
import { excludedName, hostViolation, malformedName } from "./NameConstraints.ts"
import type { PathCertificate } from "./PathCertificate.ts"
import type { PeerRole } from "./VerifiedChains.ts"

/** Why a path is refused, and by which certificate. */
export interface PathFlaw {
  readonly at: PathCertificate
  readonly problem: ChainProblem
  /** The check that failed, to follow `failed at "..":`. */
  readonly check: string
}

const anyUsage = "2.5.29.37.0"

const notAnAuthority = (at: PathCertificate, check: string): PathFlaw => ({
  at,
  problem: pathProblem(at.maySignCertificates ? "INVALID_CA" : "KEYUSAGE_NO_CERTSIGN"),
  check
})

/** What keeps a certificate out of every path at this time, as the leaf or above it; undefined for nothing. */
const certificateFlaw = (at: PathCertificate, now: Date): PathFlaw | undefined => {
  const dates = validityProblem({ notBefore: new Date(at.notBefore), notAfter: new Date(at.notAfter) }, now)
  if (dates !== undefined) {
    return { at, problem: dates, check: now.getTime() < at.notBefore ? "it is not yet valid" : "it has expired" }
  }
  if (at.unprocessed === undefined) return undefined
  return { at, problem: pathProblem("UNHANDLED_CRITICAL_EXTENSION"), check: `critical extension ${at.unprocessed}` }
}

/** What keeps a certificate from issuing anything in a path; undefined for nothing. Anchors of version 1 may. */
export const issuerFlaw = (at: PathCertificate, anchor: boolean, now: Date): PathFlaw | undefined => {
  const flaw = certificateFlaw(at, now)
  if (flaw !== undefined) return flaw
  if (at.basicConstraints === undefined && !(anchor && at.version < 3)) {
    return notAnAuthority(at, "it has no basic constraints")
  }
  if (at.basicConstraints?.isAuthority === false) return notAnAuthority(at, "its basic constraints deny CA")
  if (!at.maySignCertificates) return notAnAuthority(at, "its key usage lacks keyCertSign")
  if (at.signs) return undefined
  return { at, problem: pathProblem("UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY"), check: "its kind of public key" }
}

const usageFlaw = (path: Path, { usage }: PeerRole): PathFlaw | undefined => {
  const at = path.findLast(
    ({ extendedKeyUsages: usages }) => usages !== undefined && !usages.includes(usage) && !usages.includes(anyUsage)
  )
  return at === undefined ? undefined : { at, problem: keyUsageProblem, check: "its extended key usage" }
}

const nameProblem = pathProblem("EXCLUDED_VIOLATION")

const constraintFlaw = (path: Path, { host }: PeerRole): PathFlaw | undefined => {
  for (const at of path.slice(1)) {
    const constraints = at.constraints()
    if (constraints === undefined) continue
    if (constraints.unsupported) {
      return {
        at,
        problem: pathProblem("UNSUPPORTED_CONSTRAINT_TYPE"),
        check: "its name constraints: a kind that is not applied"
      }
    }
    const violation = host === undefined || host === "" ? undefined : hostViolation(constraints, host)
    if (violation !== undefined) return { at, problem: nameProblem, check: `its name constraints: ${violation}` }
    const [leaf] = path
    const malformed = leaf === undefined ? undefined : malformedName(constraints, leaf.names())
    if (leaf !== undefined && malformed !== undefined) {
      return { at: leaf, problem: pathProblem("UNSUPPORTED_NAME_SYNTAX"), check: `its name ${malformed}` }
    }
    const excluded = leaf === undefined ? undefined : excludedName(constraints, leaf.names().dnsNames)
    if (excluded !== undefined) {
      return { at, problem: nameProblem, check: `its name constraints: "${excluded.slice(0, 100)}" is excluded` }
    }
  }
  return undefined
}

/** Comparisons of names with constraints that this path needs; none when they cannot be read. */
export const comparisonsOf = (path: Path): number => {
  let names = 0
  let sum = 0
  try {
    for (const certificate of path) {
      sum += (certificate.constraints()?.count ?? 0) * names
      const { dnsNames, emailAddresses, ipAddresses, uris } = certificate.names()
      // OpenSSL compares constraints with the subject and its e-mail addresses too.
      names += dnsNames.length + emailAddresses.length + ipAddresses.length + uris.length + 2
    }
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause
  }
  return sum
}

/** Reads what is read late in a certificate. */
const formFlaw = (at: PathCertificate): PathFlaw | undefined => {
  try {
    at.constraints()
    at.names()
    return undefined
  } catch (cause) {
    if (!(cause instanceof Malformed)) throw cause
    return { at, problem: pathProblem("INVALID_EXTENSION"), check: cause.message }
  }
}

const comparisonFlaw = (path: Path, left: number): PathFlaw | undefined => {
  const at = path.findLast(({ constraints }) => constraints() !== undefined)
  if (at === undefined || comparisonsOf(path) <= left) return undefined
  const limit = `more than ${chainLimits.comparisons} comparisons of names with name constraints`
  return { at, problem: pathProblem("LIMIT"), check: limit }
}

/** The first rule that the path breaks; undefined when it keeps all of them. `comparisons` may still be made. */
export const pathFlaw = (path: Path, role: PeerRole, now: Date, comparisons: number): PathFlaw | undefined => {
  const [leaf, ...issuers] = path
  if (leaf === undefined) return undefined
  const top = issuers.length - 1
  for (const [index, issuer] of issuers.entries()) {
    const flaw = issuerFlaw(issuer, index === top, now) ?? formFlaw(issuer)
    if (flaw !== undefined) return flaw
  }
  return (
    certificateFlaw(leaf, now) ??
    formFlaw(leaf) ??
    comparisonFlaw(path, comparisons) ??
    constraintFlaw(path, role) ??
    usageFlaw(path, role)
  )
}
