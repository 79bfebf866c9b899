/** What the verification of chains needs of OpenSSL. A transport makes one for each generation of trust anchors. */
import type { Result } from "effect"
import type { Path } from "./CandidatePaths.ts"
import type { PathAnchors, PathCertificate } from "./PathCertificate.ts"
import type { VerifiedChains } from "./VerifiedChains.ts"

/** OpenSSL, for the certificates of one peer and the anchors. */
export interface PathChecker {
  /** Whether the issuer's key made the certificate's signature. */
  readonly signed: (certificate: PathCertificate, issuer: PathCertificate) => boolean
  /**
   * What OpenSSL finds in a complete path whose signatures were checked with this checker: the name of the error and the
   * index of the certificate; undefined for nothing.
   */
  readonly flaw: (path: Path) => { readonly error: string; readonly at: number } | undefined
}

/** Its transport has held the chain against `chainLimitProblem` before it shows it to a judge. */
export interface PathEngine {
  readonly anchors: () => PathAnchors
  /** Reads a presented certificate; one that is known is not read again. */
  readonly read: (der: Uint8Array) => Result.Result<PathCertificate, string>
  /** Lends a checker for one peer, to be used only until `use` returns. Throws when the anchors are gone. */
  readonly check: <A>(use: (checker: PathChecker) => A) => A
  /** Chains that this engine has verified. */
  readonly verified: VerifiedChains
}
