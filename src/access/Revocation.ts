/**
 * Revocation by lists that the operator gives. OpenSSL verifies chains without them: an error about a list would hide any
 * other one. Here is then decided about peers that everything else admits, so this can only refuse.
 *
 * Good news is believed of a complete, fresh list alone, whose signature is that of the certificate's own issuer. Bad news
 * is believed of old and partial lists too, unless a newer good one has no such entry.
 */
import { hash } from "node:crypto"
import { Result } from "effect"
import type { ChainCertificate } from "./ChainCertificate.ts"
import { type ChainProblem, revocationProblem, revokedProblem, seconds } from "./ChainErrors.ts"
import { type Anchors, chainLinks, readAnchors } from "./ChainLinks.ts"
import { isSignedBy } from "./ListSignature.ts"
import type { RevocationList } from "./RevocationList.ts"
import type { Judge, Pending, PresentedPeer, Verdict } from "./Verdict.ts"

/** What is known of a chain: nothing bad, that a certificate of it is revoked, or too little. */
export type RevocationStatus =
  | { readonly _tag: "Good" }
  | { readonly _tag: "Revoked"; readonly problem: ChainProblem /** It is the peer's own. */; readonly leaf: boolean }
  /** `tolerable` is what `warn` may overlook; a chain that cannot be followed is not. */
  | { readonly _tag: "Unknown"; readonly problem: ChainProblem; readonly tolerable: boolean; readonly why: string }

/** A list that is for a certificate, and why it is not for good news. */
interface Applicable {
  readonly list: RevocationList
  readonly useless: string | undefined
}

interface Check {
  readonly certificate: ChainCertificate
  readonly leaf: boolean
  readonly issuer: ChainCertificate
  readonly below: boolean
  readonly lists: ReadonlyArray<Applicable>
  /** Why lists that name the issuer are not its own. */
  readonly foreign: string | undefined
}

const capacity = 512

/**
 * The status of verified chains by these lists, as a function of chain and time. Work that depends on the chain alone is
 * remembered for peers that come back.
 */
export const revocationStatus = (
  lists: ReadonlyArray<RevocationList>,
  trustAnchors: ReadonlyArray<string>
): ((chain: ReadonlyArray<Uint8Array>, now: Date) => RevocationStatus) => {
  let anchors: Anchors | undefined
  const byIssuer = Map.groupBy(lists, ({ issuer }) => issuer)
  const signatures = new Map<string, boolean>()
  const known = new Map<string, Result.Result<ReadonlyArray<Check>, string>>()

  const isSigned = (list: RevocationList, { x509 }: ChainCertificate): boolean => {
    const key = x509.publicKey.export({ type: "spki", format: "der" })
    const id = `${lists.indexOf(list)} ${hash("sha256", key, "base64")}`
    const found = signatures.get(id) ?? isSignedBy(list.scheme, list.signed, list.signature, x509.publicKey)
    if (signatures.size < capacity) signatures.set(id, found)
    return found
  }
  const applicable = (issuer: ChainCertificate) => {
    const named = byIssuer.get(issuer.subject) ?? []
    const own = named.filter((list) => !list.indirect && isSigned(list, issuer))
    const indirect = named.some((list) => list.indirect)
    const why = indirect ? "it is a list for other issuers" : "it is not signed with the issuer's key"
    const foreign = named.length === 0 ? undefined : why
    return { foreign, lists: own.map((list) => ({ list, useless: useless(list, issuer) })) }
  }
  const follow = (chain: ReadonlyArray<Uint8Array>) => {
    anchors ??= readAnchors(trustAnchors)
    return Result.map(chainLinks(chain, anchors), (links) =>
      links.map((link): Check => ({ ...link, ...applicable(link.issuer) }))
    )
  }
  return (chain, now) => {
    const id = chain.map((der) => hash("sha256", der, "base64")).join()
    let checks = known.get(id)
    if (checks === undefined) {
      checks = follow(chain)
      const [oldest] = known.keys()
      if (known.size >= capacity && oldest !== undefined) known.delete(oldest)
      known.set(id, checks)
    }
    if (Result.isFailure(checks)) {
      const why = `the chain cannot be followed: ${checks.failure}`
      return { _tag: "Unknown", problem: revocationProblem(why), tolerable: false, why }
    }
    return worst(checks.success, now.getTime())
  }
}

