/**
 * A certificate revocation list, read strictly from its DER (RFC 5280, section 5). Only complete lists of one issuer say
 * that a certificate is good; partial, indirect and unknown kinds never do. A list as read here is a plain value: whose
 * signature it carries is for those to check who know its issuer.
 */
import { Result } from "effect"
import {
  bitsOf,
  type DerElement,
  expectTag,
  isUniversal,
  Malformed,
  malformed,
  readDer,
  readElements,
  Tag,
  TagClass
} from "./Der.ts"
import { bounded } from "./EscapedText.ts"
import { type SignatureScheme, signatureScheme } from "./ListSignature.ts"
import { type Extension, readExtensionList, readName, readTime, type Subject } from "./PeerCertificate.ts"

export interface RevocationList {
  /** As `comparableName` writes it. */
  readonly issuer: string
  /** Unix milliseconds. */
  readonly thisUpdate: number
  /** Unix milliseconds; absent in lists that never go stale. */
  readonly nextUpdate: number | undefined
  /** The issuer's key identifier, hexadecimal, where the list names one. */
  readonly keyId: string | undefined
  /** Serial numbers of what is revoked, the content of their integers in hexadecimal. */
  readonly serials: ReadonlySet<string>
  /** Why nobody is good by this list; undefined for complete lists that are wholly understood. */
  readonly partial: string | undefined
  /** Entries may be about certificates of other issuers: the list says nothing about anybody. */
  readonly indirect: boolean
  readonly scheme: SignatureScheme
  /** What is signed. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

/** A name as names are compared (RFC 5280, section 7.1): whatever its string types, letter case and spacing. */
export const comparableName = (name: Subject): string =>
  name.attributes.map(({ oid, text }) => `${oid}=${text.trim().replace(/\s+/g, " ").toLowerCase()}`).join("\u0000")

export const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")

/**
 * The serial number of a certificate or an entry, in the shortest form only: one number has one text. Throws `Malformed`.
 */
export const serialOf = (node: Parameters<typeof expectTag>[0]): string => {
  const { content } = expectTag(node, Tag.integer, "serial number")
  const [first, second = 0] = content
  const isPadded = content.length > 1 && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80)
  return first === undefined || isPadded ? malformed("malformed serial number") : hex(content)
}

/** The key identifier in an authority key identifier extension. Throws `Malformed`. */
export const authorityKeyId = (extension: Extension | undefined): string | undefined => {
  if (extension === undefined) return undefined
  const fields = expectTag(readDer(extension.value), Tag.sequence, "authority key identifier").children
  const id = fields.find((field) => field.tagClass === TagClass.contextSpecific && field.tag === 0)
  return id === undefined ? undefined : hex(id.content)
}

const oid = {
  keyId: "2.5.29.35",
  issuingDistributionPoint: "2.5.29.28",
  deltaIndicator: "2.5.29.27",
  reason: "2.5.29.21",
  certificateIssuer: "2.5.29.29"
} as const
/** Those whose meaning is kept, or that change nothing: alternative name, number, fresher lists. */
const understood = new Set<string>([oid.keyId, "2.5.29.18", "2.5.29.20", "2.5.29.46"])
const understoodOfEntries = new Set<string>([oid.reason, "2.5.29.23", "2.5.29.24"])
const removeFromList = 8

interface Entries {
  readonly serials: Set<string>
  indirect: boolean
  unknown: string | undefined
}

const readEntry = (raw: Uint8Array, entries: Entries): void => {
  const [serial, date, extensions, ...rest] = expectTag(readDer(raw), Tag.sequence, "entry").children
  readTime(date)
  const known = extensions === undefined ? undefined : readExtensionList(extensions)
  if (rest.length > 0) return malformed("malformed entry")
  for (const [id, { critical }] of known ?? []) {
    if (id === oid.certificateIssuer) entries.indirect = true
    else if (critical && !understoodOfEntries.has(id)) entries.unknown = id
  }
  const reason = known?.get(oid.reason)
  const code = reason === undefined ? 0 : expectTag(readDer(reason.value), Tag.enumerated, "reason").content[0]
  if (code !== removeFromList) entries.serials.add(serialOf(serial))
}

