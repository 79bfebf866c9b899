/**
 * What a certificate says, read strictly from its DER: the names rules are about, the key pins are about, the dates.
 * Signatures are OpenSSL's business. Whatever is malformed fails; nothing here throws to callers.
 */
import { Result } from "effect"
import {
  bitsOf,
  type DerNode,
  expectTag,
  isUniversal,
  Malformed,
  malformed,
  oidOf,
  readDer,
  Tag,
  TagClass,
  unsignedOf
} from "./Der.ts"
import { asciiText, directoryText } from "./DirectoryString.ts"
import { type PublicKeyKind, publicKeyKind } from "./PublicKeyInfo.ts"
import { readSubjectAltNames, type SubjectAltNames } from "./SubjectAltName.ts"

export interface SubjectAttribute {
  /** Dotted object identifier of the type. */
  readonly oid: string
  /** The value as encoded, header included. */
  readonly der: Uint8Array
  readonly text: string
}

export interface Subject {
  /** In the order of the certificate. */
  readonly attributes: ReadonlyArray<SubjectAttribute>
  /** The last one; empty when there is none. */
  readonly commonName: string
  readonly organizationalUnits: ReadonlyArray<string>
}

export interface PeerCertificate extends SubjectAltNames {
  readonly subject: Subject
  readonly hasSanExtension: boolean
  /** The SubjectPublicKeyInfo, byte for byte as in the certificate. */
  readonly publicKeyInfo: Uint8Array
  readonly publicKey: PublicKeyKind
  /** Dotted object identifiers; undefined without the extension. */
  readonly extendedKeyUsages: ReadonlyArray<string> | undefined
  /** Whether its basic constraints let it sign certificates. */
  readonly isAuthority: boolean
  readonly notBefore: Date
  readonly notAfter: Date
}

const commonName = "2.5.4.3"
const organizationalUnit = "2.5.4.11"

const readAttribute = (node: DerNode): SubjectAttribute => {
  const [type, value, ...rest] = expectTag(node, Tag.sequence, "name").children
  if (value === undefined || rest.length > 0) return malformed("malformed name")
  return { oid: oidOf(type, "attribute type"), der: value.raw.slice(), text: directoryText(value) }
}

/** A name's attributes. Throws `Malformed`. */
export const readName = (node: DerNode | undefined): Subject => {
  const sets = expectTag(node, Tag.sequence, "name").children
  const attributes = sets.flatMap((set) => expectTag(set, Tag.set, "name").children.map(readAttribute))
  return {
    attributes,
    commonName: attributes.findLast(({ oid }) => oid === commonName)?.text ?? "",
    organizationalUnits: attributes.filter(({ oid }) => oid === organizationalUnit).map(({ text }) => text)
  }
}

/** A time of either type. Throws `Malformed`. */
export const readTime = (node: DerNode | undefined): Date => {
  if (node === undefined) return malformed("malformed validity")
  const short = isUniversal(node, Tag.utcTime)
  const { content } = short ? node : expectTag(node, Tag.generalizedTime, "validity")
  const text = asciiText(content, "time")
  const full = short ? `${Number(text.slice(0, 2)) >= 50 ? "19" : "20"}${text}` : text
  const fields = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)?.slice(1)
  if (fields === undefined) return malformed("malformed time")
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = fields.map(Number)
  const time = new Date(0)
  // Not `Date.UTC`, which takes years below 100 for those of the last century.
  time.setUTCFullYear(year, month - 1, day)
  time.setUTCHours(hour, minute, second)
  // What does not exist comes out as another day or hour.
  const exists =
    time.getUTCMonth() === month - 1 && time.getUTCDate() === day && hour < 24 && minute < 60 && second < 60
  return exists ? time : malformed("malformed time")
}

/** An extension of a certificate, a revocation list or an entry of one. */
export interface Extension {
  readonly critical: boolean
  readonly value: Uint8Array
}

const readExtension = (node: DerNode): readonly [oid: string, Extension] => {
  const [id, ...rest] = expectTag(node, Tag.sequence, "extension").children
  const critical = rest.length === 2 ? expectTag(rest[0], Tag.boolean, "extension").content : undefined
  if (rest.length > 2 || (critical !== undefined && (critical.length !== 1 || critical[0] !== 0xff))) {
    return malformed("malformed extension")
  }
  const { content: value } = expectTag(rest.at(-1), Tag.octetString, "extension")
  return [oidOf(id, "extension"), { critical: critical !== undefined, value }]
}

/** The extensions in a sequence of them, by object identifier. Throws `Malformed`. */
export const readExtensionList = (list: DerNode | undefined): ReadonlyMap<string, Extension> => {
  const pairs = expectTag(list, Tag.sequence, "extensions").children.map(readExtension)
  const extensions = new Map(pairs)
  return extensions.size === pairs.length ? extensions : malformed("certificate contains duplicate extensions")
}

const readExtensions = (node: DerNode | undefined): ReadonlyMap<string, Extension> => {
  if (node === undefined) return new Map()
  const [list, ...rest] = node.children
  return readExtensionList(rest.length === 0 ? list : undefined)
}

const readUsages = (value: Uint8Array): ReadonlyArray<string> =>
  expectTag(readDer(value), Tag.sequence, "extended key usage").children.map((node) => oidOf(node, "key usage"))