const useless = (list: RevocationList, issuer: ChainCertificate): string | undefined => {
  if (list.partial !== undefined) return list.partial
  if (!issuer.maySignLists) return "its issuer's certificate is not for signing revocation lists"
  const other = list.keyId !== undefined && issuer.keyId !== undefined && list.keyId !== issuer.keyId
  return other ? "it names another key of its issuer" : undefined
}

const isFresh = ({ list, useless }: Applicable, now: number): boolean =>
  useless === undefined && list.thisUpdate <= now && now <= (list.nextUpdate ?? Infinity)

/** The newest list that may bring good news at this time. */
const freshest = (lists: ReadonlyArray<Applicable>, now: number): RevocationList | undefined =>
  lists
    .filter((each) => isFresh(each, now))
    .map(({ list }) => list)
    .reduce<RevocationList | undefined>((a, b) => (a === undefined || b.thisUpdate > a.thisUpdate ? b : a), undefined)

const isRevoked = ({ lists, certificate }: Check, now: number): boolean => {
  const since = freshest(lists, now)?.thisUpdate ?? -Infinity
  return lists.some(({ list }) => list.thisUpdate >= since && list.serials.has(certificate.serial))
}

/** Why nothing good is known, in words that do not change from one moment to the next. */
const ignorance = ({ foreign, issuer, lists }: Check, now: number): string => {
  const of = `the revocation list of "${issuer.name}"`
  const [first] = lists.toSorted((a, b) => b.list.thisUpdate - a.list.thisUpdate)
  const complete = lists.filter((each) => each.useless === undefined).map(({ list }) => list)
  const stale = complete.filter(({ thisUpdate }) => thisUpdate <= now).map(({ nextUpdate }) => nextUpdate ?? 0)
  if (stale.length > 0) return `${of} has expired: it was valid until ${seconds(new Date(Math.max(...stale)))}`
  const [early] = complete.map(({ thisUpdate }) => thisUpdate).sort((a, b) => a - b)
  if (early !== undefined) return `${of} is not yet valid: it begins at ${seconds(new Date(early))}`
  const flaw = first?.useless ?? foreign
  return flaw === undefined ? `no revocation list of "${issuer.name}" is available` : `${of} cannot be used: ${flaw}`
}

const worst = (checks: ReadonlyArray<Check>, now: number): RevocationStatus => {
  const revoked = checks.find((check) => isRevoked(check, now))
  if (revoked !== undefined) {
    const { leaf } = revoked
    return { _tag: "Revoked", leaf, problem: revokedProblem(leaf ? undefined : revoked.certificate.name) }
  }
  const unknown = checks.find((check) => check.below && freshest(check.lists, now) === undefined)
  if (unknown === undefined) return { _tag: "Good" }
  const why = ignorance(unknown, now)
  return { _tag: "Unknown", problem: revocationProblem(why), tolerable: true, why }
}

export interface RevocationPolicy {
  readonly status: (chain: ReadonlyArray<Uint8Array>, now: Date) => RevocationStatus
  /** `warn` admits peers about whom too little is known; revoked ones never. */
  readonly mode: "strict" | "warn"
  /** Told when `warn` admits such a peer; the sentence is about the list and not about the peer. */
  readonly tolerated: (why: string) => void
  readonly now?: () => Date
}

/** A judge that refuses, besides whom the given one refuses, peers whose certificates are revoked. */
export const refusingRevoked = (judge: Judge, policy: RevocationPolicy): Judge => {
  const problemOf = (peer: PresentedPeer): ChainProblem | undefined => {
    if (peer.chainError !== undefined) return revocationProblem("the chain is not verified")
    const status = policy.status(peer.chain, (policy.now ?? (() => new Date()))())
    if (status._tag === "Good") return undefined
    if (status._tag === "Revoked" || policy.mode === "strict" || !status.tolerable) return status.problem
    policy.tolerated(status.why)
    return undefined
  }
  return (peer): Verdict | Pending => {
    const verdict = judge(peer)
    if (verdict._tag === "Refused") return verdict
    const problem = problemOf(peer)
    return problem === undefined ? verdict : { _tag: "Refused", reason: problem.reason, message: problem.message }
  }
}
