/** Who has signed a list: real signatures of every kind, and keys of every other kind. */
import { constants, generateKeyPairSync, type KeyObject, sign } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { isSignedBy, type SignatureScheme } from "../../src/access/ListSignature.ts"

const signed = Buffer.from("a list of certificates")
const pairs = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  "rsa-pss": generateKeyPairSync("rsa-pss", { modulusLength: 2048 }),
  ec: generateKeyPairSync("ec", { namedCurve: "prime256v1" }),
  ed25519: generateKeyPairSync("ed25519"),
  ed448: generateKeyPairSync("ed448")
}
type Kind = keyof typeof pairs

const pss = (key: KeyObject, saltLength: number) => ({ key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength })
const scheme = (key: SignatureScheme["key"], saltLength = 0): SignatureScheme => ({
  key,
  hash: key === "ed25519" ? null : "sha256",
  saltLength
})

describe("a signature on a list", () => {
  it.each<readonly [Kind, SignatureScheme, Buffer]>([
    ["rsa", scheme("rsa"), sign("sha256", signed, pairs.rsa.privateKey)],
    ["rsa", scheme("rsa-pss", 32), sign("sha256", signed, pss(pairs.rsa.privateKey, 32))],
    ["rsa-pss", scheme("rsa-pss", 20), sign("sha256", signed, pss(pairs["rsa-pss"].privateKey, 20))],
    ["ec", scheme("ec"), sign("sha256", signed, pairs.ec.privateKey)],
    ["ed25519", scheme("ed25519"), sign(null, signed, pairs.ed25519.privateKey)]
  ])("by a key of kind %s counts for that key alone", (kind, by, signature) => {
    assert.isTrue(isSignedBy(by, signed, signature, pairs[kind].publicKey))
    assert.isFalse(isSignedBy(by, Buffer.concat([signed, signed]), signature, pairs[kind].publicKey))
    for (const other of Object.keys(pairs).filter((each): each is Kind => each !== kind)) {
      assert.isFalse(isSignedBy(by, signed, signature, pairs[other].publicKey), other)
    }
  })

  it.each<readonly [string, SignatureScheme, Buffer, KeyObject]>([
    ["rsa, called ec", scheme("ec"), sign("sha256", signed, pairs.rsa.privateKey), pairs.rsa.publicKey],
    ["ec, called rsa", scheme("rsa"), sign("sha256", signed, pairs.ec.privateKey), pairs.ec.publicKey],
    ["ed448, called ed25519", scheme("ed25519"), sign(null, signed, pairs.ed448.privateKey), pairs.ed448.publicKey],
    [
      "rsa-pss, called rsa",
      scheme("rsa"),
      sign("sha256", signed, pairs["rsa-pss"].privateKey),
      pairs["rsa-pss"].publicKey
    ]
  ])("by a key of kind %s does not count, though the key made it", (_what, by, signature, key) => {
    assert.isFalse(isSignedBy(by, signed, signature, key))
  })
})
