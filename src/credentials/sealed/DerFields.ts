/** The fields that the structures of PKCS#5, #7, #8 and #12 are made of. What reads one throws `Malformed`. */
import { Result } from "effect"
import { type DerNode, expectTag, malformed, oidOf, readDer, Tag, TagClass, unsignedOf } from "../../access/Der.ts"
import { derOfBer } from "./Ber.ts"

/**
 * Bytes that are one value of BER, as DER; `undefined` for others. What a wrong password decrypts to is none, even where its
 * padding happens to be right.
 */
export const derOf = (bytes: Uint8Array): Uint8Array | undefined =>
  Result.getOrUndefined(
    Result.try(() => {
      const der = derOfBer(bytes, Number.POSITIVE_INFINITY)
      readDer(der, Number.POSITIVE_INFINITY)
      return der
    })
  )

/** The members of a sequence. */
export const membersOf = (node: DerNode | undefined, what: string): ReadonlyArray<DerNode> =>
  expectTag(node, Tag.sequence, what).children

/** The bytes of an octet string. */
export const octetsOf = (node: DerNode | undefined, what: string): Uint8Array =>
  expectTag(node, Tag.octetString, what).content

/** A number from 0 to 2^31 - 1. */
export const countOf = (node: DerNode | undefined, what: string): number => {
  const bytes = unsignedOf(node, what)
  const count = bytes.length > 4 ? Number.POSITIVE_INFINITY : bytes.reduce((sum, byte) => sum * 256 + byte, 0)
  return count < 2 ** 31 ? count : malformed(`${what} is out of range`)
}

/** An iteration count: 1 or more. */
export const iterationsOf = (node: DerNode | undefined): number => {
  const count = countOf(node, "iteration count")
  return count > 0 ? count : malformed("iteration count is zero")
}

/** The value inside an explicit tag `[number]`. */
export const explicitOf = (node: DerNode | undefined, number: number, what: string): DerNode => {
  const [inner, ...others] = node?.children ?? []
  return node?.tagClass === TagClass.contextSpecific &&
    node.tag === number &&
    inner !== undefined &&
    others.length === 0
    ? inner
    : malformed(`malformed ${what}`)
}

/** An algorithm's identifier and its parameters. */
export interface Algorithm {
  readonly oid: string
  readonly parameters: DerNode | undefined
}

/** Reads an `AlgorithmIdentifier`. */
export const algorithmOf = (node: DerNode | undefined, what: string): Algorithm => {
  const [oid, parameters] = membersOf(node, what)
  return { oid: oidOf(oid, what), parameters }
}
