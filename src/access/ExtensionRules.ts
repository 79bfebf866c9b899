/**
 * How strictly certificate extensions are read. A malformed one that the Go program refuses is refused here too, whatever
 * OpenSSL makes of it. Everything here throws `Malformed`.
 */
import { type DerNode, expectTag, isUniversal, malformed, oidOf, readDer, Tag, TagClass, unsignedOf } from "./Der.ts"
import type { Extension } from "./PeerCertificate.ts"

export type Extensions = ReadonlyMap<string, Extension>

/** Object identifiers of the extensions that path validation reads. */
export const extensionId = {
  subjectKeyId: "2.5.29.14",
  keyUsage: "2.5.29.15",
  subjectAltName: "2.5.29.17",
  basicConstraints: "2.5.29.19",
  nameConstraints: "2.5.29.30",
  distributionPoints: "2.5.29.31",
  policies: "2.5.29.32",
  policyMappings: "2.5.29.33",
  authorityKeyId: "2.5.29.35",
  policyConstraints: "2.5.29.36",
  extendedKeyUsage: "2.5.29.37",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInformation: "1.3.6.1.5.5.7.1.1"
} as const

/** Critical extensions with these identifiers are processed by OpenSSL or here; any other one refuses its certificate. */
const processed: ReadonlySet<string> = new Set([
  extensionId.keyUsage,
  extensionId.subjectAltName,
  extensionId.basicConstraints,
  extensionId.nameConstraints,
  extensionId.distributionPoints,
  extensionId.policies,
  extensionId.policyMappings,
  extensionId.policyConstraints,
  extensionId.extendedKeyUsage,
  extensionId.inhibitAnyPolicy
])

/** RFC 5280 forbids to mark these critical. */
const neverCritical: ReadonlyMap<string, string> = new Map([
  [extensionId.authorityKeyId, "authority key identifier"],
  [extensionId.subjectKeyId, "subject key identifier"],
  [extensionId.authorityInformation, "authority information access"]
])

const sequenceIn = (extension: Extension, what: string): ReadonlyArray<DerNode> =>
  expectTag(readDer(extension.value), Tag.sequence, what).children

/** What basic constraints say. */
export interface BasicConstraints {
  readonly isAuthority: boolean
  readonly pathLength: number | undefined
}

const smallNumber = (node: DerNode | undefined, what: string): number => {
  const bytes = unsignedOf(node, what)
  return bytes.length > 4 ? malformed(`malformed ${what}`) : bytes.reduce((sum, byte) => sum * 256 + byte, 0)
}

/** Reads the basic constraints; undefined without the extension. */
export const readBasicConstraints = (extensions: Extensions): BasicConstraints | undefined => {
  const extension = extensions.get(extensionId.basicConstraints)
  if (extension === undefined) return undefined
  const what = "basic constraints"
  const fields = [...sequenceIn(extension, what)]
  let isAuthority = false
  if (fields[0] !== undefined && isUniversal(fields[0], Tag.boolean)) {
    const { content } = fields[0]
    if (content.length !== 1 || (content[0] !== 0xff && content[0] !== 0)) return malformed(`malformed ${what}`)
    isAuthority = content[0] === 0xff
    fields.shift()
  }
  const length = fields.shift()
  if (fields.length > 0) return malformed(`malformed ${what}`)
  return { isAuthority, pathLength: length === undefined ? undefined : smallNumber(length, what) }
}

/** The bits of a key usage, first octet; undefined without the extension. */
export const readKeyUsage = (extensions: Extensions): number | undefined => {
  const extension = extensions.get(extensionId.keyUsage)
  if (extension === undefined) return undefined
  const { content } = expectTag(readDer(extension.value), Tag.bitString, "key usage")
  const [unused] = content
  if (unused === undefined || unused > 7 || (content.length === 1 && unused > 0))
    return malformed("malformed key usage")
  return content[1] ?? 0
}

const checkPolicies = (extension: Extension): void => {
  const seen = new Set<string>()
  for (const information of sequenceIn(extension, "certificate policies")) {
    const [id] = expectTag(information, Tag.sequence, "certificate policies").children
    const policy = oidOf(id, "certificate policy")
    if (seen.has(policy)) return malformed("a certificate policy is listed twice")
    seen.add(policy)
  }
}

const checkPolicyMappings = (extension: Extension): void => {
  for (const mapping of sequenceIn(extension, "policy mappings")) {
    const [from, to, ...rest] = expectTag(mapping, Tag.sequence, "policy mappings").children
    oidOf(from, "policy mapping")
    oidOf(to, "policy mapping")
    if (rest.length > 0) return malformed("malformed policy mappings")
  }
}

const checkPolicyConstraints = (extension: Extension): void => {
  for (const field of sequenceIn(extension, "policy constraints")) {
    const known = field.tagClass === TagClass.contextSpecific && field.tag <= 1 && !field.constructed
    const tooLarge = field.content.length === 0 || field.content.length > 5 || (field.content[0] ?? 0) >= 0x80
    if (!known || tooLarge) return malformed("malformed policy constraints")
  }
}

const checkDistributionPoints = (extension: Extension): void => {
  for (const point of sequenceIn(extension, "CRL distribution points")) {
    expectTag(point, Tag.sequence, "CRL distribution points")
  }
}

const checks: ReadonlyMap<string, (extension: Extension) => void> = new Map([
  [
    extensionId.subjectKeyId,
    (extension) => void expectTag(readDer(extension.value), Tag.octetString, "subject key identifier")
  ],
  [extensionId.authorityKeyId, (extension) => void sequenceIn(extension, "authority key identifier")],
  [extensionId.authorityInformation, (extension) => void sequenceIn(extension, "authority information access")],
  [extensionId.distributionPoints, checkDistributionPoints],
  [extensionId.policies, checkPolicies],
  [extensionId.policyMappings, checkPolicyMappings],
  [extensionId.policyConstraints, checkPolicyConstraints],
  [extensionId.inhibitAnyPolicy, (extension) => void smallNumber(readDer(extension.value), "inhibit any policy")]
])

/** Checks the form of every extension that is known. */
export const checkExtensions = (extensions: Extensions): void => {
  for (const [id, extension] of extensions) {
    const name = neverCritical.get(id)
    if (name !== undefined && extension.critical) malformed(`${name} incorrectly marked critical`)
    checks.get(id)?.(extension)
  }
  readBasicConstraints(extensions)
  readKeyUsage(extensions)
}

/** A critical extension that nothing here or in OpenSSL processes; undefined for none. */
export const unprocessedExtension = (extensions: Extensions): string | undefined => {
  for (const [id, extension] of extensions) {
    if (!extension.critical) continue
    if (!processed.has(id)) return id
  }
  return undefined
}
