/** Certificates of peers that come back need not be read again. One per thread, bounded, the least recently used goes. */
import { Result } from "effect"
import { fingerprint } from "./ChainCertificate.ts"
import { type PeerCertificate, parsePeerCertificate } from "./PeerCertificate.ts"

export interface PeerCertificateCache {
  /**
   * Reads a certificate. `keep` remembers it for the next time: only for peers OpenSSL or a pin vouches for, so that
   * strangers cannot push out the others.
   */
  readonly read: (der: Uint8Array, keep: boolean) => Result.Result<PeerCertificate, string>
  /** How many certificates are remembered. */
  readonly size: () => number
}

/** An empty cache for at most `capacity` certificates. */
export const makePeerCertificateCache = (capacity = 1024): PeerCertificateCache => {
  const known = new Map<string, Result.Result<PeerCertificate, string>>()
  // A peer's certificate is read before it is verified, and read again to be kept.
  const unkept = new WeakMap<Uint8Array, Result.Result<PeerCertificate, string>>()
  return {
    read: (der, keep) => {
      const id = fingerprint(der)
      const found = known.get(id)
      if (found !== undefined) {
        known.delete(id)
        known.set(id, found)
        return found
      }
      const parsed = unkept.get(der) ?? parsePeerCertificate(der)
      if (!keep) unkept.set(der, parsed)
      if (keep && Result.isSuccess(parsed)) {
        known.set(id, parsed)
        const [oldest] = known.keys()
        if (known.size > capacity && oldest !== undefined) known.delete(oldest)
      }
      return parsed
    },
    size: () => known.size
  }
}

/** This thread's cache, shared by judges and logs. */
export const peerCertificates: PeerCertificateCache = makePeerCertificateCache()
