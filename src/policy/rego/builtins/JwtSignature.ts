/** Signatures of JSON Web Tokens (RFC 7518, section 3; RFC 8037). */
import { constants, createHmac, type KeyObject, timingSafeEqual, verify } from "node:crypto"

/** Whether a signature of the text is the key's. */
export type Check = (key: KeyObject, text: string, signature: Uint8Array) => boolean

const rsa =
  (hash: string): Check =>
  (key, text, signature) =>
    key.asymmetricKeyType === "rsa" && verify(hash, Buffer.from(text), key, signature)

const pss =
  (hash: string): Check =>
  (key, text, signature) =>
    (key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "rsa-pss") &&
    verify(
      hash,
      Buffer.from(text),
      { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_AUTO },
      signature
    )

const ecdsa =
  (hash: string): Check =>
  (key, text, signature) =>
    key.asymmetricKeyType === "ec" && verify(hash, Buffer.from(text), { key, dsaEncoding: "ieee-p1363" }, signature)

const edDsa: Check = (key, text, signature) =>
  key.asymmetricKeyType === "ed25519" && verify(null, Buffer.from(text), key, signature)

/** Algorithms with a public key. */
export const publicKeyChecks: ReadonlyMap<string, Check> = new Map([
  ["RS256", rsa("sha256")],
  ["RS384", rsa("sha384")],
  ["RS512", rsa("sha512")],
  ["PS256", pss("sha256")],
  ["PS384", pss("sha384")],
  ["PS512", pss("sha512")],
  ["ES256", ecdsa("sha256")],
  ["ES384", ecdsa("sha384")],
  ["ES512", ecdsa("sha512")],
  ["EdDSA", edDsa]
])

/** Algorithms with a shared secret, and their hashes. */
export const secretHashes: ReadonlyMap<string, string> = new Map([
  ["HS256", "sha256"],
  ["HS384", "sha384"],
  ["HS512", "sha512"]
])

export const checkSecret = (hash: string, secret: string, text: string, signature: Uint8Array): boolean => {
  const expected = createHmac(hash, secret).update(text).digest()
  return expected.length === signature.length && timingSafeEqual(expected, signature)
}
