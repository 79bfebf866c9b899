/**
 * Revocation of one verified path by lists (RFC 5280, section 6.3). "Revoked" means: listed by the newest verifiable list of
 * its scope, after deltas are applied. "Good" needs current lists of every certificate below the anchor that speak for every
 * reason.
 */
import type { ChainCertificate } from "../ChainCertificate.ts"
import { type ChainProblem, revocationProblem, revokedProblem, seconds } from "../ChainErrors.ts"
import type { RevocationList } from "../RevocationList.ts"
import { factsOf, keyOf } from "./CertificateFacts.ts"
import { type AppliedList, combineLists, isCurrent } from "./ListCombination.ts"
import { coverageOf, namedListIssuers } from "./ListCoverage.ts"
import { type Signer, signersOf } from "./ListSigners.ts"
import { listingOf } from "./RevocationEntries.ts"
import { SignatureChecks } from "./SignatureChecks.ts"

/** What is known of a path: nothing bad, that a certificate of it is revoked, or too little. */
export type RevocationStatus =
  | { readonly _tag: "Good" }
  | { readonly _tag: "Revoked"; readonly problem: ChainProblem /** It is the peer's own. */; readonly leaf: boolean }
  /** `tolerable` is what `warn` may overlook; a path that takes too long to judge is not. */
  | { readonly _tag: "Unknown"; readonly problem: ChainProblem; readonly tolerable: boolean; readonly why: string }

type Path = ReadonlyArray<ChainCertificate>

export interface RevocationEngine {
  /**
   * The status of a verified path, leaf first, anchor last. `candidates` are other certificates that the peer sent or that
   * are trusted: some may have signed lists. Nothing in them is trusted of itself.
   */
  readonly status: (path: Path, candidates: Path, now: Date) => RevocationStatus
  /**
   * Settles when the signatures of large lists are checked that questions since the last call waited for; undefined for
   * none. Answers given meanwhile were `Unknown` and not tolerable: ask again.
   */
  readonly takeWaiting: () => Promise<void> | undefined
}

/** Signature checks for one path; those that are remembered cost nothing. */
const checkLimit = 48

/** A list with a signer, and what to say of it when it is no help. */
interface Applied extends AppliedList {
  readonly list: RevocationList
}

/** What the lists say about one certificate. */
interface Finding {
  readonly revoked: boolean
  /** Why nothing good is known; undefined when it is. */
  readonly why: string | undefined
}

const named = ({ issuerName }: RevocationList) => `the revocation list of "${issuerName}"`

/** Why nothing good is known, in words that do not change from one moment to the next. */
const ignorance = (
  applied: ReadonlyArray<Applied>,
  unsigned: RevocationList | undefined,
  issuer: string,
  now: number
): string => {
  const newest = applied.toSorted((a, b) => b.thisUpdate - a.thisUpdate)
  const whole = newest.filter((each) => each.flaw === undefined && each.reasons !== 0 && each.baseNumber === undefined)
  const [stale] = whole
    .filter((each) => each.thisUpdate <= now && !isCurrent(each, now))
    .toSorted((a, b) => (b.nextUpdate ?? 0) - (a.nextUpdate ?? 0))
  if (stale !== undefined) {
    return `${named(stale.list)} has expired: it was valid until ${seconds(new Date(stale.nextUpdate ?? 0))}`
  }
  const early = whole.findLast(({ thisUpdate }) => thisUpdate > now)
  if (early !== undefined) {
    return `${named(early.list)} is not yet valid: it begins at ${seconds(new Date(early.thisUpdate))}`
  }
  const [first] = newest
  if (first === undefined) {
    return unsigned === undefined
      ? `no revocation list of "${issuer}" is available`
      : `${named(unsigned)} cannot be used: it is not signed with the issuer's key`
  }
  const scope = first.reasons === 0 ? "it is a list of some certificates only" : "it is about some reasons only"
  const other = first.baseNumber === undefined ? scope : "it is a delta of another list"
  return `${named(first.list)} cannot be used: ${first.flaw ?? other}`
}

/** One question about a path. */
class Question {
  readonly checks = new SignatureChecks(checkLimit)
  readonly #lists: ReadonlyMap<string, ReadonlyArray<RevocationList>>
  readonly #candidates: Path
  readonly #now: number
  /** Signers whose own status is being asked for: a list that one of them signed is taken for theirs meanwhile. */
  readonly #asked = new Set<string>()

  constructor(lists: ReadonlyMap<string, ReadonlyArray<RevocationList>>, candidates: Path, now: number) {
    this.#lists = lists
    this.#candidates = candidates
    this.#now = now
  }

