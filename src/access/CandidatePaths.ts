/**
 * Candidate paths from trust anchors down to a peer's certificate. A signature is checked only with the key of a
 * certificate that is linked to an anchor already, each edge once, and within limits. Names and signatures decide; key
 * identifiers only say which candidate to try first. Pure but for the signature check it is given.
 */
import { chainLimits } from "./ChainLimits.ts"
import type { PathAnchors, PathCertificate, PresentedCertificate } from "./PathCertificate.ts"

/** Leaf first, the trust anchor last. */
export type Path = ReadonlyArray<PathCertificate>

/** A certificate at which a path cannot go on. `links` tells how far it had come. */
export interface DeadEnd {
  readonly path: Path
  readonly at: PathCertificate
  readonly why: "flawed" | "mismatch"
}

export interface SearchOptions {
  /** The peer's certificate first. */
  readonly sent: ReadonlyArray<PresentedCertificate>
  readonly anchors: Pick<PathAnchors, "has" | "named">
  /** Whether the issuer's key made the certificate's signature. */
  readonly signed: (certificate: PathCertificate, issuer: PathCertificate) => boolean
  /** Whether no path through this certificate as an issuer can pass. */
  readonly flawed: (issuer: PathCertificate) => boolean
  readonly deadEnd: (end: DeadEnd) => void
}

/** Steps of a search, of which a step without a signature costs next to nothing. */
const stepLimit = 1024

const keyIdRank = (certificate: PathCertificate, issuer: PathCertificate): number => {
  if (certificate.issuerKeyId === undefined || issuer.keyId === undefined) return 1
  return certificate.issuerKeyId === issuer.keyId ? 0 : 2
}

/** Two certificates of one authority: no path needs both. */
const isSameAuthority = (a: PathCertificate, b: PathCertificate): boolean =>
  a.id === b.id || (a.subject === b.subject && a.keyHash === b.keyHash)

/** Searches once. */
export class PathSearch {
  /** The limit that ended the search; undefined when it looked at everything. */
  exceeded: string | undefined
  /** Paths found. */
  found = 0
  readonly #options: SearchOptions
  readonly #leaf: PathCertificate
  /** Links between the leaf and each certificate that names say could be above it. */
  readonly #distance = new Map<string, number>()
  readonly #edges = new Map<string, boolean>()
  #signatures = 0
  #mismatches = 0
  #steps = 0

  constructor(leaf: PathCertificate, options: SearchOptions) {
    this.#options = options
    this.#leaf = leaf
    this.#measure()
  }

  /** Signatures checked. */
  get signatures(): number {
    return this.#signatures
  }

  /** The topmost certificate above the leaf whose issuer is neither trusted nor sent, or that has issued itself. */
  topmost(): PresentedCertificate | undefined {
    const { anchors, sent } = this.#options
    const known = sent.filter(({ id }) => this.#distance.has(id))
    const rootless = known.filter(
      ({ id, issuer }) =>
        anchors.named(issuer).length === 0 && !known.some((other) => other.id !== id && other.subject === issuer)
    )
    const distance = ({ id }: PresentedCertificate) => this.#distance.get(id) ?? 0
    return rootless.toSorted((a, b) => distance(b) - distance(a))[0]
  }

  /** The paths, the most promising first. */
  *paths(): Generator<Path> {
    const { anchors } = this.#options
    if (anchors.has(this.#leaf.der)) {
      this.found++
      yield [this.#leaf]
    }
    const starts = new Map<string, { readonly anchor: PathCertificate; readonly rank: number }>()
    const below = [...this.#reachable()].filter(([{ issuer }]) => anchors.named(issuer).length > 0)
    for (const [presented, distance] of below.sort(([, a], [, b]) => a - b).slice(0, chainLimits.signatures)) {
      for (const anchor of anchors.named(presented.issuer)) {
        const certificate = presented.read()
        if (certificate === undefined) continue
        const rank = distance * 4 + keyIdRank(certificate, anchor)
        if (rank < (starts.get(anchor.id)?.rank ?? Infinity)) starts.set(anchor.id, { anchor, rank })
      }
    }
    for (const { anchor } of [...starts.values()].sort((a, b) => a.rank - b.rank)) yield* this.#below([anchor])
  }

  /** Extends a path downward. `path` holds the anchor last. */
  *#below(path: Path): Generator<Path> {
    const [issuer] = path
    if (issuer === undefined) return
    if (this.#options.flawed(issuer)) return this.#options.deadEnd({ path, at: issuer, why: "flawed" })
    for (const certificate of this.#issuedBy(issuer, path)) {
      if (this.#mustStop()) return
      const isLeaf = certificate.id === this.#leaf.id
      const below = [certificate, ...path]
      if (!this.#isSigned(certificate, issuer)) {
        this.#options.deadEnd({ path: below, at: certificate, why: "mismatch" })
      } else if (isLeaf) {
        this.found++
        yield below
      } else yield* this.#below(below)
    }
  }

  #mustStop(): boolean {
    if (this.found >= chainLimits.paths) this.exceeded ??= `more than ${chainLimits.paths} candidate paths`
    if (++this.#steps > stepLimit) this.exceeded ??= `more than ${stepLimit} steps of the search`
    return this.exceeded !== undefined
  }

  #isSigned(certificate: PathCertificate, issuer: PathCertificate): boolean {
    const edge = `${certificate.id} ${issuer.keyHash}`
    const known = this.#edges.get(edge)
    if (known !== undefined) return known
    if (this.#signatures >= chainLimits.signatures || this.#mismatches >= chainLimits.mismatches) {
      this.exceeded ??= `more than ${this.#signatures} signatures`
      return false
    }
    this.#signatures++
    const signed = this.#options.signed(certificate, issuer)
    if (!signed) this.#mismatches++
    this.#edges.set(edge, signed)
    return signed
  }

  #issuedBy(issuer: PathCertificate, path: Path): ReadonlyArray<PathCertificate> {
    const rank = ([certificate, distance]: readonly [PathCertificate, number]) =>
      (this.#options.flawed(certificate) && distance > 0 ? 1e6 : 0) + distance * 4 + keyIdRank(certificate, issuer)
    return [...this.#reachable()]
      .filter(([{ issuer: name }]) => name === issuer.subject)
      .sort(([, a], [, b]) => a - b)
      .slice(0, chainLimits.signatures)
      .flatMap(([presented, distance]) => {
        const certificate = presented.read()
        return certificate === undefined ? [] : [[certificate, distance] as const]
      })
      .filter(([certificate]) => !path.some((above) => isSameAuthority(above, certificate)))
      .sort((a, b) => rank(a) - rank(b))
      .map(([certificate]) => certificate)
  }

  *#reachable(): Generator<readonly [PresentedCertificate, number]> {
    for (const certificate of this.#options.sent) {
      const distance = this.#distance.get(certificate.id)
      if (distance !== undefined) yield [certificate, distance]
    }
  }

  /** By names alone: who could have issued the leaf, who those, and so on. */
  #measure(): void {
    const bySubject = Map.groupBy(this.#options.sent, ({ subject }) => subject)
    this.#distance.set(this.#leaf.id, 0)
    let edge: ReadonlyArray<Pick<PathCertificate, "issuer">> = [this.#leaf]
    for (let distance = 1; edge.length > 0; distance++) {
      const next: Array<PresentedCertificate> = []
      for (const name of new Set(edge.map(({ issuer }) => issuer))) {
        for (const above of bySubject.get(name) ?? []) {
          if (this.#distance.has(above.id)) continue
          this.#distance.set(above.id, distance)
          next.push(above)
        }
      }
      edge = next
    }
  }
}
