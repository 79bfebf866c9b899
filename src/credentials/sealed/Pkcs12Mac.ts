/** The integrity check of a PKCS#12 file: RFC 7292's, or PBMAC1 (RFC 9579). */
import { createHmac, timingSafeEqual } from "node:crypto"
import { Effect } from "effect"
import { type DerNode, malformed } from "../../access/Der.ts"
import { algorithmOf, iterationsOf, membersOf, octetsOf } from "./DerFields.ts"
import { deriveForPkcs12, derivePbkdf2, type HashName, hashes, type Password, Purpose } from "./KeyDerivation.ts"
import { hmacOf, type Pbkdf2, pbkdf2Of } from "./PasswordCipher.ts"
import type { Unreadable } from "./SealedFailure.ts"
import type { WorkBudget } from "./WorkBudget.ts"

const digests: ReadonlyMap<string, HashName> = new Map([
  ["1.3.14.3.2.26", "sha1"],
  ["2.16.840.1.101.3.4.2.4", "sha224"],
  ["2.16.840.1.101.3.4.2.1", "sha256"],
  ["2.16.840.1.101.3.4.2.2", "sha384"],
  ["2.16.840.1.101.3.4.2.3", "sha512"]
])

/** A MAC with what it takes to compute it. */
export interface Mac {
  readonly value: Uint8Array
  readonly hash: HashName
  readonly derivation: Pbkdf2 | { readonly _tag: "Pkcs12"; readonly salt: Uint8Array; readonly iterations: number }
}

const pbmac1 = (parameters: DerNode | undefined): Omit<Mac, "value"> => {
  const [derivationNode, hmac] = membersOf(parameters, "PBMAC1 parameters")
  const derivation = pbkdf2Of(algorithmOf(derivationNode, "key derivation"))
  // RFC 9579, section 5: the length must be stated, and be 20 or more. No hash has use for more than its block.
  const size = derivation.keySize ?? 0
  return size >= 20 && size <= 128 ? { hash: hmacOf(hmac), derivation } : malformed("unsupported PBMAC1 key length")
}

/** Reads `MacData`. Throws `Malformed`. */
export const macOf = (node: DerNode): Mac => {
  const [info, salt, iterations] = membersOf(node, "MAC")
  const [algorithm, digest] = membersOf(info, "MAC")
  const value = octetsOf(digest, "MAC")
  const { oid, parameters } = algorithmOf(algorithm, "MAC")
  if (oid === "1.2.840.113549.1.5.14") return { value, ...pbmac1(parameters) }
  const hash = digests.get(oid) ?? malformed(`unsupported MAC ${oid}`)
  const count = iterations === undefined ? 1 : iterationsOf(iterations)
  return { value, hash, derivation: { _tag: "Pkcs12", salt: octetsOf(salt, "salt"), iterations: count } }
}

const keyOf = ({ hash, derivation: by }: Mac, password: Password, budget: WorkBudget) =>
  by._tag === "Pbkdf2"
    ? derivePbkdf2(by.hash, password.utf8, by.salt, by.iterations, by.keySize ?? hashes[hash].output, budget)
    : deriveForPkcs12(hash, Purpose.mac, password.bmp, by.salt, by.iterations, hashes[hash].output, budget)

/** Whether the MAC is that of `data` with this password; compared in constant time. */
export const isAuthentic = (
  mac: Mac,
  password: Password,
  data: Uint8Array,
  budget: WorkBudget
): Effect.Effect<boolean, Unreadable> =>
  Effect.map(keyOf(mac, password, budget), (key) => {
    const expected = createHmac(mac.hash, key).update(data).digest()
    return expected.length === mac.value.length && timingSafeEqual(expected, mac.value)
  })
