/** Reads the entries of a revocation list (RFC 5280, sections 5.1.2.6 and 5.3), in slices. */
import { comparableName } from "../ComparableName.ts"
import { expectTag, malformed, readDer, Tag, TagClass } from "../Der.ts"
import { type Extension, readExtensionList, readName } from "../PeerCertificate.ts"
import { DerCursor, Identifier } from "./DerCursor.ts"
import { EntryCollector, type RevocationEntries } from "./RevocationEntries.ts"

const oid = { reason: "2.5.29.21", certificateIssuer: "2.5.29.29" } as const
/** Those whose meaning is kept, or that change nothing: hold instruction, invalidity date. */
const understood = new Set<string>([...Object.values(oid), "2.5.29.23", "2.5.29.24"])

/** Extensions that are a reason and nothing else, as nearly all are; the last byte is the reason. */
const reasonOnly = Buffer.from("300c300a0603551d1504030a01", "hex")
const slice = 256

const isReasonOnly = (bytes: Uint8Array, from: number, to: number): boolean => {
  if (to - from !== reasonOnly.length + 1) return false
  for (let index = 0; index < reasonOnly.length; index++) {
    if (bytes[from + index] !== reasonOnly[index]) return false
  }
  return true
}

const checkSerial = (bytes: Uint8Array, from: number, to: number): void => {
  const [first, second = 0] = [bytes[from], bytes[from + 1]]
  const isPadded = to - from > 1 && (first === 0 ? second < 0x80 : first === 0xff && second >= 0x80)
  if (to === from || to - from > 0xff || isPadded) malformed("malformed serial number")
}

/** The date changes nothing; only its form is looked at. */
const checkDate = ({ bytes, from, identifier, to }: DerCursor): void => {
  const digits = identifier === Identifier.utcTime ? 12 : identifier === Identifier.generalizedTime ? 14 : 0
  if (digits === 0 || to - from !== digits + 1 || bytes[to - 1] !== 0x5a) return malformed("malformed time")
  for (let index = from; index < to - 1; index++) {
    const byte = bytes[index] ?? 0
    if (byte < 0x30 || byte > 0x39) return malformed("malformed time")
  }
}

const reasonOf = (extension: Extension | undefined): number =>
  extension === undefined ? 0 : (expectTag(readDer(extension.value), Tag.enumerated, "reason").content[0] ?? 0)

const issuerOf = (extension: Extension): string => {
  const names = expectTag(readDer(extension.value), Tag.sequence, "certificate issuer").children
  const name = names.find((node) => node.tagClass === TagClass.contextSpecific && node.tag === 4)
  return name === undefined ? malformed("malformed certificate issuer") : comparableName(readName(name.children[0]))
}

/** The entries, and an unknown critical extension among theirs. Throws `Malformed`. */
export function* readEntries(
  signed: Uint8Array,
  [start, end]: readonly [from: number, to: number],
  listIssuer: string
): Generator<void, { readonly entries: RevocationEntries; readonly unknown: string | undefined }> {
  const collector = new EntryCollector(listIssuer)
  const cursor = new DerCursor(signed)
  // An entry's certificate issuer holds for those that follow it, too.
  let issuer = 0
  let unknown: string | undefined
  for (let position = start; position < end; ) {
    cursor.expect(Identifier.sequence, position, end, "entry")
    const entryEnd = cursor.to
    cursor.expect(Identifier.integer, cursor.from, entryEnd, "serial number")
    const [serialFrom, serialTo] = [cursor.from, cursor.to]
    checkSerial(signed, serialFrom, serialTo)
    cursor.read(serialTo, entryEnd)
    checkDate(cursor)
    const tail = cursor.to
    let reason = 0
    if (isReasonOnly(signed, tail, entryEnd)) reason = signed[entryEnd - 1] ?? 0
    else if (tail < entryEnd) {
      const extensions = readExtensionList(readDer(signed.slice(tail, entryEnd)))
      for (const [id, { critical }] of extensions) if (critical && !understood.has(id)) unknown ??= id
      reason = reasonOf(extensions.get(oid.reason))
      const certificateIssuer = extensions.get(oid.certificateIssuer)
      if (certificateIssuer !== undefined) {
        issuer = collector.issuerIndex(issuerOf(certificateIssuer)) ?? malformed("too many certificate issuers")
      }
    }
    collector.add(serialFrom, serialTo - serialFrom, reason, issuer)
    position = entryEnd
    if (collector.count % slice === 0) yield
  }
  return { entries: yield* collector.finish(signed), unknown }
}