const readIsAuthority = (constraints: Extension | undefined): boolean => {
  if (constraints === undefined) return false
  const [first] = expectTag(readDer(constraints.value), Tag.sequence, "basic constraints").children
  return first !== undefined && isUniversal(first, Tag.boolean) && first.content[0] === 0xff
}

/** The optional fields after the public key: unique identifiers and extensions, in this order, each at most once. */
const readTail = (fields: ReadonlyArray<DerNode>, version: number): ReadonlyMap<string, Extension> => {
  const tags = fields.map((field) => (field.tagClass === TagClass.contextSpecific ? field.tag : -1))
  const ordered = tags.every((tag, index) => tag >= 1 && tag <= 3 && (index === 0 || tag > (tags[index - 1] ?? 0)))
  const extensions = fields.find((field) => field.tag === 3)
  if (!ordered || (extensions !== undefined && version !== 3)) return malformed("malformed certificate")
  if (extensions !== undefined && !extensions.constructed) return malformed("malformed extensions")
  return readExtensions(extensions)
}

const readVersion = (node: DerNode): number => {
  const [number, ...rest] = node.children
  const bytes = unsignedOf(rest.length === 0 ? number : undefined, "version")
  const version = (bytes[0] ?? 0) + 1
  return bytes.length === 1 && (version === 2 || version === 3) ? version : malformed("invalid version")
}

/** What every X.509 certificate has, before anything in it is interpreted. */
export interface CertificateFields {
  readonly version: number
  readonly serial: DerNode | undefined
  readonly issuer: DerNode | undefined
  readonly subject: DerNode | undefined
  readonly notBefore: Date
  readonly notAfter: Date
  /** The SubjectPublicKeyInfo. */
  readonly key: DerNode
  readonly extensions: ReadonlyMap<string, Extension>
}

const known = new WeakMap<Uint8Array, CertificateFields>()

/**
 * Reads the fields strictly, once for each array: what a peer has sent is read for the access rules and for its path. An array
 * must not change afterwards. Throws `Malformed`.
 */
export const readCertificateFields = (der: Uint8Array): CertificateFields => {
  const found = known.get(der)
  if (found !== undefined) return found
  const fields = readFields(der)
  known.set(der, fields)
  return fields
}

const readFields = (der: Uint8Array): CertificateFields => {
  const [toBeSigned, algorithm, signature, ...rest] = expectTag(readDer(der), Tag.sequence, "certificate").children
  const fields = expectTag(toBeSigned, Tag.sequence, "certificate").children
  expectTag(algorithm, Tag.sequence, "signature algorithm")
  bitsOf(rest.length === 0 ? signature : undefined, "signature")
  const [first] = fields
  const explicit = first !== undefined && first.tagClass === TagClass.contextSpecific && first.tag === 0
  const version = explicit ? readVersion(first) : 1
  const [serial, innerAlgorithm, issuer, validity, subject, key, ...tail] = explicit ? fields.slice(1) : fields
  unsignedOf(serial, "serial number")
  const inner = expectTag(innerAlgorithm, Tag.sequence, "signature algorithm").raw
  if (algorithm === undefined || Buffer.compare(inner, algorithm.raw) !== 0) {
    return malformed("inner and outer signature algorithm identifiers don't match")
  }
  const [notBefore, notAfter, ...moreTimes] = expectTag(validity, Tag.sequence, "validity").children
  return {
    version,
    serial,
    issuer,
    subject,
    notBefore: readTime(notBefore),
    notAfter: moreTimes.length === 0 ? readTime(notAfter) : malformed("malformed validity"),
    key: expectTag(key, Tag.sequence, "public key"),
    extensions: readTail(tail, version)
  }
}

const noNames: SubjectAltNames = { dnsNames: [], ipAddresses: [], uris: [], emailAddresses: [] }

/** The subject alternative names; none without the extension. Throws `Malformed`. */
export const readNames = (extensions: ReadonlyMap<string, Extension>): SubjectAltNames => {
  const names = extensions.get("2.5.29.17")
  return names === undefined ? noNames : readSubjectAltNames(names.value)
}

/** The extended key usages; undefined without the extension. Throws `Malformed`. */
export const readExtendedKeyUsages = (
  extensions: ReadonlyMap<string, Extension>
): ReadonlyArray<string> | undefined => {
  const usages = extensions.get("2.5.29.37")
  return usages === undefined ? undefined : readUsages(usages.value)
}

const read = (der: Uint8Array): PeerCertificate => {
  const { extensions, issuer, key, notAfter, notBefore, subject } = readCertificateFields(der)
  readName(issuer)
  return {
    subject: readName(subject),
    ...readNames(extensions),
    hasSanExtension: extensions.has("2.5.29.17"),
    publicKeyInfo: key.raw.slice(),
    publicKey: publicKeyKind(key),
    isAuthority: readIsAuthority(extensions.get("2.5.29.19")),
    extendedKeyUsages: readExtendedKeyUsages(extensions),
    notBefore,
    notAfter
  }
}

/** Reads a certificate. The failure says what is wrong with it (`x509: ..`). */
export const parsePeerCertificate = (der: Uint8Array): Result.Result<PeerCertificate, string> =>
  Result.try({
    try: () => read(der),
    catch: (cause) => `x509: ${cause instanceof Malformed ? cause.message : "malformed certificate"}`
  })
