/**
 * What the certificates of a peer may cost before anything is known about it. Looked at before any signature is verified
 * and before a certificate is read as a whole: only headers of DER values are followed. Pure.
 */
import { type DerElement, isUniversal, Malformed, malformed, readElements, Tag, TagClass } from "./Der.ts"

/** The limits, as `docs/trust.md` lists them. */
export const chainLimits = {
  certificates: 64,
  /** Bytes of all certificates together; the TLS library refuses a longer message unread. */
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

const count = (bytes: Uint8Array, limit: number): number => {
  let found = 0
  for (const _ of readElements(bytes)) if (++found > limit) break
  return found
}

const first = (bytes: Uint8Array): DerElement => {
  for (const element of readElements(bytes)) return element
  return malformed("malformed certificate")
}

const attributesOf = (name: DerElement): number => {
  let found = 0
  for (const set of readElements(name.content)) {
    found += count(set.content, chainLimits.attributes)
    if (found > chainLimits.attributes) break
  }
  return found
}

/** Bits of an unsigned integer. */
const bitsOf = ({ content }: DerElement): number => {
  let start = 0
  while (content[start] === 0) start++
  return start >= content.length ? 0 : (content.length - start) * 8 - (Math.clz32(content[start] ?? 0) - 24)
}

const rsaEncryption = "2a864886f70d010101"
const rsaPss = "2a864886f70d01010a"

const isExponentTooLarge = ({ content }: DerElement): boolean => {
  const bits = bitsOf({ content, constructed: false, raw: content, tag: Tag.integer, tagClass: 0 })
  const limit = Math.log2(chainLimits.rsaExponent)
  return bits > limit + 1 || (bits === limit + 1 && content.subarray(-4).some((byte) => byte !== 0))
}

const keyProblem = (info: DerElement): string | undefined => {
  const [algorithm, key] = [...readElements(info.content)]
  if (algorithm === undefined || key === undefined) return undefined
  const oid = Buffer.from(first(algorithm.content).content).toString("hex")
  if (oid !== rsaEncryption && oid !== rsaPss) return undefined
  const [modulus, exponent] = [...readElements(first(key.content.subarray(1)).content)]
  if (modulus === undefined || exponent === undefined) return undefined
  if (bitsOf(modulus) > chainLimits.rsaBits)
    return `certificate containing RSA key larger than ${chainLimits.rsaBits} bits`
  return isExponentTooLarge(exponent)
    ? `certificate containing an RSA public exponent greater than ${chainLimits.rsaExponent}`
    : undefined
}

const altNames = "551d11"

const namesProblem = (tail: ReadonlyArray<DerElement>): string | undefined => {
  const explicit = tail.find(({ tag, tagClass }) => tagClass === TagClass.contextSpecific && tag === 3)
  if (explicit === undefined) return undefined
  for (const extension of readElements(first(explicit.content).content)) {
    const fields = [...readElements(extension.content)]
    const [id] = fields
    const value = fields.at(-1)
    if (id === undefined || value === undefined || Buffer.from(id.content).toString("hex") !== altNames) continue
    if (count(first(value.content).content, chainLimits.names) > chainLimits.names) {
      return `more than ${chainLimits.names} subject alternative names`
    }
  }
  return undefined
}

const certificateProblem = (der: Uint8Array): string | undefined => {
  const fields = [...readElements(first(first(der).content).content)]
  const versioned = fields[0]?.tagClass === TagClass.contextSpecific
  const [, , issuer, , subject, key, ...tail] = versioned ? fields.slice(1) : fields
  if (issuer === undefined || subject === undefined || key === undefined) return undefined
  if (!isUniversal(issuer, Tag.sequence) || !isUniversal(subject, Tag.sequence)) return undefined
  if (Math.max(attributesOf(issuer), attributesOf(subject)) > chainLimits.attributes) {
    return `a name of more than ${chainLimits.attributes} attributes`
  }
  return keyProblem(key) ?? namesProblem(tail)
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
  for (const der of chain) {
    try {
      const problem = certificateProblem(der)
      if (problem !== undefined) return problem
    } catch (cause) {
      if (!(cause instanceof Malformed)) return "a certificate that cannot be read"
    }
  }
  return undefined
}
