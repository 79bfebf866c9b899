/** What a certificate says about its place in a chain, beside what rules ask of it. */
import { hash, X509Certificate } from "node:crypto"
import { Result } from "effect"
import { expectTag, Malformed, readDer, Tag } from "./Der.ts"
import { bounded } from "./EscapedText.ts"
import { type CertificateFields, type Extension, readCertificateFields, readName } from "./PeerCertificate.ts"
import { comparableName, hex, serialOf } from "./RevocationList.ts"
import { subjectName } from "./SubjectName.ts"

export interface ChainCertificate {
  /** Its fingerprint. */
  readonly id: string
  readonly der: Uint8Array
  /** As `comparableName` writes it. */
  readonly subject: string
  readonly issuer: string
  /** The subject as sentences name it, of bounded length. */
  readonly name: string
  /** The issuer as sentences name it, of bounded length. */
  readonly issuerName: string
  /** As `serialOf` reads it. */
  readonly serial: string
  readonly keyId: string | undefined
  /** Whether its key usage lets it sign revocation lists; without the extension it may. */
  readonly maySignLists: boolean
  /** Made when it is first asked for, which is expensive. Throws when OpenSSL cannot read the certificate. */
  readonly x509: X509Certificate
}

const fingerprints = new WeakMap<Uint8Array, string>()

/** The fingerprint by which certificates are the same; made once for each array, which must not change afterwards. */
export const fingerprint = (der: Uint8Array): string => {
  const known = fingerprints.get(der)
  if (known !== undefined) return known
  const made = hash("sha256", der, "base64")
  fingerprints.set(der, made)
  return made
}

const listSigning = 0x02

const maySign = (usage: Extension | undefined): boolean => {
  if (usage === undefined) return true
  const [unused, bits = 0] = expectTag(readDer(usage.value), Tag.bitString, "key usage").content
  return unused !== undefined && (bits & listSigning) !== 0
}

const keyIdOf = (extension: Extension | undefined): string | undefined =>
  extension === undefined
    ? undefined
    : hex(expectTag(readDer(extension.value), Tag.octetString, "subject key identifier").content)

/** The certificate with these fields, and what else is known of it. Throws `Malformed`. */
export const chainCertificateOf = <A extends object>(
  der: Uint8Array,
  { extensions, issuer, serial, subject }: CertificateFields,
  more: A
): ChainCertificate & A => {
  const subjectText = readName(subject)
  const issuerText = readName(issuer)
  let x509: X509Certificate | undefined
  let name: string | undefined
  let issuerName: string | undefined
  return {
    ...more,
    id: fingerprint(der),
    der,
    subject: comparableName(subjectText),
    issuer: comparableName(issuerText),
    // For messages alone.
    get name() {
      return (name ??= bounded(subjectName(subjectText), 200))
    },
    get issuerName() {
      return (issuerName ??= bounded(subjectName(issuerText), 200))
    },
    serial: serialOf(serial),
    keyId: keyIdOf(extensions.get("2.5.29.14")),
    maySignLists: maySign(extensions.get("2.5.29.15")),
    get x509() {
      return (x509 ??= new X509Certificate(der))
    }
  }
}

/** Reads a certificate. The failure says what is wrong with it. */
export const parseChainCertificate = (der: Uint8Array): Result.Result<ChainCertificate, string> =>
  Result.try({
    try: () => chainCertificateOf(der, readCertificateFields(der), {}),
    catch: (cause) => (cause instanceof Malformed ? cause.message : "malformed certificate")
  })
