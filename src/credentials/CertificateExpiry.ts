/** Until when the certificates of a tunnel are valid: its leaf, the chain it sends, the authorities it trusts. */
import { X509Certificate } from "node:crypto"
import { Result } from "effect"
import { subjectOf } from "../access/PeerSubject.ts"
import { readPem } from "./Pem.ts"
import type { TlsMaterial } from "./TlsMaterial.ts"

/** One certificate's end. */
export interface CertificateExpiry {
  readonly role: "leaf" | "chain" | "authority"
  /** As the log prints it. */
  readonly subject: string
  /** Hexadecimal. */
  readonly serial: string
  /** Unix milliseconds. */
  readonly notAfter: number
}

/** With more authorities than these, as the system's store has them, only the one that expires first is told. */
const authoritiesTold = 32

const expiryOf = (role: CertificateExpiry["role"], certificate: X509Certificate): CertificateExpiry => ({
  role,
  subject: subjectOf(certificate.raw),
  serial: certificate.serialNumber,
  notAfter: certificate.validToDate.getTime()
})

const certificatesIn = (pem: string): ReadonlyArray<X509Certificate> =>
  readPem(Buffer.from(pem))
    .filter(({ type }) => type === "CERTIFICATE")
    .flatMap(({ der }) =>
      Result.match(
        Result.try(() => new X509Certificate(der)),
        { onSuccess: (certificate) => [certificate], onFailure: () => [] }
      )
    )

const first = (all: ReadonlyArray<CertificateExpiry>): ReadonlyArray<CertificateExpiry> =>
  all.toSorted((a, b) => a.notAfter - b.notAfter).slice(0, 1)

/** Every certificate in play, the leaf first. */
export const certificateExpiries = (material: TlsMaterial): ReadonlyArray<CertificateExpiry> => {
  const chain = material.identity === undefined ? [] : certificatesIn(material.identity.chainPem)
  const authorities = material.trustAnchors.flatMap(certificatesIn).map((each) => expiryOf("authority", each))
  return [
    ...chain.map((certificate, index) => expiryOf(index === 0 ? "leaf" : "chain", certificate)),
    ...(authorities.length > authoritiesTold ? first(authorities) : authorities)
  ]
}

/** The earliest end within a role, Unix milliseconds; undefined when it has no certificate. */
export const earliest = (
  expiries: ReadonlyArray<CertificateExpiry>,
  role: CertificateExpiry["role"]
): number | undefined => first(expiries.filter((each) => each.role === role))[0]?.notAfter
