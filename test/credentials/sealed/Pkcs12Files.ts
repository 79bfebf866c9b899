/** PKCS#12 files of all kinds: by the `openssl` program, and by an encoder of our own for what Debian's cannot make. */
import { execFileSync } from "node:child_process"
import { createCipheriv, createHmac, createPrivateKey, pbkdf2Sync } from "node:crypto"
import { join } from "node:path"
import { oid, tlv } from "../../access/CraftedCertificate.ts"
import { type TestIdentity, testCaDirectory } from "../../support/TestCa.ts"

let files = 0

/** A new path in the directory of the test's authorities. */
export const newFile = (suffix: string): string => join(testCaDirectory(), `store-${++files}${suffix}`)

/** `openssl pkcs12 -export` of an identity; the words choose how. */
export const exportPkcs12 = (
  identity: Pick<TestIdentity, "combinedPath">,
  password: string,
  ...words: ReadonlyArray<string>
): string => {
  const path = newFile(".p12")
  const environment = { ...process.env, PASSWORD: password }
  const fixed = ["pkcs12", "-export", "-in", identity.combinedPath, "-passout", "env:PASSWORD", "-out", path]
  execFileSync("openssl", [...fixed, ...words], { env: environment, stdio: "pipe" })
  return path
}

/** A non-negative integer. */
export const integer = (value: number): Uint8Array => {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex")
  return tlv(2, (bytes[0] ?? 0) >= 0x80 ? [0, ...bytes] : bytes)
}

const none = tlv(5)
const octets = (bytes: Uint8Array) => tlv(4, bytes)
const sequence = (...parts: ReadonlyArray<Uint8Array>) => tlv(0x30, ...parts)
const hmacs = {
  sha1: "1.2.840.113549.2.7",
  sha224: "1.2.840.113549.2.8",
  sha256: "1.2.840.113549.2.9",
  sha384: "1.2.840.113549.2.10",
  sha512: "1.2.840.113549.2.11"
} as const
export type Hmac = keyof typeof hmacs
const hmac = (name: Hmac) => sequence(oid(hmacs[name]), none)
const salt = Buffer.from("0011223344556677", "hex")
const iv = Buffer.from("000102030405060708090a0b0c0d0e0f", "hex")

const pbkdf2 = (iterations: number, size: number, prf: Hmac) =>
  sequence(oid("1.2.840.113549.1.5.12"), sequence(octets(salt), integer(iterations), integer(size), hmac(prf)))

const data = (content: Uint8Array) => sequence(oid("1.2.840.113549.1.7.1"), tlv(0xa0, octets(content)))

/** A bag of a kind. */
export const bag = (kind: 1 | 2 | 3 | 5, value: Uint8Array) =>
  sequence(oid(`1.2.840.113549.1.12.10.1.${kind}`), tlv(0xa0, value))

/** A certificate's bag. */
export const certificateBag = (der: Uint8Array) =>
  bag(3, sequence(oid("1.2.840.113549.1.9.22.1"), tlv(0xa0, octets(der))))

/** A key's bag, in the clear. */
export const keyBag = (identity: Pick<TestIdentity, "keyPem">) => bag(1, pkcs8(identity))

const pkcs8 = (identity: Pick<TestIdentity, "keyPem">) =>
  createPrivateKey(identity.keyPem).export({ type: "pkcs8", format: "der" })

/** A key's bag by PBES2 with AES-128 and this PRF. */
export const sealedKeyBag = (identity: Pick<TestIdentity, "keyPem">, password: string, prf: Hmac, iterations = 10) => {
  const cipher = createCipheriv("aes-128-cbc", pbkdf2Sync(password, salt, Math.min(iterations, 1000), 16, prf), iv)
  const sealed = Buffer.concat([cipher.update(pkcs8(identity)), cipher.final()])
  const encryption = sequence(oid("2.16.840.1.101.3.4.1.2"), octets(iv))
  const scheme = sequence(oid("1.2.840.113549.1.5.13"), sequence(pbkdf2(iterations, 16, prf), encryption))
  return bag(2, sequence(scheme, octets(sealed)))
}

/** A file with these bags, one list a content; `write` may encode what the MAC is about in another way. */
export const pfx = (
  contents: ReadonlyArray<ReadonlyArray<Uint8Array>>,
  mac?: (content: Uint8Array) => Uint8Array,
  write: (der: Uint8Array) => Uint8Array = (der) => der
) => {
  const content = write(sequence(...contents.map((bags) => data(write(sequence(...bags))))))
  return sequence(integer(3), data(content), ...(mac === undefined ? [] : [mac(content)]))
}

/** PBMAC1 (RFC 9579) over a content. */
export const pbmac1 =
  (password: string, name: Hmac, prf: Hmac = name, size = 32, iterations = 2048) =>
  (content: Uint8Array): Uint8Array => {
    const key = pbkdf2Sync(password, salt, Math.min(iterations, 5000), size, prf)
    const parameters = sequence(pbkdf2(iterations, size, prf), hmac(name))
    const digest = createHmac(name, key).update(content).digest()
    const info = sequence(sequence(oid("1.2.840.113549.1.5.14"), parameters), octets(digest))
    return sequence(info, octets(Buffer.from("NOT USED")), integer(1))
  }

/** A MAC by RFC 7292 that asks for so many iterations, and is wrong. */
export const hungryMac =
  (iterations: number, value = Buffer.alloc(32)) =>
  (): Uint8Array =>
    sequence(sequence(sequence(oid("2.16.840.1.101.3.4.2.1"), none), octets(value)), octets(salt), integer(iterations))