  /** What is known of a certificate below the anchor; `above` begins with its issuer. */
  find(certificate: ChainCertificate, above: Path): Finding {
    const facts = factsOf(certificate)
    const issuers = [certificate.issuer, ...namedListIssuers(certificate.issuer, facts)]
    const lists = issuers.flatMap((name) => this.#lists.get(name) ?? [])
    const applied = lists.flatMap((list) => {
      const own = list.issuer === certificate.issuer
      if (!own && !list.scope.indirect) return []
      const signed = this.#signer(list, above)
      return signed === undefined ? [] : [this.#apply(list, certificate, signed.signer, signed.flaw)]
    })
    const { known, revoked } = combineLists(applied, this.#now)
    const issuer = above[0]?.name ?? ""
    const why = known ? undefined : ignorance(applied, lists[0], issuer, this.#now)
    return { revoked, why }
  }

  /** Whether an anchor is listed as revoked, by itself or by an issuer that is at hand. */
  isAnchorRevoked(anchor: ChainCertificate): boolean {
    const lists = this.#lists.get(anchor.issuer) ?? []
    if (lists.length === 0) return false
    const issuers = this.#candidates.filter(
      (each) => each.subject === anchor.issuer && each.id !== anchor.id && !keyOf(each).isSlow
    )
    const own = anchor.subject === anchor.issuer ? [anchor] : []
    const signers = [...own, ...issuers.filter((issuer) => this.checks.certificate(anchor, issuer))]
    const applied = lists.flatMap((list) => {
      const signer = signers.find((each) => this.checks.list(list, each) === "valid")
      return signer === undefined ? [] : [this.#apply(list, anchor, signer, undefined)]
    })
    return combineLists(applied, this.#now).revoked
  }

  #apply(
    list: RevocationList,
    certificate: ChainCertificate,
    signer: ChainCertificate,
    flaw: string | undefined
  ): Applied {
    const facts = factsOf(certificate)
    const { baseNumber, issuer, nextUpdate, number, scope, thisUpdate } = list
    return {
      list,
      group: `${issuer}\u0000${scope.id}`,
      key: keyOf(signer).hash,
      thisUpdate,
      nextUpdate,
      number,
      baseNumber,
      reasons: coverageOf(list, certificate, facts),
      flaw: list.flaw ?? flaw,
      listing: listingOf(list.entries, certificate.issuer, facts.serial)
    }
  }

  /** Who signed the list; one that makes it good for something before one that does not. */
  #signer(
    list: RevocationList,
    above: Path
  ): { readonly signer: ChainCertificate; readonly flaw: string | undefined } | undefined {
    let flawed: { readonly signer: ChainCertificate; readonly flaw: string } | undefined
    for (const signer of signersOf(list, above, this.#candidates, this.checks, this.#now)) {
      if (this.checks.list(list, signer.certificate) !== "valid") continue
      const flaw = this.#flaw(signer)
      if (flaw === undefined) return { signer: signer.certificate, flaw }
      if (flaw !== "revoked") flawed ??= { signer: signer.certificate, flaw }
    }
    return flawed
  }

  #flaw({ above, certificate, onPath }: Signer): string | undefined {
    if (!certificate.maySignLists) return "its issuer's certificate is not for signing revocation lists"
    if (onPath || this.#asked.has(certificate.id)) return undefined
    const { notAfter, notBefore } = factsOf(certificate)
    if (this.#now < notBefore || this.#now > notAfter) return "the certificate that signed it has expired"
    this.#asked.add(certificate.id)
    try {
      const { revoked, why } = this.find(certificate, above)
      if (revoked) return "revoked"
      return why === undefined ? undefined : "nothing good is known of the certificate that signed it"
    } finally {
      this.#asked.delete(certificate.id)
    }
  }
}

const unknown = (why: string, tolerable: boolean): RevocationStatus => ({
  _tag: "Unknown",
  problem: revocationProblem(why),
  tolerable,
  why
})

/** The status of a path whose lists are large: their signatures are being checked. */
const checking = unknown("signatures of revocation lists are being checked", false)

const statusOf = (question: Question, path: Path): RevocationStatus => {
  const anchor = path.at(-1)
  if (anchor === undefined) return unknown("there is no path", false)
  const findings = path.slice(0, -1).map((certificate, at) => question.find(certificate, path.slice(at + 1)))
  const revoked = findings.findIndex((finding) => finding.revoked)
  const at = revoked < 0 && question.isAnchorRevoked(anchor) ? path.length - 1 : revoked
  const listed = path[at]
  if (listed !== undefined) {
    return { _tag: "Revoked", leaf: at === 0, problem: revokedProblem(at === 0 ? undefined : listed.name) }
  }
  if (question.checks.waiting.length > 0) return checking
  if (question.checks.exhausted) return unknown("it takes too many signature checks", false)
  const why = findings.find((finding) => finding.why !== undefined)?.why
  return why === undefined ? { _tag: "Good" } : unknown(why, true)
}

/** An engine for these lists. */
export const makeRevocationEngine = (lists: ReadonlyArray<RevocationList>): RevocationEngine => {
  const byIssuer: ReadonlyMap<string, ReadonlyArray<RevocationList>> = Map.groupBy(lists, ({ issuer }) => issuer)
  let waiting: Array<Promise<void>> = []
  return {
    status: (path, candidates, now) => {
      const question = new Question(byIssuer, candidates, now.getTime())
      try {
        return statusOf(question, path)
      } catch {
        return unknown("a certificate of the path cannot be read", false)
      } finally {
        waiting.push(...question.checks.waiting)
      }
    },
    takeWaiting: () => {
      if (waiting.length === 0) return undefined
      const all = Promise.all(waiting).then(() => {})
      waiting = []
      return all
    }
  }
}
