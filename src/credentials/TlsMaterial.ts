/** What a handshake needs, as a plain value: it crosses threads, and every reload makes a new one. */
import type { RevocationList } from "../access/RevocationList.ts"

/** A certificate chain (PEM, leaf first) with its private key (PEM, PKCS#8, unencrypted). */
export interface Identity {
  readonly chainPem: string
  readonly keyPem: string
}

/** Revocation lists, and what becomes of peers about whom they say too little. */
export interface RevocationMaterial {
  readonly lists: ReadonlyArray<RevocationList>
  /** URLs whose lists have not been fetched yet. */
  readonly missing: ReadonlyArray<string>
  readonly mode: "strict" | "warn"
}

export interface TlsMaterial {
  /** Counts up with every successful load; handshakes use the newest that was current when they began. */
  readonly generation: number
  /** Absent for clients that present no certificate. */
  readonly identity: Identity | undefined
  /** The leaf's subject as the log prints it; empty without an identity. */
  readonly subject: string
  /** Trust anchors, PEM, one certificate an entry. Every one of them is an anchor, roots or not. */
  readonly trustAnchors: ReadonlyArray<string>
  /** Undefined: nobody asks whether certificates are revoked. */
  readonly revocation?: RevocationMaterial | undefined
}
