/** An OCSP response (RFC 6960, section 4.2), read strictly from its DER; whose signature it carries is checked elsewhere. */
import { Result } from "effect"
import { hex } from "../ComparableName.ts"
import { bitsOf, type DerNode, expectTag, Malformed, malformed, oidOf, readDer, Tag, TagClass } from "../Der.ts"
import { type SignatureScheme, signatureScheme } from "../ListSignature.ts"
import { readExtensionList, readTime } from "../PeerCertificate.ts"
import { serialOf } from "../RevocationList.ts"

/** What is said of one certificate. */
export interface SingleResponse {
  readonly hash: "sha1" | "sha256"
  /** Digests of the issuer's name and key, hexadecimal. */
  readonly issuerName: string
  readonly issuerKey: string
  /** As `serialOf` reads it. */
  readonly serial: string
  readonly status: "good" | "revoked" | "unknown"
  /** Unix milliseconds. */
  readonly thisUpdate: number
  readonly nextUpdate: number | undefined
}

export interface OcspResponse {
  readonly responses: ReadonlyArray<SingleResponse>
  readonly scheme: SignatureScheme
  readonly signed: Uint8Array
  readonly signature: Uint8Array
  /** Certificates of the responder, DER. */
  readonly certificates: ReadonlyArray<Uint8Array>
}

const basicResponse = "1.3.6.1.5.5.7.48.1.1"
const hashes: ReadonlyMap<string, SingleResponse["hash"]> = new Map([
  ["1.3.14.3.2.26", "sha1"],
  ["2.16.840.1.101.3.4.2.1", "sha256"]
])
const statuses = ["good", "revoked", "unknown"] as const
const limit = 64 * 1024

const isContext = (node: DerNode | undefined, tag: number): node is DerNode =>
  node !== undefined && node.tagClass === TagClass.contextSpecific && node.tag === tag

const inner = (node: DerNode | undefined): DerNode | undefined => {
  const [only, ...rest] = node?.children ?? []
  return rest.length === 0 ? only : malformed("malformed OCSP response")
}

/** Extensions change what a response means only where they are critical, and none of those is understood. */
const checkExtensions = (node: DerNode | undefined): void => {
  if (node === undefined) return
  for (const { critical } of readExtensionList(inner(node)).values()) {
    if (critical) malformed("an unknown critical extension")
  }
}

const readSingle = (node: DerNode): SingleResponse | undefined => {
  const [id, status, thisUpdate, ...rest] = expectTag(node, Tag.sequence, "OCSP response").children
  const [algorithm, issuerName, issuerKey, serial] = expectTag(id, Tag.sequence, "certificate identifier").children
  const hash = hashes.get(oidOf(expectTag(algorithm, Tag.sequence, "hash").children[0], "hash"))
  const said = status !== undefined && status.tagClass === TagClass.contextSpecific ? statuses[status.tag] : undefined
  if (said === undefined) return malformed("malformed certificate status")
  const next = rest.find((field) => isContext(field, 0))
  checkExtensions(rest.find((field) => isContext(field, 1)))
  if (hash === undefined) return undefined
  return {
    hash,
    issuerName: hex(expectTag(issuerName, Tag.octetString, "issuer name").content),
    issuerKey: hex(expectTag(issuerKey, Tag.octetString, "issuer key").content),
    serial: serialOf(serial),
    status: said,
    thisUpdate: readTime(thisUpdate).getTime(),
    nextUpdate: next === undefined ? undefined : readTime(inner(next)).getTime()
  }
}

const read = (der: Uint8Array): OcspResponse => {
  if (der.length > limit) return malformed("larger than 64 KiB")
  const [status, body] = expectTag(readDer(der), Tag.sequence, "OCSP response").children
  if (hex(expectTag(status, Tag.enumerated, "response status").content) !== "00") {
    return malformed("the responder gave no answer")
  }
  const [type, octets] = expectTag(inner(isContext(body, 0) ? body : undefined), Tag.sequence, "OCSP response").children
  if (oidOf(type, "response type") !== basicResponse) return malformed("an unknown type of response")
  const basic = readDer(expectTag(octets, Tag.octetString, "OCSP response").content)
  const [data, algorithm, signature, certificates] = expectTag(basic, Tag.sequence, "OCSP response").children
  const fields = expectTag(data, Tag.sequence, "OCSP response").children
  const [, , singles, extensions] = isContext(fields[0], 0) ? fields.slice(1) : fields
  checkExtensions(isContext(extensions, 1) ? extensions : undefined)
  const scheme = signatureScheme(expectTag(algorithm, Tag.sequence, "signature algorithm").raw)
  if (scheme === undefined || data === undefined) return malformed("its signature algorithm is not accepted")
  return {
    responses: expectTag(singles, Tag.sequence, "OCSP response").children.flatMap((node) => readSingle(node) ?? []),
    scheme,
    signed: data.raw,
    signature: bitsOf(signature, "signature"),
    certificates: isContext(certificates, 0)
      ? expectTag(inner(certificates), Tag.sequence, "certificates").children.map(({ raw }) => raw)
      : []
  }
}

/** Reads a response. The failure says what is wrong with it. */
export const parseOcspResponse = (der: Uint8Array): Result.Result<OcspResponse, string> =>
  Result.try({
    try: () => read(der),
    catch: (cause) => (cause instanceof Malformed ? cause.message : "malformed OCSP response")
  })
