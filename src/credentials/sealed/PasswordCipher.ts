/**
 * Encryption by a password as PKCS#8 and PKCS#12 name it: PBES2 (RFC 8018) with PBKDF2 or scrypt and AES or triple DES,
 * and the older schemes of RFC 7292 with triple DES or RC2 (docs/compatibility/credentials.md, 1.4).
 */
import { createDecipheriv } from "node:crypto"
import { Effect, Result } from "effect"
import { type DerNode, malformed } from "../../access/Der.ts"
import { type Algorithm, algorithmOf, countOf, derOf, iterationsOf, membersOf, octetsOf } from "./DerFields.ts"
import { deriveForPkcs12, derivePbkdf2, deriveScrypt, type HashName, type Password, Purpose } from "./KeyDerivation.ts"
import { decryptRc2 } from "./Rc2.ts"
import { type Unreadable, WrongPassword } from "./SealedFailure.ts"
import type { WorkBudget } from "./WorkBudget.ts"

interface Cipher {
  readonly name: "aes-128-cbc" | "aes-192-cbc" | "aes-256-cbc" | "des-ede3-cbc" | "rc2-cbc"
  /** In bytes. */
  readonly keySize: number
}

const ciphers: ReadonlyMap<string, Cipher> = new Map([
  ["2.16.840.1.101.3.4.1.2", { name: "aes-128-cbc", keySize: 16 }],
  ["2.16.840.1.101.3.4.1.22", { name: "aes-192-cbc", keySize: 24 }],
  ["2.16.840.1.101.3.4.1.42", { name: "aes-256-cbc", keySize: 32 }],
  ["1.2.840.113549.3.7", { name: "des-ede3-cbc", keySize: 24 }]
])

const olderCiphers: ReadonlyMap<string, Cipher> = new Map([
  ["1.2.840.113549.1.12.1.3", { name: "des-ede3-cbc", keySize: 24 }],
  ["1.2.840.113549.1.12.1.5", { name: "rc2-cbc", keySize: 16 }],
  ["1.2.840.113549.1.12.1.6", { name: "rc2-cbc", keySize: 5 }]
])

const hmacs: ReadonlyMap<string, HashName> = new Map([
  ["1.2.840.113549.2.7", "sha1"],
  ["1.2.840.113549.2.8", "sha224"],
  ["1.2.840.113549.2.9", "sha256"],
  ["1.2.840.113549.2.10", "sha384"],
  ["1.2.840.113549.2.11", "sha512"]
])

/** PBKDF2 with its parameters. */
export interface Pbkdf2 {
  readonly _tag: "Pbkdf2"
  readonly salt: Uint8Array
  readonly iterations: number
  /** In bytes, where stated. */
  readonly keySize: number | undefined
  readonly hash: HashName
}

interface Scrypt {
  readonly _tag: "Scrypt"
  readonly salt: Uint8Array
  readonly cost: number
  readonly blockSize: number
  readonly parallelization: number
  readonly keySize: number | undefined
}

/** A way to encrypt, with all its parameters. */
export type Scheme =
  | { readonly _tag: "Pbes2"; readonly cipher: Cipher; readonly iv: Uint8Array; readonly derivation: Pbkdf2 | Scrypt }
  | { readonly _tag: "Pkcs12"; readonly cipher: Cipher; readonly salt: Uint8Array; readonly iterations: number }

/** The hash of an HMAC. Throws `Malformed`. */
export const hmacOf = (node: DerNode | undefined): HashName => {
  const { oid } = algorithmOf(node, "HMAC")
  return hmacs.get(oid) ?? malformed(`unsupported HMAC ${oid}`)
}

const isSequence = (node: DerNode | undefined) => node?.constructed === true

/** PBKDF2's parameters (RFC 8018, appendix A.2). Throws `Malformed`. */
export const pbkdf2Of = ({ oid, parameters }: Algorithm): Pbkdf2 => {
  if (oid !== "1.2.840.113549.1.5.12") return malformed(`unsupported key derivation ${oid}`)
  const [salt, iterations, ...options] = membersOf(parameters, "PBKDF2 parameters")
  const prf = options.find(isSequence)
  const size = options.find((option) => !isSequence(option))
  return {
    _tag: "Pbkdf2",
    salt: octetsOf(salt, "salt"),
    iterations: iterationsOf(iterations),
    keySize: size === undefined ? undefined : countOf(size, "key length"),
    hash: prf === undefined ? "sha1" : hmacOf(prf)
  }
}

