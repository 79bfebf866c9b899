/** Until when the certificates of a tunnel are valid: its leaf, the chain it sends, the authorities it trusts. */
import { X509Certificate } from "node:crypto"
import { Result } from "effect"
import { subjectOf } from "../access/PeerSubject.ts"
import { readPem } from "./Pem.ts"
import type { TlsMaterial } from "./TlsMaterial.ts"

/** One certificate's time. */
export interface CertificateExpiry {
  readonly role: "leaf" | "chain" | "authority"
  /** As the log prints it. */
  readonly subject: string
  /** Hexadecimal. */
  readonly serial: string
  /** Unix milliseconds. */
  readonly notBefore: number
  /** Unix milliseconds. */
  readonly notAfter: number
}

/** With more authorities than these, as the system's store has them, only the one that expires first is shown. */
const authoritiesShown = 32

const expiryOf = (role: CertificateExpiry["role"], certificate: X509Certificate): CertificateExpiry => ({
  role,
  subject: subjectOf(certificate.raw),
  serial: certificate.serialNumber,
  notBefore: certificate.validFromDate.getTime(),
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

/** Of the certificates that the tunnel presents, the leaf first. */
export const ownExpiries = ({ identity }: TlsMaterial): ReadonlyArray<CertificateExpiry> =>
  identity === undefined
    ? []
    : certificatesIn(identity.chainPem).map((certificate, index) =>
        expiryOf(index === 0 ? "leaf" : "chain", certificate)
      )

/** Of every certificate in play, the leaf first and the authorities last, expired ones too. */
export const certificateExpiries = (material: TlsMaterial): ReadonlyArray<CertificateExpiry> => [
  ...ownExpiries(material),
  ...material.trustAnchors.flatMap(certificatesIn).map((each) => expiryOf("authority", each))
]

/** An expired authority verifies no peer. Bundles keep such ones for years. */
const isExpiredAuthority = ({ notAfter, role }: CertificateExpiry, now: number): boolean =>
  role === "authority" && notAfter < now

/** How many authorities have expired at this time, Unix milliseconds. */
export const expiredAuthorities = (expiries: ReadonlyArray<CertificateExpiry>, now: number): number =>
  expiries.filter((each) => isExpiredAuthority(each, now)).length

/** Those worth showing: expired authorities are left out, and of very many authorities all but the one that expires first. */
export const shownExpiries = (
  expiries: ReadonlyArray<CertificateExpiry>,
  now: number
): ReadonlyArray<CertificateExpiry> => {
  const authorities = expiries.filter((each) => each.role === "authority" && !isExpiredAuthority(each, now))
  return [
    ...expiries.filter(({ role }) => role !== "authority"),
    ...(authorities.length > authoritiesShown ? first(authorities) : authorities)
  ]
}

/** The earliest end within a role, Unix milliseconds; undefined when it has no certificate. */
export const earliest = (
  expiries: ReadonlyArray<CertificateExpiry>,
  role: CertificateExpiry["role"]
): number | undefined => first(expiries.filter((each) => each.role === role))[0]?.notAfter
