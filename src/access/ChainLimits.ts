/**
 * What the certificates of a peer may cost before anything is known about it. Looked at before any signature is verified
 * and before OpenSSL reads a certificate: only headers of DER values are followed, whatever is malformed. Pure.
 */

/** The limits, as `docs/trust.md` lists them. */
export const chainLimits = {
  certificates: 48,
  /** Bytes of all certificates together. */
  bytes: 65_536,
  rsaBits: 8192,
  /** The greatest public exponent of an RSA key. */
  rsaExponent: 2 ** 32,
  /** Subject alternative names of one certificate. */
  names: 2048,
  /** Attributes of one subject or issuer. */
  attributes: 128,
  /** Names compared with name constraints, over all candidate paths. */
  comparisons: 16_384,
  /** Signatures verified for one peer. */
  signatures: 16,
  /** Signatures that may turn out not to match. */
  mismatches: 8,
  /** Candidate paths examined for one peer. */
  paths: 64
} as const

/** One DER value: its tag, and where its content lies. Nothing is allocated for it but this. */
interface Value {
  readonly tag: number
  readonly from: number
  readonly to: number
}

class Unreadable extends Error {}

const valueAt = (bytes: Uint8Array, at: number, end: number): Value => {
  const tag = bytes[at]
  let length = bytes[at + 1]
  let from = at + 2
  if (tag === undefined || length === undefined || from > end || (tag & 0x1f) === 0x1f) throw new Unreadable()
  if (length >= 0x80) {
    const size = length & 0x7f
    if (size === 0 || size > 4 || from + size > end) throw new Unreadable()
    length = 0
    for (let index = 0; index < size; index++) length = length * 256 + (bytes[from + index] ?? 0)
    from += size
  }
  if (from + length > end) throw new Unreadable()
  return { tag, from, to: from + length }
}

/** How many values lie in this one; at most one more than `limit` are counted. */
const countIn = (bytes: Uint8Array, { from, to }: Value, limit: number): number => {
  let found = 0
  for (let at = from; at < to && found <= limit; found++) at = valueAt(bytes, at, to).to
  return found
}

const attributesIn = (bytes: Uint8Array, { from, to }: Value): number => {
  const limit = chainLimits.attributes
  let found = 0
  for (let at = from; at < to && found <= limit; ) {
    const set = valueAt(bytes, at, to)
    found += Math.max(1, countIn(bytes, set, limit))
    at = set.to
  }
  return found
}

/** Bits of an unsigned integer. */
const bitsOf = (bytes: Uint8Array, { from, to }: Value): number => {
  let start = from
  while (start < to && bytes[start] === 0) start++
  return start >= to ? 0 : (to - start) * 8 - (Math.clz32(bytes[start] ?? 0) - 24)
}

const rsaEncryption = "2a864886f70d010101"
const rsaPss = "2a864886f70d01010a"

const isExponentTooLarge = (bytes: Uint8Array, value: Value): boolean => {
  const bits = bitsOf(bytes, value)
  const limit = Math.log2(chainLimits.rsaExponent)
  return bits > limit + 1 || (bits === limit + 1 && bytes.subarray(value.to - 4, value.to).some((byte) => byte !== 0))
}

const keyProblem = (bytes: Uint8Array, info: Value): string | undefined => {
  const algorithm = valueAt(bytes, info.from, info.to)
  const id = valueAt(bytes, algorithm.from, algorithm.to)
  const oid = Buffer.from(bytes.buffer, bytes.byteOffset + id.from, id.to - id.from).toString("hex")
  if (oid !== rsaEncryption && oid !== rsaPss) return undefined
  const bits = valueAt(bytes, algorithm.to, info.to)
  const key = valueAt(bytes, bits.from + 1, bits.to)
  const modulus = valueAt(bytes, key.from, key.to)
  const exponent = valueAt(bytes, modulus.to, key.to)
  if (bitsOf(bytes, modulus) > chainLimits.rsaBits) {
    return `certificate containing RSA key larger than ${chainLimits.rsaBits} bits`
  }
  return isExponentTooLarge(bytes, exponent)
    ? `certificate containing an RSA public exponent greater than ${chainLimits.rsaExponent}`
    : undefined
}

