/**
 * Distribution points: which list of its issuer is about a certificate (RFC 5280, sections 4.2.1.13 and 5.2.5). Names are
 * texts that are equal when the names are.
 */
import { comparableName, hex } from "../ComparableName.ts"
import { type DerNode, expectTag, malformed, readDer, Tag, TagClass } from "../Der.ts"
import { readName } from "../PeerCertificate.ts"

/** A set of reasons, one bit each. */
export type Reasons = number

/** keyCompromise to aACompromise: together they are every reason. */
export const allReasons: Reasons = 0b1_1111_1110

/** Where a certificate's lists are. */
export interface DistributionPoint {
  readonly names: ReadonlyArray<string> | undefined
  readonly reasons: Reasons
  /** Who issues the list in place of the certificate's issuer, as `comparableName` writes it. */
  readonly listIssuers: ReadonlyArray<string>
}

/** Which certificates a list is about. */
export interface ListScope {
  /** Lists of the same issuer with the same text replace each other. */
  readonly id: string
  readonly names: ReadonlyArray<string> | undefined
  readonly kind: "all" | "user" | "authority" | "attribute"
  readonly reasons: Reasons
  /** It may have entries of other issuers. */
  readonly indirect: boolean
}

export const wholeScope: ListScope = { id: "", names: undefined, kind: "all", reasons: allReasons, indirect: false }

const directoryName = 4

/** A directory name, as a name of a distribution point. */
export const directoryPoint = (comparable: string): string => `dn:${comparable}`

const generalName = (node: DerNode): string =>
  node.tagClass === TagClass.contextSpecific && node.tag === directoryName
    ? directoryPoint(comparableName(readName(node.children[0])))
    : `${node.tag}:${hex(node.content)}`

const directoryNames = (nodes: ReadonlyArray<DerNode>): ReadonlyArray<string> =>
  nodes.flatMap((node) => (node.tag === directoryName ? [comparableName(readName(node.children[0]))] : []))

const value = (identifier: number, content: Uint8Array): Uint8Array => {
  if (content.length > 0xffff) return malformed("malformed distribution point")
  const length = content.length < 0x80 ? [content.length] : [0x82, content.length >> 8, content.length & 0xff]
  const minimal = content.length >= 0x80 && content.length < 0x100 ? [0x81, content.length] : length
  return Buffer.concat([Uint8Array.of(identifier, ...minimal), content])
}

/** A name relative to that of the list's issuer. */
const relativeName = (node: DerNode, issuer: string): string => {
  const set = value(0x31, node.content)
  const relative = comparableName(readName(readDer(value(0x30, set))))
  return directoryPoint(issuer === "" ? relative : `${issuer}\u0000${relative}`)
}

/** The names in a DistributionPointName, explicitly tagged. */
const pointNames = (node: DerNode, issuers: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [choice, ...rest] = node.children
  if (choice === undefined || rest.length > 0 || choice.tagClass !== TagClass.contextSpecific) {
    return malformed("malformed distribution point")
  }
  if (choice.tag === 0) return choice.children.map(generalName)
  return choice.tag === 1
    ? issuers.map((issuer) => relativeName(choice, issuer))
    : malformed("malformed distribution point")
}

/** A bit string of reasons. */
const readReasons = (content: Uint8Array): Reasons => {
  const [unused, ...bytes] = content
  if (unused === undefined || unused > 7 || bytes.length > 2) return malformed("malformed reasons")
  let reasons = 0
  for (let bit = 0; bit < 8 * bytes.length; bit++) {
    if (((bytes[bit >> 3] ?? 0) >> (7 - (bit & 7))) & 1) reasons |= 1 << bit
  }
  return reasons & allReasons
}

const fieldsOf = (node: DerNode): ReadonlyMap<number, DerNode> => {
  const fields = expectTag(node, Tag.sequence, "distribution point").children
  if (fields.some((field) => field.tagClass !== TagClass.contextSpecific))
    return malformed("malformed distribution point")
  return new Map(fields.map((field) => [field.tag, field]))
}

const readPoint = (node: DerNode, issuer: string): DistributionPoint => {
  const fields = fieldsOf(node)
  const [point, reasons, named] = [fields.get(0), fields.get(1), fields.get(2)]
  const listIssuers = named === undefined ? [] : directoryNames(named.children)
  return {
    names: point === undefined ? undefined : pointNames(point, listIssuers.length === 0 ? [issuer] : listIssuers),
    reasons: reasons === undefined ? allReasons : readReasons(reasons.content),
    listIssuers
  }
}

/** Reads a certificate's CRL distribution points. Throws `Malformed`. */
export const readDistributionPoints = (extension: Uint8Array, issuer: string): ReadonlyArray<DistributionPoint> =>
  expectTag(readDer(extension), Tag.sequence, "distribution points").children.map((node) => readPoint(node, issuer))

/** Reads a list's issuing distribution point. Throws `Malformed`. */
export const readListScope = (extension: Uint8Array, issuer: string): ListScope => {
  const fields = fieldsOf(readDer(extension))
  const isTrue = (tag: number): boolean => {
    const field = fields.get(tag)
    if (field === undefined) return false
    return field.content.length === 1 ? field.content[0] !== 0 : malformed("malformed distribution point")
  }
  const [user, authority, attribute] = [isTrue(1), isTrue(2), isTrue(5)]
  if ([user, authority, attribute].filter((each) => each).length > 1) return malformed("contradictory scope")
  const [point, reasons] = [fields.get(0), fields.get(3)]
  return {
    id: hex(extension),
    names: point === undefined ? undefined : pointNames(point, [issuer]),
    kind: user ? "user" : authority ? "authority" : attribute ? "attribute" : "all",
    reasons: reasons === undefined ? allReasons : readReasons(reasons.content),
    indirect: isTrue(4)
  }
}
