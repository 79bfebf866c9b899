/**
 * Certificate chains that are made to be expensive for whoever verifies them, as a peer without any valid certificate can
 * send them: well formed, and signed by nobody. Only the leaf's key is real, so that a TLS client can present it.
 */
import { createPublicKey, generateKeyPairSync, randomBytes } from "node:crypto"

/** A chain in PEM, leaf first, and the leaf's private key. */
export interface HostileChain {
  readonly certPem: string
  readonly keyPem: string
  /** Bytes of all certificates. */
  readonly size: number
}

const tlv = (tag: number, ...parts: ReadonlyArray<Uint8Array>): Buffer => {
  const content = Buffer.concat(parts)
  const size = content.length
  const length =
    size < 0x80
      ? [size]
      : size < 0x100
        ? [0x81, size]
        : size < 0x10000
          ? [0x82, size >> 8, size & 0xff]
          : [0x83, size >> 16, (size >> 8) & 0xff, size & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

const hex = (text: string) => Buffer.from(text, "hex")
const sequence = (...parts: ReadonlyArray<Uint8Array>) => tlv(0x30, ...parts)
const commonName = hex("0603550403")
const attribute = (text: string) => tlv(0x31, sequence(commonName, tlv(0x0c, Buffer.from(text))))
const nameOf = (text: string, attributes = 1) =>
  sequence(attribute(text), ...Array.from({ length: attributes - 1 }, (_, i) => attribute(`${i % 10}`)))
const dates = sequence(tlv(0x17, Buffer.from("250101000000Z")), tlv(0x17, Buffer.from("450101000000Z")))
const sha256WithRsa = hex("300d06092a864886f70d01010b0500")
const unsigned = (bytes: Uint8Array) => tlv(0x02, Buffer.from([0]), bytes)

const extension = (oid: string, value: Uint8Array, critical = false) =>
  sequence(hex(oid), ...(critical ? [hex("0101ff")] : []), tlv(0x04, value))
const authority = extension("0603551d13", hex("30030101ff"), true)
const altNames = (count: number, suffix: string) =>
  extension(
    "0603551d11",
    sequence(...Array.from({ length: count }, (_, i) => tlv(0x82, Buffer.from(`${i.toString(36)}${suffix}`))))
  )
const permitted = (count: number) =>
  extension(
    "0603551d1e",
    sequence(tlv(0xa1, ...Array.from({ length: count }, (_, i) => sequence(tlv(0x82, Buffer.from(`${i}.b`)))))),
    true
  )

/** An odd number of so many bits. */
const odd = (bits: number): Buffer => {
  const bytes = randomBytes(bits / 8)
  bytes[0] = (bytes[0] ?? 0) | 0xc0
  bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 1
  return bytes
}

const rsaKey = (bits: number, exponent: Uint8Array) =>
  sequence(
    hex("300d06092a864886f70d0101010500"),
    tlv(0x03, Buffer.from([0]), sequence(unsigned(odd(bits)), unsigned(exponent)))
  )
const f4 = Buffer.from([1, 0, 1])

interface Parts {
  readonly subject: Uint8Array
  readonly issuer: Uint8Array
  readonly key: Uint8Array
  readonly extensions?: ReadonlyArray<Uint8Array>
  /** Bytes of the signature. */
  readonly signature?: number
}

const certificate = ({ extensions = [], issuer, key, signature = 256, subject }: Parts): Buffer =>
  sequence(
    sequence(
      hex("a003020102"),
      tlv(0x02, Buffer.from([1]), randomBytes(8)),
      sha256WithRsa,
      issuer,
      dates,
      subject,
      key,
      ...(extensions.length === 0 ? [] : [tlv(0xa3, sequence(...extensions))])
    ),
    sha256WithRsa,
    tlv(0x03, Buffer.from([0]), randomBytes(signature))
  )

const pem = (der: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${der.toString("base64").replace(/.{1,64}/g, "$&\n")}-----END CERTIFICATE-----\n`

interface Shape {
  readonly authorities: number
  readonly key: () => Uint8Array
  readonly signature: number
  readonly authorityExtensions?: ReadonlyArray<Uint8Array>
  readonly leafExtensions?: ReadonlyArray<Uint8Array>
  readonly leafAttributes?: number
  /** The issuer that the topmost authority names; nobody's unless told otherwise. */
  readonly anchor?: string | undefined
}

const build = (shape: Shape): HostileChain => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const spki = createPublicKey(privateKey).export({ type: "spki", format: "der" })
  const { authorities, leafAttributes = 1, signature } = shape
  const name = (index: number) =>
    index === authorities ? nameOf(shape.anchor ?? "nobody") : nameOf(`authority ${index}`)
  const leaf = certificate({
    subject: nameOf("leaf", leafAttributes),
    issuer: name(0),
    key: spki,
    signature,
    extensions: shape.leafExtensions ?? []
  })
  const others = Array.from({ length: authorities }, (_, index) =>
    certificate({
      subject: name(index),
      issuer: name(index + 1),
      key: shape.key(),
      signature,
      extensions: [authority, ...(shape.authorityExtensions ?? [])]
    })
  )
  const all = [leaf, ...others]
  return {
    certPem: all.map(pem).join(""),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    size: all.reduce((sum, { length }) => sum + length, 0)
  }
}

/** Authorities with RSA-3072 keys whose public exponents are as long as the modulus: as slow to verify with as to sign. */
export const slowExponents = (authorities: number, anchor?: string): HostileChain =>
  build({ authorities, key: () => rsaKey(3072, odd(3072)), signature: 384, anchor })

/** Authorities with ordinary RSA-2048 keys. */
export const manyAuthorities = (authorities: number, anchor?: string): HostileChain =>
  build({ authorities, key: () => rsaKey(2048, f4), signature: 256, anchor })

/** Authorities of one name, each of which could have issued the leaf and each other. */
export const oneNameForAll = (authorities: number, anchor: string): HostileChain => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" })
  const key = createPublicKey(privateKey).export({ type: "spki", format: "der" })
  const name = nameOf(anchor)
  const all = Array.from({ length: authorities + 1 }, (_, index) =>
    certificate({
      subject: index === 0 ? nameOf("leaf") : name,
      issuer: name,
      key: index === 0 ? key : rsaKey(2048, f4),
      extensions: index === 0 ? [] : [authority]
    })
  )
  return {
    certPem: all.map(pem).join(""),
    keyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    size: all.reduce((sum, { length }) => sum + length, 0)
  }
}

/** Authorities with name constraints above a leaf with many names. */
export const manyConstraints = (authorities: number, constraints: number, names: number): HostileChain =>
  build({
    authorities,
    key: () => rsaKey(2048, f4),
    signature: 64,
    authorityExtensions: [permitted(constraints)],
    leafExtensions: [altNames(names, ".a")]
  })

/** A leaf with many subject alternative names. */
export const manyNames = (names: number): HostileChain =>
  build({ authorities: 0, key: () => f4, signature: 64, leafExtensions: [altNames(names, "")] })

/** A leaf whose subject has many attributes. */
export const manyAttributes = (attributes: number): HostileChain =>
  build({ authorities: 0, key: () => f4, signature: 64, leafAttributes: attributes })