const isIndirect = (point: Extension | undefined): boolean =>
  point !== undefined &&
  expectTag(readDer(point.value), Tag.sequence, "issuing distribution point").children.some(
    (field) => field.tagClass === TagClass.contextSpecific && field.tag === 4
  )

const partialBy = (extensions: ReadonlyMap<string, Extension>, entries: Entries): string | undefined => {
  if (extensions.has(oid.deltaIndicator)) return "it is a delta of another list"
  if (extensions.has(oid.issuingDistributionPoint)) return "it is a list of some certificates only"
  if (entries.indirect) return "it is a list for other issuers"
  const unknown = [...extensions].find(([id, { critical }]) => critical && !understood.has(id))?.[0] ?? entries.unknown
  return unknown === undefined ? undefined : `it has an unknown critical extension (${bounded(unknown, 64)})`
}

const isTime = (field: DerElement | undefined): boolean =>
  field !== undefined && (isUniversal(field, Tag.utcTime) || isUniversal(field, Tag.generalizedTime))

const only = (bytes: Uint8Array): DerElement => {
  const [element, ...rest] = readElements(bytes)
  return element !== undefined && rest.length === 0 ? element : malformed("trailing data")
}

const sequence = (element: DerElement | undefined, what: string): ReadonlyArray<DerElement> =>
  element !== undefined && isUniversal(element, Tag.sequence)
    ? [...readElements(element.content)]
    : malformed(`malformed ${what}`)

const read = (der: Uint8Array): RevocationList => {
  const [signed, algorithm, signature, ...rest] = sequence(only(der), "revocation list")
  if (signed === undefined || algorithm === undefined || signature === undefined || rest.length > 0) {
    return malformed("malformed revocation list")
  }
  const fields = [...sequence(signed, "revocation list")]
  const next = (wanted: (field: DerElement) => boolean) => {
    const [field] = fields
    return field !== undefined && wanted(field) ? fields.shift() : undefined
  }
  const version = next((field) => isUniversal(field, Tag.integer))
  if (version !== undefined && hex(version.content) !== "01") return malformed("invalid version")
  const inner = next((field) => isUniversal(field, Tag.sequence))
  if (inner === undefined || hex(inner.raw) !== hex(algorithm.raw)) {
    return malformed("inner and outer signature algorithm identifiers don't match")
  }
  const issuer = next((field) => isUniversal(field, Tag.sequence))
  const thisUpdate = next(isTime)
  const nextUpdate = next(isTime)
  const revoked = next((field) => isUniversal(field, Tag.sequence))
  const tail = next((field) => field.tagClass === TagClass.contextSpecific && field.tag === 0 && field.constructed)
  if (issuer === undefined || thisUpdate === undefined || fields.length > 0)
    return malformed("malformed revocation list")
  if (version === undefined && tail !== undefined) return malformed("malformed revocation list")
  const scheme = signatureScheme(algorithm.raw)
  if (scheme === undefined) return malformed("its signature algorithm is not accepted")
  const extensions: ReadonlyMap<string, Extension> =
    tail === undefined ? new Map() : readExtensionList(readDer(tail.content))
  const entries: Entries = { serials: new Set(), indirect: false, unknown: undefined }
  if (revoked !== undefined) for (const entry of readElements(revoked.content)) readEntry(entry.raw, entries)
  return {
    issuer: comparableName(readName(readDer(issuer.raw))),
    thisUpdate: readTime(readDer(thisUpdate.raw)).getTime(),
    nextUpdate: nextUpdate === undefined ? undefined : readTime(readDer(nextUpdate.raw)).getTime(),
    keyId: authorityKeyId(extensions.get(oid.keyId)),
    serials: entries.serials,
    partial: partialBy(extensions, entries),
    indirect: entries.indirect || isIndirect(extensions.get(oid.issuingDistributionPoint)),
    scheme,
    signed: new Uint8Array(signed.raw),
    signature: new Uint8Array(bitsOf(readDer(signature.raw), "signature"))
  }
}

/** Reads one list. The failure says what is wrong with it. */
export const parseRevocationList = (der: Uint8Array): Result.Result<RevocationList, string> =>
  Result.try({
    try: () => read(der),
    catch: (cause) => (cause instanceof Malformed ? cause.message : "malformed revocation list")
  })
