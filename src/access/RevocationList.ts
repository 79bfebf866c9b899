/**
 * A certificate revocation list, read strictly from its DER (RFC 5280, section 5). A list as read here is a plain value in
 * shared memory: who signed it, and whom it is about, is for `revocation/RevocationEngine.ts` to decide.
 */
import { createHash } from "node:crypto"
import { Result } from "effect"
import { comparableName, hex } from "./ComparableName.ts"
import { bitsOf, expectTag, Malformed, malformed, readDer, Tag, TagClass } from "./Der.ts"
import { bounded } from "./EscapedText.ts"
import { type SignatureScheme, signatureScheme } from "./ListSignature.ts"
import { type Extension, readExtensionList, readName, readTime } from "./PeerCertificate.ts"
import { DerCursor, Identifier } from "./revocation/DerCursor.ts"
import { type ListScope, readListScope, wholeScope } from "./revocation/DistributionPoints.ts"
import { readEntries } from "./revocation/EntryReader.ts"
import type { RevocationEntries } from "./revocation/RevocationEntries.ts"
import { subjectName } from "./SubjectName.ts"

export { comparableName, hex } from "./ComparableName.ts"

export interface RevocationList {
  /** Digest of the list: equal for equal lists. */
  readonly id: string
  /** As `comparableName` writes it. */
  readonly issuer: string
  /** The issuer as log lines name it, of bounded length. */
  readonly issuerName: string
  /** Its number; absent in lists without one. */
  readonly number: bigint | undefined
  /** A delta list's base: the number of the oldest list that it can be applied to. */
  readonly baseNumber: bigint | undefined
  /** Unix milliseconds. */
  readonly thisUpdate: number
  /** Unix milliseconds; absent in lists that never go stale. */
  readonly nextUpdate: number | undefined
  readonly scope: ListScope
  readonly entries: RevocationEntries
  /** Why no certificate is good by this list; undefined for lists that are wholly understood. */
  readonly flaw: string | undefined
  readonly scheme: SignatureScheme
  /** What is signed. */
  readonly signed: Uint8Array
  readonly signature: Uint8Array
}

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
  number: "2.5.29.20",
  issuingDistributionPoint: "2.5.29.28",
  deltaIndicator: "2.5.29.27"
} as const
/** Those whose meaning is kept, or that change nothing: key identifier, alternative name, fresher lists. */
const understood = new Set<string>([...Object.values(oid), "2.5.29.35", "2.5.29.18", "2.5.29.46"])

/** Lists are not read beyond this. */
export const listLimit = 64 * 1024 * 1024

const sliceSize = 1024 * 1024
const numberLimit = 21

/** Copies to shared memory, in slices. */
function* shared(bytes: Uint8Array): Generator<void, Uint8Array> {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length))
  for (let at = 0; at < bytes.length; at += sliceSize) {
    copy.set(bytes.subarray(at, at + sliceSize), at)
    yield
  }
  return copy
}

function* digestOf(...parts: ReadonlyArray<Uint8Array>): Generator<void, string> {
  const digest = createHash("sha256")
  for (const part of parts) {
    for (let at = 0; at < part.length; at += sliceSize) {
      digest.update(part.subarray(at, at + sliceSize))
      yield
    }
  }
  return digest.digest("base64")
}

const readNumber = (extension: Extension | undefined): bigint | undefined => {
  if (extension === undefined) return undefined
  const { content } = expectTag(readDer(extension.value), Tag.integer, "list number")
  const negative = (content[0] ?? 0x80) >= 0x80
  return negative || content.length > numberLimit ? malformed("malformed list number") : BigInt(`0x${hex(content)}`)
}

const unknownCritical = (extensions: ReadonlyMap<string, Extension>): string | undefined =>
  [...extensions].find(([id, { critical }]) => critical && !understood.has(id))?.[0]

/** Where the parts of a list stand. */
interface Outline {
  readonly signed: readonly [from: number, to: number]
  readonly algorithm: Uint8Array
  readonly signature: Uint8Array
}

const outlineOf = (der: Uint8Array): Outline => {
  const cursor = new DerCursor(der)
  cursor.expect(Identifier.sequence, 0, der.length, "revocation list")
  if (cursor.to !== der.length) return malformed("trailing data")
  const [from, end] = [cursor.from, cursor.to]
  cursor.expect(Identifier.sequence, from, end, "revocation list")
  const signedTo = cursor.to
  cursor.expect(Identifier.sequence, signedTo, end, "revocation list")
  const algorithm = der.slice(signedTo, cursor.to)
  const signatureFrom = cursor.to
  cursor.expect(Identifier.bitString, signatureFrom, end, "revocation list")
  if (cursor.to !== end) return malformed("malformed revocation list")
  const signature = bitsOf(readDer(der.slice(signatureFrom, end)), "signature")
  return { signed: [from, signedTo], algorithm, signature: new Uint8Array(signature) }
}

