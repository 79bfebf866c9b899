/** Certificate requests (PKCS #10, RFC 2986) with the fields in which Go's JSON shows one. */
import { bitsOf, expectTag, oidOf, readDer, Tag, TagClass } from "../../../access/Der.ts"
import { record } from "../values/Collections.ts"
import type { RegoObject } from "../values/Value.ts"
import { rawExtensions } from "./Certificate.ts"
import { extensionFields } from "./Extensions.ts"
import { base64, integerValue, nullIfEmpty } from "./Fields.ts"
import { nameValue } from "./Name.ts"
import { publicKeyFields, signatureAlgorithm } from "./PublicKey.ts"

const extensionRequest = "1.2.840.113549.1.9.14"
const names = ["DNSNames", "EmailAddresses", "IPAddresses", "URIs", "Extensions"] as const

/** Reads a request. Throws `Malformed`. */
export const requestValue = (der: Uint8Array): RegoObject => {
  const request = expectTag(readDer(der), Tag.sequence, "certificate request")
  const [info, algorithm, signature] = request.children
  const body = expectTag(info, Tag.sequence, "certificate request")
  const [version, subject, key, ...tail] = body.children
  const attributes = tail.find((node) => node.tagClass === TagClass.contextSpecific && node.tag === 0)
  const asked = attributes?.children.find(({ children: [id] }) => oidOf(id, "attribute") === extensionRequest)
  const list = asked?.children[1]?.children[0]
  const fields = list === undefined ? {} : extensionFields(rawExtensions(list))
  const { algorithm: keyAlgorithm, key: publicKey } = publicKeyFields(key)
  return record({
    ...Object.fromEntries(names.map((name) => [name, fields[name] ?? nullIfEmpty([])])),
    ExtraExtensions: null,
    Raw: base64(request.raw),
    RawTBSCertificateRequest: base64(body.raw),
    RawSubjectPublicKeyInfo: base64(key?.raw ?? new Uint8Array()),
    RawSubject: base64(subject?.raw ?? new Uint8Array()),
    Version: integerValue(expectTag(version, Tag.integer, "version").content),
    Signature: base64(bitsOf(signature, "signature")),
    SignatureAlgorithm: signatureAlgorithm(algorithm),
    PublicKeyAlgorithm: keyAlgorithm,
    PublicKey: publicKey,
    Subject: nameValue(subject)
  })
}
