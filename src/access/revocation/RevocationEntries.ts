/**
 * The entries of a revocation list in memory that threads share: where each serial number stands in the list, and a hash
 * table over them. A plain value; about 15 bytes an entry.
 */
import { randomBytes } from "node:crypto"

/** The reason of entries that a delta list removes from its base. */
export const removeFromList = 8

export interface RevocationEntries {
  readonly count: number
  /** What was signed: serial numbers are compared with its bytes. */
  readonly signed: Uint8Array
  /** Where the content of each serial number begins. */
  readonly starts: Uint32Array
  readonly lengths: Uint8Array
  /** RFC 5280, section 5.3.1; 0 without the extension. */
  readonly reasons: Uint8Array
  /** Index of the certificate issuer of each entry, in `issuerNames`; undefined where all have the first. */
  readonly issuers: Uint16Array | undefined
  /** As `comparableName` writes them; the list's own issuer first. */
  readonly issuerNames: ReadonlyArray<string>
  /** Open addressing: entry number plus one, 0 for none. */
  readonly slots: Uint32Array
  readonly seed: number
}

/** Certificate issuers of one list. */
const issuerLimit = 4096

/** Seeded, so that chosen serial numbers do not collide. */
const hashOf = (bytes: Uint8Array, from: number, length: number, issuer: number, seed: number): number => {
  let hash = seed ^ Math.imul(issuer + 1, 0x9e3779b1)
  for (let index = from; index < from + length; index++) {
    hash = Math.imul(hash ^ (bytes[index] ?? 0), 0x85ebca6b)
    hash ^= hash >>> 13
  }
  hash = Math.imul(hash, 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

const sharedBytes = (from: Uint8Array, count: number): Uint8Array => {
  const shared = new Uint8Array(new SharedArrayBuffer(count))
  shared.set(from.subarray(0, count))
  return shared
}

/** Collects entries while a list is read. */
export class EntryCollector {
  count = 0
  #starts = new Uint32Array(1024)
  #lengths = new Uint8Array(1024)
  #reasons = new Uint8Array(1024)
  #issuers = new Uint16Array(1024)
  readonly issuerNames: Array<string>
  readonly #issuerIndices: Map<string, number>

  constructor(listIssuer: string) {
    this.issuerNames = [listIssuer]
    this.#issuerIndices = new Map([[listIssuer, 0]])
  }

  /** The index of an issuer; undefined when there are too many. */
  issuerIndex(name: string): number | undefined {
    const found = this.#issuerIndices.get(name)
    if (found !== undefined) return found
    const index = this.issuerNames.length
    if (index >= issuerLimit) return undefined
    this.issuerNames.push(name)
    this.#issuerIndices.set(name, index)
    return index
  }

  add(start: number, length: number, reason: number, issuer: number): void {
    if (this.count === this.#starts.length) this.#grow()
    this.#starts[this.count] = start
    this.#lengths[this.count] = length
    this.#reasons[this.count] = reason
    this.#issuers[this.count] = issuer
    this.count++
  }

  #grow(): void {
    const size = 2 * this.#starts.length
    const [starts, lengths, reasons] = [new Uint32Array(size), new Uint8Array(size), new Uint8Array(size)]
    const issuers = new Uint16Array(size)
    starts.set(this.#starts)
    lengths.set(this.#lengths)
    reasons.set(this.#reasons)
    issuers.set(this.#issuers)
    this.#starts = starts
    this.#lengths = lengths
    this.#reasons = reasons
    this.#issuers = issuers
  }

  /** Builds the table; yields between slices of the work. */
  *finish(signed: Uint8Array): Generator<void, RevocationEntries> {
    const { count, issuerNames } = this
    const seed = randomBytes(4).readUInt32LE()
    let size = 8
    while (size < 1.5 * count) size *= 2
    const slots = new Uint32Array(new SharedArrayBuffer(4 * size))
    for (let entry = 0; entry < count; entry++) {
      const [start = 0, length = 0, issuer = 0] = [this.#starts[entry], this.#lengths[entry], this.#issuers[entry]]
      let slot = hashOf(signed, start, length, issuer, seed) & (size - 1)
      while (slots[slot] !== 0) slot = (slot + 1) & (size - 1)
      slots[slot] = entry + 1
      if (entry % 1024 === 0) yield
    }
    const starts = new Uint32Array(new SharedArrayBuffer(4 * count))
    starts.set(this.#starts.subarray(0, count))
    yield
    const [lengths, reasons] = [sharedBytes(this.#lengths, count), sharedBytes(this.#reasons, count)]
    let issuers: Uint16Array | undefined
    if (issuerNames.length > 1) {
      issuers = new Uint16Array(new SharedArrayBuffer(2 * count))
      issuers.set(this.#issuers.subarray(0, count))
    }
    return { count, signed, starts, lengths, reasons, issuers, issuerNames, slots, seed }
  }
}

const isSame = (bytes: Uint8Array, from: number, serial: Uint8Array): boolean => {
  for (let index = 0; index < serial.length; index++) if (bytes[from + index] !== serial[index]) return false
  return true
}

/** What a list says of a serial number: that it is revoked, that it is removed from the base list, or nothing. */
export type Listing = "revoked" | "removed" | undefined

/** Looks up the certificate of this issuer (as `comparableName` writes it) and serial number (content of its integer). */
export const listingOf = (entries: RevocationEntries, issuerName: string, serial: Uint8Array): Listing => {
  const issuer = entries.issuerNames.indexOf(issuerName)
  if (issuer < 0) return undefined
  const { issuers, lengths, reasons, seed, signed, slots, starts } = entries
  const mask = slots.length - 1
  let found: Listing
  let slot = hashOf(serial, 0, serial.length, issuer, seed) & mask
  for (let number = slots[slot] ?? 0; number !== 0; number = slots[slot] ?? 0) {
    const entry = number - 1
    slot = (slot + 1) & mask
    if (lengths[entry] !== serial.length || (issuers?.[entry] ?? 0) !== issuer) continue
    if (!isSame(signed, starts[entry] ?? 0, serial)) continue
    if (reasons[entry] !== removeFromList) return "revoked"
    found = "removed"
  }
  return found
}