/** Reads a list and yields between slices of the work. Throws `Malformed`. */
function* readList(der: Uint8Array): Generator<void, RevocationList> {
  if (der.length > listLimit) return malformed("larger than 64 MiB")
  const { algorithm, signature, signed: place } = outlineOf(der)
  const signed = yield* shared(der.subarray(...place))
  const cursor = new DerCursor(signed)
  cursor.expect(Identifier.sequence, 0, signed.length, "revocation list")
  const end = cursor.to
  let position = cursor.from
  const take = (wanted: ReadonlyArray<number>): Uint8Array | undefined => {
    if (!wanted.some((identifier) => cursor.isAt(identifier, position, end))) return undefined
    const from = position
    cursor.read(position, end)
    position = cursor.to
    return signed.slice(from, position)
  }
  const times = [Identifier.utcTime, Identifier.generalizedTime]
  const version = take([Identifier.integer])
  if (version !== undefined && hex(version) !== "020101") return malformed("invalid version")
  const inner = take([Identifier.sequence])
  if (inner === undefined || hex(inner) !== hex(algorithm)) {
    return malformed("inner and outer signature algorithm identifiers don't match")
  }
  const issuerDer = take([Identifier.sequence])
  const thisUpdate = take(times)
  if (issuerDer === undefined || thisUpdate === undefined) return malformed("malformed revocation list")
  const nextUpdate = take(times)
  const scheme = signatureScheme(algorithm)
  if (scheme === undefined) return malformed("its signature algorithm is not accepted")
  const subject = readName(readDer(issuerDer))
  const issuer = comparableName(subject)
  let revoked: readonly [from: number, to: number] = [position, position]
  if (cursor.isAt(Identifier.sequence, position, end)) {
    cursor.read(position, end)
    revoked = [cursor.from, cursor.to]
    position = cursor.to
  }
  const tail = take([Identifier.explicit0])
  if (position !== end || (version === undefined && tail !== undefined)) return malformed("malformed revocation list")
  const extensions: ReadonlyMap<string, Extension> =
    tail === undefined ? new Map() : readExtensionList(onlyChild(readDer(tail).children))
  const point = extensions.get(oid.issuingDistributionPoint)
  const scope = point === undefined ? wholeScope : readListScope(point.value, issuer)
  const { entries, unknown } = yield* readEntries(signed, revoked, issuer)
  const critical = unknownCritical(extensions) ?? unknown
  const id = yield* digestOf(signed, signature)
  return {
    id,
    issuer,
    issuerName: bounded(subjectName(subject), 200),
    number: readNumber(extensions.get(oid.number)),
    baseNumber: readNumber(extensions.get(oid.deltaIndicator)),
    thisUpdate: readTime(readDer(thisUpdate)).getTime(),
    nextUpdate: nextUpdate === undefined ? undefined : readTime(readDer(nextUpdate)).getTime(),
    scope,
    entries,
    flaw:
      critical !== undefined
        ? `it has an unknown critical extension (${bounded(critical, 64)})`
        : entries.issuerNames.length > 1 && !scope.indirect
          ? "it has entries of other issuers and does not say that it is indirect"
          : undefined,
    scheme,
    signed,
    signature
  }
}

const onlyChild = <A>([first, ...rest]: ReadonlyArray<A>): A | undefined => (rest.length === 0 ? first : undefined)

const problem = (cause: unknown): string => (cause instanceof Malformed ? cause.message : "malformed revocation list")

/** Reads one list in slices of well under a millisecond. The failure says what is wrong with it. */
export function* readRevocationList(der: Uint8Array): Generator<void, Result.Result<RevocationList, string>> {
  try {
    return Result.succeed(yield* readList(der))
  } catch (cause) {
    return Result.fail(problem(cause))
  }
}

/** Reads one list without a pause. The failure says what is wrong with it. */
export const parseRevocationList = (der: Uint8Array): Result.Result<RevocationList, string> => {
  const reading = readRevocationList(der)
  for (;;) {
    const step = reading.next()
    if (step.done === true) return step.value
  }
}
