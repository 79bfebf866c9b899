/**
 * Verifies what a peer presents: candidate paths are built here, OpenSSL judges one complete path at a time, and the first
 * that passes everything wins. One for both transports. It fails closed: a peer is verified only where a path has passed
 * every check.
 */
import { Result } from "effect"
import { type DeadEnd, type Path, PathSearch } from "./CandidatePaths.ts"
import { type ChainProblem, explained, noPathProblem, pathProblem } from "./ChainErrors.ts"
import { chainLimits } from "./ChainLimits.ts"
import { type PathCertificate, type PresentedCertificate, presentCertificate } from "./PathCertificate.ts"
import type { PathChecker, PathEngine } from "./PathEngine.ts"
import { comparisonsOf, issuerFlaw, type PathFlaw, pathFlaw } from "./PathRules.ts"
import type { RevocationPolicy, RevocationStatus } from "./Revocation.ts"
import type { PeerRole } from "./VerifiedChains.ts"

export type ChainOutcome =
  | {
      readonly _tag: "Verified"
      readonly path: Path /** Why its revocation status is unknown. */
      readonly unknown?: string
    }
  | { readonly _tag: "Refused"; readonly problem: ChainProblem /** By lists. */; readonly revocation?: boolean }

/** A path that passed everything but is of unknown revocation status. */
interface Fallback {
  readonly path: Path
  readonly status: Extract<RevocationStatus, { _tag: "Unknown" }>
}

const refused = (problem: ChainProblem): ChainOutcome => ({ _tag: "Refused", problem })
const refusedByLists = (problem: ChainProblem): ChainOutcome => ({ _tag: "Refused", problem, revocation: true })

const withoutAnchor = ({ issuer, issuerName, name, subject }: PathCertificate): string =>
  issuer === subject
    ? `"${name}" is not trusted`
    : `no certificate of the issuer "${issuerName}" is trusted or was sent`

/** What one verification has met so far. */
class Findings {
  readonly #now: Date
  /** The flaw of the path that came furthest. */
  #flaw: { readonly path: Path; readonly flaw: PathFlaw; readonly progress: number } | undefined
  tried = 0
  constructor(now: Date) {
    this.#now = now
  }

  /** A path that was complete comes further than any that was not. */
  complete(path: Path, flaw: PathFlaw): void {
    this.#note(path, flaw, 1000 + path.length)
  }

  deadEnd({ at, path, why }: DeadEnd, anchor: boolean): void {
    const flaw = why === "flawed" ? issuerFlaw(at, anchor, this.#now) : undefined
    const mismatch = { at, problem: pathProblem("CERT_SIGNATURE_FAILURE"), check: "its signature does not match" }
    this.#note(path, flaw ?? mismatch, path.length + (flaw === undefined ? 0 : 100))
  }

  #note(path: Path, flaw: PathFlaw, progress: number): void {
    if (progress > (this.#flaw?.progress ?? -1)) this.#flaw = { path, flaw, progress }
  }

  refusal(search: PathSearch): ChainProblem {
    const limit = search.exceeded === undefined ? "" : `; gave up at ${search.exceeded}`
    if (this.#flaw === undefined) {
      const top = search.topmost()?.read()
      const why = top === undefined ? "" : withoutAnchor(top)
      return explained(noPathProblem, `${why}${limit}`)
    }
    const { flaw, path } = this.#flaw
    const names = path.map(({ name }) => `"${name.slice(0, 100)}"`)
    const shown = names.length > 6 ? [...names.slice(0, 3), "..", ...names.slice(-2)] : names
    const tried = this.tried === 1 ? "1 path" : `${this.tried} paths`
    const where = `failed at "${flaw.at.name}": ${flaw.check}`
    return explained(flaw.problem, `tried ${tried}, the furthest (${shown.join(" < ")}) ${where}${limit}`)
  }
}

/** Verifies a chain, leaf first. */
export const verifyChain = (
  engine: PathEngine,
  chain: ReadonlyArray<Uint8Array>,
  role: PeerRole,
  now: Date,
  revocation: Pick<RevocationPolicy, "pathStatus" | "mode"> | undefined
): ChainOutcome => {
  const sent = new Map<string, PresentedCertificate>()
  const statusOf = (path: Path): RevocationStatus => {
    if (revocation === undefined) return { _tag: "Good" }
    // Some of what was sent, or is trusted, may have signed lists.
    const readable = [...sent.values()].flatMap((each) => each.read() ?? [])
    return revocation.pathStatus(path, [...readable, ...engine.anchors().all], now)
  }
  const [presented, ...others] = chain
  if (presented === undefined) return refused(noPathProblem)
  // Each certificate once; one whose names cannot be read is no part of any path.
  const present = () => {
    for (const der of others) {
      const each = presentCertificate(der, engine.read)
      if (each !== undefined && !sent.has(each.id)) sent.set(each.id, each)
    }
  }
  const known = engine.verified.find(chain, role, now)
  if (known !== undefined && revocation !== undefined) present()
  if (known !== undefined && statusOf(known)._tag === "Good") return { _tag: "Verified", path: known }
  const first = engine.read(presented)
  if (Result.isFailure(first))
    return refused(explained(noPathProblem, `its certificate cannot be read: ${first.failure}`))
  const leaf = first.success
  sent.set(leaf.id, { id: leaf.id, issuer: leaf.issuer, subject: leaf.subject, read: () => leaf })
  present()
  const anchors = engine.anchors()
  const isAnchor = (certificate: PathCertificate) => anchors.has(certificate.der)
  return engine.check((checker) => {
    const findings = new Findings(now)
    const search = new PathSearch(leaf, {
      sent: [...sent.values()],
      anchors,
      signed: checker.signed,
      flawed: (issuer) => issuerFlaw(issuer, isAnchor(issuer), now) !== undefined,
      deadEnd: (end) => findings.deadEnd(end, isAnchor(end.at))
    })
    let comparisons: number = chainLimits.comparisons
    let fallback: Fallback | undefined
    let excluded: ChainProblem | undefined
    for (const path of search.paths()) {
      findings.tried++
      const flaw = pathFlaw(path, role, now, comparisons) ?? openSslFlaw(checker, path)
      comparisons -= Math.min(comparisons, comparisonsOf(path))
      if (flaw !== undefined) {
        findings.complete(path, flaw)
        continue
      }
      const status = statusOf(path)
      if (status._tag === "Good") {
        engine.verified.remember(chain, role, path, now)
        return { _tag: "Verified", path }
      }
      // A revoked authority takes away only the paths that need it.
      if (status._tag === "Revoked" && status.leaf) return refusedByLists(status.problem)
      if (status._tag === "Revoked") excluded ??= status.problem
      else fallback ??= { path, status }
    }
    if (fallback !== undefined) {
      const { path, status } = fallback
      const overlooked = revocation?.mode === "warn" && status.tolerable
      return overlooked ? { _tag: "Verified", path, unknown: status.why } : refusedByLists(status.problem)
    }
    return excluded === undefined ? refused(findings.refusal(search)) : refusedByLists(excluded)
  })
}

const openSslFlaw = (checker: PathChecker, path: Path): PathFlaw | undefined => {
  const found = checker.flaw(path)
  if (found === undefined) return undefined
  const at = path[found.at] ?? path[0]
  const check = found.error.replaceAll("_", " ").toLowerCase()
  return at === undefined ? undefined : { at, problem: pathProblem(found.error), check }
}