/** Names and name constraints of a whole chain. */
interface Totals {
  names: number
  constraints: number
}

/** The last byte of 2.5.29.x for the subject alternative names and the name constraints; undefined for others. */
const standardId = (bytes: Uint8Array, { from, to }: Value): number | undefined =>
  to - from === 3 && bytes[from] === 0x55 && bytes[from + 1] === 0x1d ? bytes[from + 2] : undefined
const altNames = 17
const nameConstraints = 30

const constraintsIn = (bytes: Uint8Array, { from, to }: Value): number => {
  let found = 0
  for (let at = from; at < to; ) {
    const side = valueAt(bytes, at, to)
    found += countIn(bytes, side, chainLimits.comparisons)
    at = side.to
  }
  return found
}

const namesProblem = (bytes: Uint8Array, explicit: Value, totals: Totals): string | undefined => {
  const list = valueAt(bytes, explicit.from, explicit.to)
  for (let at = list.from; at < list.to; ) {
    const extension = valueAt(bytes, at, list.to)
    at = extension.to
    const id = valueAt(bytes, extension.from, extension.to)
    const standard = standardId(bytes, id)
    if (standard !== altNames && standard !== nameConstraints) continue
    let value = valueAt(bytes, id.to, extension.to)
    if (value.to < extension.to) value = valueAt(bytes, value.to, extension.to)
    const content = valueAt(bytes, value.from, value.to)
    if (standard === nameConstraints) {
      totals.constraints += constraintsIn(bytes, content)
      continue
    }
    const names = countIn(bytes, content, chainLimits.names)
    totals.names += names
    if (names > chainLimits.names) return `a certificate with more than ${chainLimits.names} subject alternative names`
  }
  return undefined
}

/** `[0] EXPLICIT` and `[3] EXPLICIT`. */
const versionTag = 0xa0
const extensionsTag = 0xa3

const certificateProblem = (bytes: Uint8Array, totals: Totals): string | undefined => {
  const whole = valueAt(bytes, 0, bytes.length)
  const signed = valueAt(bytes, whole.from, whole.to)
  const { to } = signed
  const first = valueAt(bytes, signed.from, to)
  const serial = first.tag === versionTag ? valueAt(bytes, first.to, to) : first
  const algorithm = valueAt(bytes, serial.to, to)
  const issuer = valueAt(bytes, algorithm.to, to)
  const validity = valueAt(bytes, issuer.to, to)
  const subject = valueAt(bytes, validity.to, to)
  if (Math.max(attributesIn(bytes, issuer), attributesIn(bytes, subject)) > chainLimits.attributes) {
    return `a certificate with a name of more than ${chainLimits.attributes} attributes`
  }
  const key = valueAt(bytes, subject.to, to)
  const problem = keyProblem(bytes, key)
  if (problem !== undefined) return problem
  for (let at = key.to; at < to; ) {
    const field = valueAt(bytes, at, to)
    if (field.tag === extensionsTag) return namesProblem(bytes, field, totals)
    at = field.to
  }
  return undefined
}

const sizeProblem = (chain: ReadonlyArray<Uint8Array>): string | undefined => {
  if (chain.length > chainLimits.certificates) return `more than ${chainLimits.certificates} certificates`
  const bytes = chain.reduce((sum, { length }) => sum + length, 0)
  return bytes > chainLimits.bytes ? `certificates of more than ${chainLimits.bytes} bytes` : undefined
}

/**
 * The limit that a presented chain exceeds, to follow "client sent"; undefined when it keeps all of them. What is
 * malformed keeps them: it is refused when it is read.
 */
export const chainLimitProblem = (chain: ReadonlyArray<Uint8Array>): string | undefined => {
  const size = sizeProblem(chain)
  if (size !== undefined) return size
  const totals: Totals = { names: 0, constraints: 0 }
  for (const der of chain) {
    try {
      const problem = certificateProblem(der, totals)
      if (problem !== undefined) return problem
    } catch (cause) {
      if (!(cause instanceof Unreadable)) return "a certificate that cannot be read"
    }
  }
  return totals.names * totals.constraints > chainLimits.comparisons
    ? `names and name constraints for more than ${chainLimits.comparisons} comparisons`
    : undefined
}
