/** Signatures on revocation lists (RFC 5280, section 5.1.1.2). SHA-1 and older hashes are no signatures here. */
import { constants, type KeyObject, type VerifyKeyObjectInput, verify } from "node:crypto"
import { type DerNode, expectTag, isUniversal, oidOf, readDer, Tag, TagClass, unsignedOf } from "./Der.ts"

/** How a list is signed; a plain value. */
export interface SignatureScheme {
  readonly key: "rsa" | "rsa-pss" | "ec" | "ed25519"
  /** Null where the scheme has its own. */
  readonly hash: "sha256" | "sha384" | "sha512" | null
  /** RSA-PSS: length in bytes. */
  readonly saltLength: number
}

const scheme = (key: SignatureScheme["key"], hash: SignatureScheme["hash"], saltLength = 0): SignatureScheme => ({
  key,
  hash,
  saltLength
})

const plain: ReadonlyMap<string, SignatureScheme> = new Map([
  ["1.2.840.113549.1.1.11", scheme("rsa", "sha256")],
  ["1.2.840.113549.1.1.12", scheme("rsa", "sha384")],
  ["1.2.840.113549.1.1.13", scheme("rsa", "sha512")],
  ["1.2.840.10045.4.3.2", scheme("ec", "sha256")],
  ["1.2.840.10045.4.3.3", scheme("ec", "sha384")],
  ["1.2.840.10045.4.3.4", scheme("ec", "sha512")],
  ["1.3.101.112", scheme("ed25519", null)]
])

const hashes: ReadonlyMap<string, "sha256" | "sha384" | "sha512"> = new Map([
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"]
])

const hashOf = (node: DerNode | undefined) => hashes.get(oidOf(node?.children[0], "hash algorithm"))

/** Both hashes have to be the same one, as OpenSSL and everybody else write them. The defaults are SHA-1. */
const pssOf = (parameters: DerNode | undefined): SignatureScheme | undefined => {
  if (parameters === undefined || !isUniversal(parameters, Tag.sequence)) return undefined
  const field = (tag: number) =>
    parameters.children.find((node) => node.tagClass === TagClass.contextSpecific && node.tag === tag)?.children[0]
  const mask = field(1)
  const hash = hashOf(field(0))
  const salt = field(2)
  if (hash === undefined || mask === undefined || salt === undefined || field(3) !== undefined) return undefined
  if (oidOf(mask.children[0], "mask generation") !== "1.2.840.113549.1.1.8" || hashOf(mask.children[1]) !== hash) {
    return undefined
  }
  const [length, ...more] = unsignedOf(salt, "salt length")
  return length === undefined || more.length > 0 ? undefined : scheme("rsa-pss", hash, length)
}

/** The scheme an algorithm identifier names; undefined for those that are not taken. Throws `Malformed`. */
export const signatureScheme = (algorithm: Uint8Array): SignatureScheme | undefined => {
  const [id, parameters] = expectTag(readDer(algorithm), Tag.sequence, "signature algorithm").children
  const oid = oidOf(id, "signature algorithm")
  return oid === "1.2.840.113549.1.1.10" ? pssOf(parameters) : plain.get(oid)
}

/** The key as `verify` takes it for this scheme; undefined for a key of another kind. */
export const keyFor = (by: SignatureScheme, publicKey: KeyObject): VerifyKeyObjectInput | undefined => {
  const kind = publicKey.asymmetricKeyType
  if (kind !== by.key && !(by.key === "rsa-pss" && kind === "rsa")) return undefined
  const padding = by.key === "rsa-pss" ? { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: by.saltLength } : {}
  return { key: publicKey, ...padding }
}

/** Whether this key made this signature. A key of another kind did not. */
export const isSignedBy = (
  by: SignatureScheme,
  signed: Uint8Array,
  signature: Uint8Array,
  publicKey: KeyObject
): boolean => {
  const key = keyFor(by, publicKey)
  if (key === undefined) return false
  try {
    return verify(by.hash, signed, key, signature)
  } catch {
    return false
  }
}
