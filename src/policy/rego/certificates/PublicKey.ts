/** Public keys and signature algorithms as Go numbers and shows them. */
import { createPublicKey } from "node:crypto"
import { bitsOf, type DerNode, expectTag, malformed, oidOf, readDer, Tag, unsignedOf } from "../../../access/Der.ts"
import { record } from "../values/Collections.ts"
import type { Value } from "../values/Value.ts"
import { base64, integerValue } from "./Fields.ts"

const signatureAlgorithms: Readonly<Record<string, number>> = {
  "1.2.840.113549.1.1.2": 1,
  "1.2.840.113549.1.1.4": 2,
  "1.2.840.113549.1.1.5": 3,
  "1.3.14.3.2.29": 3,
  "1.2.840.113549.1.1.11": 4,
  "1.2.840.113549.1.1.12": 5,
  "1.2.840.113549.1.1.13": 6,
  "1.2.840.10040.4.3": 7,
  "2.16.840.1.101.3.4.3.2": 8,
  "1.2.840.10045.4.1": 9,
  "1.2.840.10045.4.3.2": 10,
  "1.2.840.10045.4.3.3": 11,
  "1.2.840.10045.4.3.4": 12,
  "1.3.101.112": 16
}

const pss = "1.2.840.113549.1.1.10"
const pssByHash: Readonly<Record<string, number>> = {
  "2.16.840.1.101.3.4.2.1": 13,
  "2.16.840.1.101.3.4.2.2": 14,
  "2.16.840.1.101.3.4.2.3": 15
}

/** The number of a signature algorithm; 0 for one that Go does not know. Throws `Malformed`. */
export const signatureAlgorithm = (node: DerNode | undefined): number => {
  const [id, parameters] = expectTag(node, Tag.sequence, "signature algorithm").children
  const oid = oidOf(id, "signature algorithm")
  if (oid !== pss) return signatureAlgorithms[oid] ?? 0
  const hash = parameters?.children[0]?.children[0]?.children[0]
  return hash === undefined ? 0 : (pssByHash[oidOf(hash, "hash")] ?? 0)
}

/** `PublicKeyAlgorithm` and `PublicKey`. */
export interface PublicKeyFields {
  readonly algorithm: number
  readonly key: Value
}

const rsaKey = (bits: Uint8Array): Value => {
  const [modulus, exponent] = expectTag(readDer(bits), Tag.sequence, "RSA public key").children
  return record({
    N: integerValue(new Uint8Array([0, ...unsignedOf(modulus, "RSA modulus")])),
    E: integerValue(new Uint8Array([0, ...unsignedOf(exponent, "RSA public exponent")]))
  })
}

const coordinate = (text: string | undefined): Value =>
  text === undefined
    ? malformed("malformed EC point")
    : integerValue(Buffer.concat([Buffer.of(0), Buffer.from(text, "base64url")]))

/** OpenSSL also takes compressed points apart. */
const ecKey = (info: Uint8Array): Value => {
  try {
    const { x, y } = createPublicKey({ key: Buffer.from(info), format: "der", type: "spki" }).export({ format: "jwk" })
    return record({ Curve: record({}), X: coordinate(x), Y: coordinate(y) })
  } catch {
    return malformed("failed to unmarshal elliptic curve point")
  }
}

/** A SubjectPublicKeyInfo. Throws `Malformed`. */
export const publicKeyFields = (info: DerNode | undefined): PublicKeyFields => {
  const node = expectTag(info, Tag.sequence, "public key")
  const [algorithm, key] = node.children
  const [id] = expectTag(algorithm, Tag.sequence, "public key algorithm").children
  switch (oidOf(id, "public key algorithm")) {
    case "1.2.840.113549.1.1.1":
      return { algorithm: 1, key: rsaKey(bitsOf(key, "public key")) }
    case "1.2.840.10040.4.1":
      return { algorithm: 2, key: null }
    case "1.2.840.10045.2.1":
      return { algorithm: 3, key: ecKey(node.raw) }
    case "1.3.101.112":
      return { algorithm: 4, key: base64(bitsOf(key, "public key")) }
  }
  return { algorithm: 0, key: null }
}
