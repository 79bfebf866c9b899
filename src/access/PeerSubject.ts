/** The names of a peer's certificate, read at most once while the peer keeps coming back. */
import { Result } from "effect"
import { peerCertificates } from "./PeerCertificateCache.ts"
import { subjectName } from "./SubjectName.ts"

/** The leaf's subject; empty for a certificate that cannot be read, which no judge admits. */
export const subjectOf = (leaf: Uint8Array): string =>
  Result.match(peerCertificates.read(leaf, true), {
    onSuccess: (certificate) => subjectName(certificate.subject),
    onFailure: () => ""
  })

/** The leaf's common name; empty without one. */
export const commonNameOf = (leaf: Uint8Array): string =>
  Result.match(peerCertificates.read(leaf, true), {
    onSuccess: (certificate) => certificate.subject.commonName,
    onFailure: () => ""
  })
