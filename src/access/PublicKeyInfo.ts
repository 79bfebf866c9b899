/** What kind of key a certificate certifies: as much as is needed to refuse unsupported kinds. */
import { bitsOf, type DerNode, expectTag, oidOf, readDer, Tag, unsignedOf } from "./Der.ts"

export type PublicKeyKind =
  | { readonly _tag: "Rsa"; readonly bits: number }
  /** The curve's name, or undefined for curves outside P-224, P-256, P-384 and P-521. */
  | { readonly _tag: "Ecdsa"; readonly curve: string | undefined }
  | { readonly _tag: "Ed25519" }
  | { readonly _tag: "Unsupported"; readonly algorithm: string }

const curves: ReadonlyMap<string, string> = new Map([
  ["1.3.132.0.33", "P-224"],
  ["1.2.840.10045.3.1.7", "P-256"],
  ["1.3.132.0.34", "P-384"],
  ["1.3.132.0.35", "P-521"]
])

const names: ReadonlyMap<string, string> = new Map([
  ["1.2.840.10040.4.1", "DSA"],
  ["1.2.840.113549.1.1.10", "RSA-PSS"],
  ["1.3.101.110", "X25519"],
  ["1.3.101.111", "X448"],
  ["1.3.101.113", "Ed448"]
])

const rsaBits = (key: Uint8Array): number => {
  const [modulus, exponent] = expectTag(readDer(key), Tag.sequence, "RSA public key").children
  unsignedOf(exponent, "RSA public exponent")
  const bytes = unsignedOf(modulus, "RSA modulus")
  return bytes.length * 8 - (Math.clz32(bytes[0] ?? 0) - 24)
}

/** Reads a SubjectPublicKeyInfo. Throws `Malformed`. */
export const publicKeyKind = (info: DerNode): PublicKeyKind => {
  const [algorithm, key, ...rest] = expectTag(info, Tag.sequence, "public key").children
  const [id, parameters] = expectTag(algorithm, Tag.sequence, "public key algorithm").children
  const oid = oidOf(id, "public key algorithm")
  const bits = bitsOf(rest.length === 0 ? key : undefined, "public key")
  switch (oid) {
    case "1.2.840.113549.1.1.1":
      return { _tag: "Rsa", bits: rsaBits(bits) }
    case "1.2.840.10045.2.1":
      return { _tag: "Ecdsa", curve: curves.get(oidOf(parameters, "elliptic curve")) }
    case "1.3.101.112":
      return { _tag: "Ed25519" }
    default:
      return { _tag: "Unsupported", algorithm: names.get(oid) ?? oid }
  }
}