const scryptOf = ({ parameters }: Algorithm): Scrypt => {
  const [salt, cost, blockSize, parallelization, size] = membersOf(parameters, "scrypt parameters")
  return {
    _tag: "Scrypt",
    salt: octetsOf(salt, "salt"),
    cost: countOf(cost, "scrypt cost"),
    blockSize: countOf(blockSize, "scrypt block size"),
    parallelization: countOf(parallelization, "scrypt parallelization"),
    keySize: size === undefined ? undefined : countOf(size, "key length")
  }
}

const pbes2Of = (parameters: DerNode | undefined): Scheme => {
  const [derivationNode, cipherNode] = membersOf(parameters, "PBES2 parameters")
  const derivationName = algorithmOf(derivationNode, "key derivation")
  const derivation =
    derivationName.oid === "1.3.6.1.4.1.11591.4.11" ? scryptOf(derivationName) : pbkdf2Of(derivationName)
  const { oid, parameters: iv } = algorithmOf(cipherNode, "cipher")
  const cipher = ciphers.get(oid) ?? malformed(`unsupported cipher ${oid}`)
  if ((derivation.keySize ?? cipher.keySize) !== cipher.keySize) return malformed("key length does not fit the cipher")
  const vector = octetsOf(iv, "initialization vector")
  const size = cipher.name === "des-ede3-cbc" ? 8 : 16
  return vector.length === size
    ? { _tag: "Pbes2", cipher, iv: vector, derivation }
    : malformed("malformed initialization vector")
}

/** The scheme of an `AlgorithmIdentifier`. Throws `Malformed`. */
export const schemeOf = (node: DerNode | undefined): Scheme => {
  const { oid, parameters } = algorithmOf(node, "encryption")
  if (oid === "1.2.840.113549.1.5.13") return pbes2Of(parameters)
  const cipher = olderCiphers.get(oid) ?? malformed(`unsupported encryption ${oid}`)
  const [salt, iterations] = membersOf(parameters, "encryption parameters")
  return { _tag: "Pkcs12", cipher, salt: octetsOf(salt, "salt"), iterations: iterationsOf(iterations) }
}

/** PKCS#8's `EncryptedPrivateKeyInfo`: a scheme and what it encrypts. Throws `Malformed`. */
export const sealedKeyOf = (node: DerNode | undefined): readonly [Scheme, Uint8Array] => {
  const [scheme, data] = membersOf(node, "encrypted private key")
  return [schemeOf(scheme), octetsOf(data, "encrypted private key")]
}

const keyAndIv = Effect.fnUntraced(function* (
  scheme: Scheme,
  password: Password,
  budget: WorkBudget
): Effect.fn.Return<readonly [Uint8Array, Uint8Array], Unreadable> {
  const { cipher } = scheme
  if (scheme._tag === "Pkcs12") {
    const { salt, iterations } = scheme
    const derive = (purpose: 1 | 2, size: number) =>
      deriveForPkcs12("sha1", purpose, password.bmp, salt, iterations, size, budget)
    return [yield* derive(Purpose.key, cipher.keySize), yield* derive(Purpose.iv, 8)]
  }
  const by = scheme.derivation
  const key =
    by._tag === "Pbkdf2"
      ? derivePbkdf2(by.hash, password.utf8, by.salt, by.iterations, cipher.keySize, budget)
      : deriveScrypt(password.utf8, by.salt, by.cost, by.blockSize, by.parallelization, cipher.keySize)
  return [yield* key, scheme.iv]
})

/** Block ciphers in CBC mode with padding; `undefined` where the padding is wrong. */
const decipher = (cipher: Cipher, key: Uint8Array, iv: Uint8Array, data: Uint8Array): Uint8Array | undefined => {
  if (cipher.name === "rc2-cbc") return decryptRc2(key, 8 * cipher.keySize, iv, data)
  const name = cipher.name
  return Result.getOrUndefined(
    Result.try(() => {
      const stream = createDecipheriv(name, key, iv)
      return Buffer.concat([stream.update(data), stream.final()])
    })
  )
}

/** Decrypts what was DER or BER, into DER: by that and by its padding a wrong password is noticed. */
export const decrypt = Effect.fnUntraced(function* (
  scheme: Scheme,
  password: Password,
  data: Uint8Array,
  budget: WorkBudget
): Effect.fn.Return<Uint8Array, WrongPassword | Unreadable> {
  const [key, iv] = yield* keyAndIv(scheme, password, budget)
  const opened = decipher(scheme.cipher, key, iv, data)
  const der = opened === undefined ? undefined : derOf(opened)
  return der ?? (yield* new WrongPassword())
})
