/** What a certificate says about its place in a chain, beside what rules ask of it. */
import { hash, X509Certificate } from "node:crypto"
import { Result } from "effect"
import { type DerNode, expectTag, Malformed, malformed, readDer, Tag, TagClass } from "./Der.ts"
import { bounded } from "./EscapedText.ts"
import { type Extension, readExtensionList, readName } from "./PeerCertificate.ts"
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
  /** As `serialOf` reads it. */
  readonly serial: string
  readonly keyId: string | undefined
  /** Whether its key usage lets it sign revocation lists; without the extension it may. */
  readonly maySignLists: boolean
  readonly x509: X509Certificate
}

/** The fingerprint by which certificates are the same. */
export const fingerprint = (der: Uint8Array): string => hash("sha256", der, "base64")

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

const extensionsOf = (tail: ReadonlyArray<DerNode>): ReadonlyMap<string, Extension> => {
  const explicit = tail.find((field) => field.tagClass === TagClass.contextSpecific && field.tag === 3)
  return explicit === undefined ? new Map() : readExtensionList(explicit.children[0])
}

const read = (der: Uint8Array): ChainCertificate => {
  const [toBeSigned] = expectTag(readDer(der), Tag.sequence, "certificate").children
  const fields = expectTag(toBeSigned, Tag.sequence, "certificate").children
  const versioned = fields[0]?.tagClass === TagClass.contextSpecific
  const [serial, , issuer, , subject, key, ...tail] = versioned ? fields.slice(1) : fields
  if (key === undefined) return malformed("malformed certificate")
  const subjectText = readName(subject)
  const extensions = extensionsOf(tail)
  return {
    id: fingerprint(der),
    der,
    subject: comparableName(subjectText),
    issuer: comparableName(readName(issuer)),
    name: bounded(subjectName(subjectText), 200),
    serial: serialOf(serial),
    keyId: keyIdOf(extensions.get("2.5.29.14")),
    maySignLists: maySign(extensions.get("2.5.29.15")),
    x509: new X509Certificate(der)
  }
}

/** Reads a certificate. The failure says what is wrong with it. */
export const parseChainCertificate = (der: Uint8Array): Result.Result<ChainCertificate, string> =>
  Result.try({
    try: () => read(der),
    catch: (cause) => (cause instanceof Malformed ? cause.message : "malformed certificate")
  })
