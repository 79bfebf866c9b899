/**
 * Revocation by lists that the operator gives. OpenSSL verifies chains without them: an error about a list would hide any
 * other one. Here is then decided about peers that everything else admits, so this can only refuse.
 */
import { hash, X509Certificate } from "node:crypto"
import { Effect, Result } from "effect"
import { type ChainCertificate, parseChainCertificate } from "./ChainCertificate.ts"
import { type ChainProblem, revocationProblem } from "./ChainErrors.ts"
import { type Anchors, type ChainLink, chainLinks, readAnchors } from "./ChainLinks.ts"
import type { RevocationList } from "./RevocationList.ts"
import { makeRevocationEngine, type RevocationEngine, type RevocationStatus } from "./revocation/RevocationEngine.ts"
import type { Judge, Pending, PresentedPeer, Verdict } from "./Verdict.ts"

export type { RevocationStatus } from "./revocation/RevocationEngine.ts"

/** Paths of one chain that are asked about. */
const pathLimit = 64
const capacity = 512

/** A chain as it was read: its paths to an anchor and everything at hand that may have signed lists. */
interface Followed {
  readonly paths: ReadonlyArray<ReadonlyArray<ChainCertificate>>
  readonly candidates: ReadonlyArray<ChainCertificate>
}

const pathsOf = (leaf: ChainCertificate, links: ReadonlyArray<ChainLink>): Result.Result<Followed["paths"], string> => {
  const up = Map.groupBy(
    links.filter(({ below }) => below),
    ({ certificate }) => certificate.id
  )
  const paths: Array<ReadonlyArray<ChainCertificate>> = []
  const follow = (path: ReadonlyArray<ChainCertificate>, at: ChainCertificate): void => {
    const next = up.get(at.id)
    if (next === undefined) paths.push(path)
    for (const { issuer } of next ?? []) {
      if (paths.length <= pathLimit && path.every(({ id }) => id !== issuer.id)) follow([...path, issuer], issuer)
    }
  }
  follow([leaf], leaf)
  return paths.length > pathLimit ? Result.fail("it has too many paths") : Result.succeed(paths)
}

/** The status of verified chains, as a function of chain and time, and what large lists make it wait for. */
export interface ChainRevocation {
  /** Of one verified path; `candidates` are all certificates at hand, sent or trusted, that may have signed lists. */
  readonly pathStatus: RevocationEngine["status"]
  readonly status: (chain: ReadonlyArray<Uint8Array>, now: Date) => RevocationStatus
  readonly takeWaiting: () => Promise<void> | undefined
}

/** The revocation status of verified chains by these lists; every path that OpenSSL could have taken counts. */
export const chainRevocation = (
  lists: ReadonlyArray<RevocationList>,
  trustAnchors: ReadonlyArray<string>,
  missing: ReadonlyArray<string> = []
): ChainRevocation => {
  let anchors: Anchors | undefined
  let trusted: ReadonlyArray<ChainCertificate> = []
  const engine = makeRevocationEngine(lists, missing)
  const known = new Map<string, Result.Result<Followed, string>>()
  const read = (ders: ReadonlyArray<Uint8Array>) =>
    ders.map(parseChainCertificate).flatMap((parsed) => (Result.isSuccess(parsed) ? [parsed.success] : []))
  const follow = (chain: ReadonlyArray<Uint8Array>): Result.Result<Followed, string> => {
    if (anchors === undefined) {
      anchors = readAnchors(trustAnchors)
      const ders = trustAnchors.flatMap((pem) =>
        Result.match(rawOf(pem), { onFailure: () => [], onSuccess: (der) => [der] })
      )
      trusted = read(ders)
    }
    const sent = read(chain)
    const [leaf] = sent
    const links = chainLinks(chain, anchors)
    if (Result.isFailure(links)) return Result.fail(links.failure)
    if (leaf === undefined) return Result.fail("no way to a trust anchor")
    const candidates = [...sent, ...trusted]
    return Result.map(pathsOf(leaf, links.success), (paths) => ({ paths, candidates }))
  }
  const followed = (chain: ReadonlyArray<Uint8Array>): Result.Result<Followed, string> => {
    const id = chain.map((der) => hash("sha256", der, "base64")).join()
    const found = known.get(id)
    if (found !== undefined) return found
    const fresh = follow(chain)
    const [oldest] = known.keys()
    if (known.size >= capacity && oldest !== undefined) known.delete(oldest)
    known.set(id, fresh)
    return fresh
  }
  const status = (chain: ReadonlyArray<Uint8Array>, now: Date): RevocationStatus => {
    const found = followed(chain)
    if (Result.isFailure(found)) {
      const why = `the chain cannot be followed: ${found.failure}`
      return { _tag: "Unknown", problem: revocationProblem(why), tolerable: false, why }
    }
    const { candidates, paths } = found.success
    const statuses = paths.map((path) => engine.status(path, candidates, now))
    return (
      statuses.find(({ _tag }) => _tag === "Revoked") ??
      statuses.find((each) => each._tag === "Unknown" && !each.tolerable) ??
      statuses.find(({ _tag }) => _tag === "Unknown") ?? { _tag: "Good" }
    )
  }
  return { pathStatus: engine.status, status, takeWaiting: engine.takeWaiting }
}

const rawOf = (pem: string) => Result.try(() => new X509Certificate(pem).raw)

/** `chainRevocation` for lists that are small enough to be checked at once. */
export const revocationStatus = (
  lists: ReadonlyArray<RevocationList>,
  trustAnchors: ReadonlyArray<string>
): ChainRevocation["status"] => chainRevocation(lists, trustAnchors).status

export interface RevocationPolicy {
  /** For chains that were verified path by path. */
  readonly pathStatus: ChainRevocation["pathStatus"]
  /** For chains that the TLS library has verified, which does not tell which path it took. */
  readonly status: ChainRevocation["status"]
  /** `warn` admits peers about whom too little is known; revoked ones never. */
  readonly mode: "strict" | "warn"
  /** Told when `warn` admits such a peer; the sentence is about the list and not about the peer. */
  readonly tolerated: (why: string) => void
  readonly now?: () => Date
}

/** A judge that refuses, besides whom the given one refuses, peers whose certificates are revoked. */
export const refusingRevoked = (judge: Judge, policy: Omit<RevocationPolicy, "pathStatus">): Judge => {
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

/** A judge that answers once the signatures of large lists are checked; the given one is asked again then. */
export const afterListChecks = (judge: Judge, takeWaiting: ChainRevocation["takeWaiting"]): Judge => {
  const again: Judge = (peer) => {
    const verdict = judge(peer)
    const waiting = takeWaiting()
    if (waiting === undefined || (verdict._tag === "Refused" && verdict.reason === "revoked")) return verdict
    const decide = Effect.flatMap(
      Effect.promise(() => waiting),
      () => {
        const next = again(peer)
        return next._tag === "Pending" ? next.decide : Effect.succeed(next)
      }
    )
    return { _tag: "Pending", decide }
  }
  return again
}
