/** What a handshake needs, as a plain value: it crosses threads, and every reload makes a new one. */
import { Result } from "effect"
import type { RevocationList } from "../access/RevocationList.ts"
import type { PolicyFiles } from "../policy/bundle/Bundle.ts"

/** A private key that stays on a PKCS#11 token. A plain value: each thread that signs with it opens the token itself. */
export interface TokenKey {
  /** Path of the module, a shared library. */
  readonly modulePath: string
  readonly tokenLabel: string
  /** Undefined where the token needs no login. Never logged. */
  readonly pin: string | undefined
}

/** A private key: in memory (PEM, PKCS#8, unencrypted), or on a token. */
export type PrivateKey =
  | { readonly _tag: "Pem"; readonly pem: string }
  | { readonly _tag: "Token"; readonly token: TokenKey }

export const pemKey = (pem: string): PrivateKey => ({ _tag: "Pem", pem })

/** The key's PEM, for what cannot sign with a token. */
export const keyInMemory = (key: PrivateKey): Result.Result<string, string> =>
  key._tag === "Pem"
    ? Result.succeed(key.pem)
    : Result.fail(
        `tls: the private key is on the token ${JSON.stringify(key.token.tokenLabel)} of ${key.token.modulePath}, which cannot be used here`
      )

/** A certificate chain (PEM, leaf first) with its private key. */
export interface Identity {
  readonly chainPem: string
  readonly key: PrivateKey
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
  /** Undefined: certificates are not checked for revocation. */
  readonly revocation?: RevocationMaterial | undefined
  /** Where the access rules name a policy. */
  readonly policy?: PolicyMaterial | undefined
}

/** A Rego policy as it was read; each thread compiles it for itself. */
export interface PolicyMaterial {
  readonly files: PolicyFiles
  readonly query: string
}

/** What a source offers. Whole TLS material is one, too. */
export interface CredentialMaterial extends Pick<TlsMaterial, "identity" | "subject"> {
  /** PEM, one certificate an entry; undefined where the tunnel's CA bundle or the system's roots decide. */
  readonly trustAnchors?: ReadonlyArray<string> | undefined
}
