/** What revocation asks of a certificate beside its names and serial number. Read once for each certificate. */
import { hash } from "node:crypto"
import type { ChainCertificate } from "../ChainCertificate.ts"
import { type DerNode, expectTag, isUniversal, readDer, Tag, TagClass } from "../Der.ts"
import { type Extension, readExtensionList, readTime } from "../PeerCertificate.ts"
import { type DistributionPoint, readDistributionPoints } from "./DistributionPoints.ts"

export interface CertificateFacts {
  readonly serial: Uint8Array
  readonly isAuthority: boolean
  readonly maySignCertificates: boolean
  /** Unix milliseconds. */
  readonly notBefore: number
  readonly notAfter: number
  readonly points: ReadonlyArray<DistributionPoint>
}

/** Certificates of which something is remembered. */
const capacity = 1024
const certificateSigning = 0x04
const greatestExponent = 1n << 32n
const greatestModulus = 8192

/** Remembers what is computed for a key; forgets the oldest first. */
export const remembering = <A>(limit: number) => {
  const known = new Map<string, A>()
  return (key: string, compute: () => A): A => {
    const found = known.get(key)
    if (found !== undefined) return found
    const computed = compute()
    const [oldest] = known.keys()
    if (known.size >= limit && oldest !== undefined) known.delete(oldest)
    known.set(key, computed)
    return computed
  }
}

const extensionsIn = (fields: ReadonlyArray<DerNode>): ReadonlyMap<string, Extension> => {
  const explicit = fields.find((field) => field.tagClass === TagClass.contextSpecific && field.tag === 3)
  return explicit === undefined ? new Map() : readExtensionList(explicit.children[0])
}

const isAuthority = (constraints: Extension | undefined): boolean => {
  if (constraints === undefined) return false
  const [first] = expectTag(readDer(constraints.value), Tag.sequence, "basic constraints").children
  return first !== undefined && isUniversal(first, Tag.boolean) && first.content[0] === 0xff
}

const mayDo = (usage: Extension | undefined, bit: number): boolean => {
  if (usage === undefined) return true
  const [, bits = 0] = expectTag(readDer(usage.value), Tag.bitString, "key usage").content
  return (bits & bit) !== 0
}

const read = ({ der, issuer, serial }: ChainCertificate): CertificateFacts => {
  const [toBeSigned] = expectTag(readDer(der), Tag.sequence, "certificate").children
  const fields = expectTag(toBeSigned, Tag.sequence, "certificate").children
  const [, , , validity] = fields[0]?.tagClass === TagClass.contextSpecific ? fields.slice(1) : fields
  const [notBefore, notAfter] = expectTag(validity, Tag.sequence, "validity").children
  const extensions = extensionsIn(fields)
  const points = extensions.get("2.5.29.31")
  return {
    serial: Buffer.from(serial, "hex"),
    isAuthority: isAuthority(extensions.get("2.5.29.19")),
    maySignCertificates: mayDo(extensions.get("2.5.29.15"), certificateSigning),
    notBefore: readTime(notBefore).getTime(),
    notAfter: readTime(notAfter).getTime(),
    points: points === undefined ? [] : readDistributionPoints(points.value, issuer)
  }
}

const facts = remembering<CertificateFacts>(capacity)
const keys = remembering<{ readonly hash: string; readonly isSlow: boolean }>(capacity)

/** Throws `Malformed` for a certificate that cannot be read. */
export const factsOf = (certificate: ChainCertificate): CertificateFacts =>
  facts(certificate.id, () => read(certificate))

/** The digest of its key, and whether the key is made to be slow. Throws when OpenSSL cannot read the certificate. */
export const keyOf = ({ id, x509 }: ChainCertificate): { readonly hash: string; readonly isSlow: boolean } =>
  keys(id, () => {
    const { publicKey } = x509
    const { modulusLength = 0, publicExponent = 0n } = publicKey.asymmetricKeyDetails ?? {}
    return {
      hash: hash("sha256", publicKey.export({ type: "spki", format: "der" }), "base64"),
      isSlow: publicExponent > greatestExponent || modulusLength > greatestModulus
    }
  })
