/**
 * A certificate as a value, with the fields and the forms in which Go's JSON shows one: byte strings in Base64, empty
 * lists as null, object identifiers as arrays of integers.
 */
import {
  bitsOf,
  type DerNode,
  expectTag,
  isUniversal,
  malformed,
  oidOf,
  readDer,
  Tag,
  TagClass
} from "../../../access/Der.ts"
import { record } from "../values/Collections.ts"
import type { RegoObject, Value } from "../values/Value.ts"
import { extensionFields, type Fields, type RawExtension } from "./Extensions.ts"
import { base64, integerValue } from "./Fields.ts"
import { nameValue } from "./Name.ts"
import { publicKeyFields, signatureAlgorithm } from "./PublicKey.ts"

/** Fields of certificates without extensions. */
const empty: Fields = {
  BasicConstraintsValid: false,
  IsCA: false,
  MaxPathLen: 0,
  MaxPathLenZero: false,
  KeyUsage: 0,
  ExtKeyUsage: null,
  UnknownExtKeyUsage: null,
  SubjectKeyId: null,
  AuthorityKeyId: null,
  OCSPServer: null,
  IssuingCertificateURL: null,
  CRLDistributionPoints: null,
  DNSNames: null,
  EmailAddresses: null,
  IPAddresses: null,
  URIs: null,
  PermittedDNSDomainsCritical: false,
  PermittedDNSDomains: null,
  ExcludedDNSDomains: null,
  PermittedEmailAddresses: null,
  ExcludedEmailAddresses: null,
  PermittedURIDomains: null,
  ExcludedURIDomains: null,
  PermittedIPRanges: null,
  ExcludedIPRanges: null,
  PolicyIdentifiers: null,
  Policies: null,
  PolicyMappings: null,
  InhibitAnyPolicy: 0,
  InhibitAnyPolicyZero: false,
  InhibitPolicyMapping: 0,
  InhibitPolicyMappingZero: false,
  RequireExplicitPolicy: 0,
  RequireExplicitPolicyZero: false,
  Extensions: null,
  ExtraExtensions: null,
  UnhandledCriticalExtensions: null
}

const time = (node: DerNode | undefined): string => {
  if (node === undefined) return malformed("malformed validity")
  const text = Buffer.from(node.content).toString("latin1")
  const short = isUniversal(node, Tag.utcTime)
  const full = short ? `${Number(text.slice(0, 2)) >= 50 ? "19" : "20"}${text}` : text
  const found = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)
  if (found === null) return malformed("malformed time")
  const [, year, month, day, hour, minute, second] = found
  return `${year}-${month}-${day}T${hour}:${minute}:${second}Z`
}

/** Extensions in the order of the certificate. Throws `Malformed`. */
export const rawExtensions = (list: DerNode | undefined): ReadonlyArray<RawExtension> =>
  expectTag(list, Tag.sequence, "extensions").children.map((node) => {
    const [id, ...rest] = expectTag(node, Tag.sequence, "extension").children
    const critical = rest.length === 2 && (rest[0]?.content[0] ?? 0) !== 0
    return {
      oid: oidOf(id, "extension"),
      critical,
      value: expectTag(rest.at(-1), Tag.octetString, "extension").content
    }
  })

const contextual = (fields: ReadonlyArray<DerNode>, tag: number): DerNode | undefined =>
  fields.find((field) => field.tagClass === TagClass.contextSpecific && field.tag === tag)

/** Reads a certificate. Throws `Malformed`. */
export const certificateFields = (der: Uint8Array): Readonly<Record<string, Value>> => {
  const certificate = expectTag(readDer(der), Tag.sequence, "certificate")
  const [toBeSigned, algorithm, signature] = certificate.children
  const body = expectTag(toBeSigned, Tag.sequence, "certificate")
  const explicit = contextual(body.children.slice(0, 1), 0)
  const fields = explicit === undefined ? body.children : body.children.slice(1)
  const [serial, , issuer, validity, subject, key, ...tail] = fields
  const [notBefore, notAfter] = expectTag(validity, Tag.sequence, "validity").children
  const { algorithm: keyAlgorithm, key: publicKey } = publicKeyFields(key)
  const version = explicit?.children[0]?.content[0] ?? 0
  const extensions = contextual(tail, 3)
  return {
    ...empty,
    ...(extensions === undefined ? {} : extensionFields(rawExtensions(extensions.children[0]))),
    Raw: base64(certificate.raw),
    RawTBSCertificate: base64(body.raw),
    RawSubjectPublicKeyInfo: base64(key?.raw ?? new Uint8Array()),
    RawSubject: base64(subject?.raw ?? new Uint8Array()),
    RawIssuer: base64(issuer?.raw ?? new Uint8Array()),
    Signature: base64(bitsOf(signature, "signature")),
    SignatureAlgorithm: signatureAlgorithm(algorithm),
    PublicKeyAlgorithm: keyAlgorithm,
    PublicKey: publicKey,
    Version: version + 1,
    SerialNumber: integerValue(expectTag(serial, Tag.integer, "serial number").content),
    Issuer: nameValue(issuer),
    Subject: nameValue(subject),
    NotBefore: time(notBefore),
    NotAfter: time(notAfter)
  }
}

/** Reads a certificate as a policy's input shows it. Throws `Malformed`. */
export const certificateValue = (der: Uint8Array): RegoObject => record(certificateFields(der))
