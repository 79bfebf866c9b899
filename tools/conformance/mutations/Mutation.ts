/** Seeded changes of a DER value that is signed: inside what the signature covers, or outside. Pure. */

/** A change of one signed value. */
export interface Mutation {
  readonly der: Uint8Array
  /** It changes what the signature covers. */
  readonly inside: boolean
  /** What was done, for reports. */
  readonly what: string
}

/** A generator of numbers below a limit; equal seeds give equal numbers. */
export const randomBy = (seed: number): ((limit: number) => number) => {
  let state = seed >>> 0
  return (limit) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit)
  }
}

/** Where the content of the value at a position begins and ends. */
const contentAt = (der: Uint8Array, at: number): readonly [from: number, to: number] => {
  const short = der[at + 1] ?? 0
  if (short < 0x80) return [at + 2, at + 2 + short]
  const count = short & 0x7f
  const length = der.subarray(at + 2, at + 2 + count).reduce((sum, byte) => sum * 256 + byte, 0)
  return [at + 2 + count, at + 2 + count + length]
}

/** The bytes that the signature of a certificate or a revocation list covers. */
export const signedRange = (der: Uint8Array): readonly [from: number, to: number] => {
  const [from] = contentAt(der, 0)
  return [from, contentAt(der, from)[1]]
}

const kinds = ["flip", "set", "zero", "swap", "remove", "insert"] as const

const changed = (der: Uint8Array, kind: (typeof kinds)[number], at: number, random: (limit: number) => number) => {
  const copy = Buffer.from(der)
  const value = copy[at] ?? 0
  switch (kind) {
    case "flip":
      copy[at] = value ^ (1 << random(8))
      return copy
    case "set":
      copy[at] = random(256)
      return copy
    case "zero":
      copy[at] = 0
      return copy
    case "swap":
      copy[at] = copy[at + 1] ?? 0
      copy[at + 1] = value
      return copy
    case "remove":
      return Buffer.concat([copy.subarray(0, at), copy.subarray(at + 1)])
    case "insert":
      return Buffer.concat([copy.subarray(0, at), Buffer.from([random(256)]), copy.subarray(at)])
  }
}

/** One change that makes a difference. Two of three are inside. */
export const mutate = (der: Uint8Array, random: (limit: number) => number): Mutation => {
  const [from, to] = signedRange(der)
  for (;;) {
    const inside = random(3) < 2
    const outside = der.length - (to - from)
    const place = inside ? from + random(to - from) : random(outside)
    const at = inside || place < from ? place : place + (to - from)
    const kind = kinds[random(kinds.length)] ?? "flip"
    const result = changed(der, kind, at, random)
    if (!result.equals(der)) {
      const covered = !result.subarray(from, to).equals(Buffer.from(der.subarray(from, to)))
      return { der: result, inside: covered, what: `${kind} at ${at} of ${der.length}` }
    }
  }
}
