/** The subject of a peer's certificate as logs print it, read at most once while the peer keeps coming back. */
import { Result } from "effect"
import { peerCertificates } from "./PeerCertificateCache.ts"
import { subjectName } from "./SubjectName.ts"

/** The leaf's subject; empty for a certificate that cannot be read, which no judge admits. */
export const subjectOf = (leaf: Uint8Array): string =>
  Result.match(peerCertificates.read(leaf, true), {
    onSuccess: (certificate) => subjectName(certificate.subject),
    onFailure: () => ""
  })
