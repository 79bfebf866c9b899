/** Files of certificates in DER: one after the other, or in a PKCS#7 envelope (docs/compatibility/credentials.md, 1.3). */
import { Result } from "effect"
import {
  type DerNode,
  expectTag,
  isUniversal,
  Malformed,
  malformed,
  oidOf,
  readDerSeries,
  Tag,
  TagClass
} from "../access/Der.ts"
import type { PemBlock } from "./Pem.ts"

/** Far more than any chain takes. */
const sizeLimit = 1024 * 1024
const signedData = "1.2.840.113549.1.7.2"

const isTagged = (node: DerNode | undefined, tag: number): boolean =>
  node?.tagClass === TagClass.contextSpecific && node.tag === tag

/** The certificates of PKCS#7's `SignedData` (RFC 2315, section 9.1). */
const enveloped = (content: DerNode | undefined): ReadonlyArray<DerNode> => {
  const [inner] = isTagged(content, 0) ? (content?.children ?? []) : []
  const members = expectTag(inner, Tag.sequence, "PKCS#7").children
  return members.find((member) => isTagged(member, 0))?.children ?? []
}

const certificatesOf = (bytes: Uint8Array): ReadonlyArray<DerNode> => {
  const nodes = readDerSeries(bytes, sizeLimit).map((node) => expectTag(node, Tag.sequence, "certificate"))
  const [kind, content] = nodes[0]?.children ?? []
  if (kind !== undefined && isUniversal(kind, Tag.integer)) {
    return malformed("it is no certificate (a PKCS#12 file needs the extension .p12)")
  }
  if (kind === undefined || !isUniversal(kind, Tag.oid)) return nodes
  return oidOf(kind, "PKCS#7") === signedData ? enveloped(content) : malformed("unsupported kind of PKCS#7")
}

/** The certificates of a file in their order. Whether they are any good is for others to find out. */
export const readDerCertificates = (bytes: Uint8Array): Result.Result<ReadonlyArray<PemBlock>, string> => {
  try {
    const nodes = certificatesOf(bytes)
    return Result.succeed(nodes.map(({ raw }) => ({ type: "CERTIFICATE", headers: new Map(), der: raw })))
  } catch (cause) {
    if (cause instanceof Malformed) return Result.fail(`unable to read DER certificates: ${cause.message}`)
    throw cause
  }
}
