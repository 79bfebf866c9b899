/**
 * Chains that were verified a moment ago, so that peers that come back cost less: only exactly the same list in the same
 * order, for the same role and host, with the same anchors (each generation has its own), and only while every
 * certificate of the path is valid. Bounded; peers that were refused are not remembered. The peer's proof that it holds
 * the key is made in every handshake.
 */
import type { Path } from "./CandidatePaths.ts"
import { fingerprint } from "./ChainCertificate.ts"

/** What the peer is to be. */
export interface PeerRole {
  /** What extended key usages have to allow where there are any. */
  readonly usage: string
  /** The host that was dialled; undefined for clients. */
  readonly host: string | undefined
}

interface Entry {
  readonly path: Path
  readonly from: number
  readonly until: number
}

const keyOf = (chain: ReadonlyArray<Uint8Array>, { host, usage }: PeerRole): string =>
  [usage, host ?? "", ...chain.map(fingerprint)].join("\n")

export class VerifiedChains {
  readonly #entries = new Map<string, Entry>()
  readonly #capacity: number

  constructor(capacity = 512) {
    this.#capacity = capacity
  }

  find(chain: ReadonlyArray<Uint8Array>, role: PeerRole, now: Date): Path | undefined {
    if (this.#entries.size === 0) return undefined
    const key = keyOf(chain, role)
    const entry = this.#entries.get(key)
    if (entry === undefined) return undefined
    this.#entries.delete(key)
    if (now.getTime() < entry.from || now.getTime() > entry.until) return undefined
    this.#entries.set(key, entry)
    return entry.path
  }

  remember(chain: ReadonlyArray<Uint8Array>, role: PeerRole, path: Path, now: Date): void {
    const from = Math.max(...path.map(({ notBefore }) => notBefore))
    const until = Math.min(...path.map(({ notAfter }) => notAfter))
    if (now.getTime() < from || now.getTime() > until) return
    const [oldest] = this.#entries.keys()
    if (this.#entries.size >= this.#capacity && oldest !== undefined) this.#entries.delete(oldest)
    this.#entries.set(keyOf(chain, role), { path, from, until })
  }

  /** Forgets all of them. */
  clear(): void {
    this.#entries.clear()
  }

  get size(): number {
    return this.#entries.size
  }
}
