/** Extensions of a certificate as the fields that Go makes of them. */
import { type DerNode, expectTag, isUniversal, oidOf, readDer, Tag, TagClass, unsignedOf } from "../../../access/Der.ts"
import { addressText } from "../builtins/IpNetwork.ts"
import { record } from "../values/Collections.ts"
import type { Value } from "../values/Value.ts"
import { base64, bitMask, integerValue, nullIfEmpty, oidNumbers } from "./Fields.ts"
import { nameConstraints } from "./NameConstraints.ts"
import { urlValue } from "./Url.ts"

export type Fields = Readonly<Record<string, Value>>

/** An extension as it stands in the certificate. */
export interface RawExtension {
  readonly oid: string
  readonly critical: boolean
  readonly value: Uint8Array
}

const sequence = (value: Uint8Array, what: string): ReadonlyArray<DerNode> =>
  expectTag(readDer(value), Tag.sequence, what).children

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

const context = (nodes: ReadonlyArray<DerNode>, tag: number): ReadonlyArray<DerNode> =>
  nodes.filter((node) => node.tagClass === TagClass.contextSpecific && node.tag === tag)

/** Names of one kind in a list of general names. */
const general = (nodes: ReadonlyArray<DerNode>, tag: number): ReadonlyArray<string> =>
  context(nodes, tag).map(({ content }) => text(content))

const ipText = (bytes: Uint8Array): string =>
  addressText(BigInt(`0x0${Buffer.from(bytes).toString("hex")}`), bytes.length * 8)

const subjectAltName = (value: Uint8Array): Fields => {
  const names = sequence(value, "subject alternative name")
  return {
    DNSNames: nullIfEmpty(general(names, 2)),
    EmailAddresses: nullIfEmpty(general(names, 1)),
    IPAddresses: nullIfEmpty(context(names, 7).map(({ content }) => ipText(content))),
    URIs: nullIfEmpty(general(names, 6).map(urlValue))
  }
}

const basicConstraints = (value: Uint8Array): Fields => {
  const [first, ...rest] = sequence(value, "basic constraints")
  const isCa = first !== undefined && isUniversal(first, Tag.boolean) && first.content[0] !== 0
  const length = [first, ...rest].find((node) => node !== undefined && isUniversal(node, Tag.integer))
  const most: Value = length === undefined ? -1 : integerValue(length.content)
  return { BasicConstraintsValid: true, IsCA: isCa, MaxPathLen: most, MaxPathLenZero: most === 0 }
}

const usages: Readonly<Record<string, number>> = {
  "2.5.29.37.0": 0,
  "1.3.6.1.5.5.7.3.1": 1,
  "1.3.6.1.5.5.7.3.2": 2,
  "1.3.6.1.5.5.7.3.3": 3,
  "1.3.6.1.5.5.7.3.4": 4,
  "1.3.6.1.5.5.7.3.5": 5,
  "1.3.6.1.5.5.7.3.6": 6,
  "1.3.6.1.5.5.7.3.7": 7,
  "1.3.6.1.5.5.7.3.8": 8,
  "1.3.6.1.5.5.7.3.9": 9,
  "1.3.6.1.4.1.311.10.3.3": 10,
  "2.16.840.1.113730.4.1": 11,
  "1.3.6.1.4.1.311.2.1.22": 12,
  "1.3.6.1.4.1.311.61.1.1": 13
}

const extendedKeyUsage = (value: Uint8Array): Fields => {
  const oids = sequence(value, "extended key usage").map((node) => oidOf(node, "key usage"))
  const known = oids.flatMap((oid) => usages[oid] ?? [])
  const unknown = oids.filter((oid) => !Object.hasOwn(usages, oid)).map(oidNumbers)
  return { ExtKeyUsage: nullIfEmpty(known), UnknownExtKeyUsage: nullIfEmpty(unknown) }
}

const distributionPoints = (value: Uint8Array): Fields => {
  const uris = sequence(value, "CRL distribution points").flatMap((point) => {
    const [name] = context(point.children, 0)
    return context(name?.children ?? [], 0).flatMap(({ children }) => general(children, 6))
  })
  return { CRLDistributionPoints: nullIfEmpty(uris) }
}

const authorityAccess = (value: Uint8Array): Fields => {
  const uris = (method: string) =>
    sequence(value, "authority information access").flatMap(({ children: [id, location] }) =>
      oidOf(id, "access method") === method && location !== undefined ? general([location], 6) : []
    )
  return {
    OCSPServer: nullIfEmpty(uris("1.3.6.1.5.5.7.48.1")),
    IssuingCertificateURL: nullIfEmpty(uris("1.3.6.1.5.5.7.48.2"))
  }
}

const policies = (value: Uint8Array): Fields => {
  const oids = sequence(value, "certificate policies").map(({ children: [id] }) => oidOf(id, "policy"))
  return { Policies: nullIfEmpty(oids), PolicyIdentifiers: nullIfEmpty(oids.map(oidNumbers)) }
}

const policyConstraints = (value: Uint8Array): Fields => {
  const nodes = sequence(value, "policy constraints")
  const skip = (tag: number, field: string): Fields => {
    const [node] = context(nodes, tag)
    const count: Value = node === undefined ? 0 : integerValue(node.content)
    return { [field]: count, [`${field}Zero`]: node !== undefined && count === 0 }
  }
  return { ...skip(0, "RequireExplicitPolicy"), ...skip(1, "InhibitPolicyMapping") }
}

const policyMappings = (value: Uint8Array): Fields => ({
  PolicyMappings: nullIfEmpty(
    sequence(value, "policy mappings").map(({ children: [issuer, subject] }) =>
      record({ IssuerDomainPolicy: oidOf(issuer, "policy"), SubjectDomainPolicy: oidOf(subject, "policy") })
    )
  )
})

const inhibitAnyPolicy = (value: Uint8Array): Fields => {
  const count = integerValue(unsignedOf(readDer(value), "inhibit any policy"))
  return { InhibitAnyPolicy: count, InhibitAnyPolicyZero: count === 0 }
}

const readers: Readonly<Record<string, (value: Uint8Array) => Fields>> = {
  "2.5.29.14": (value) => ({
    SubjectKeyId: base64(expectTag(readDer(value), Tag.octetString, "key identifier").content)
  }),
  "2.5.29.15": (value) => ({ KeyUsage: bitMask(expectTag(readDer(value), Tag.bitString, "key usage").content) }),
  "2.5.29.17": subjectAltName,
  "2.5.29.19": basicConstraints,
  "2.5.29.30": nameConstraints,
  "2.5.29.31": distributionPoints,
  "2.5.29.32": policies,
  "2.5.29.33": policyMappings,
  "2.5.29.35": (value) => {
    const [id] = context(sequence(value, "authority key identifier"), 0)
    return { AuthorityKeyId: id === undefined ? null : base64(id.content) }
  },
  "2.5.29.36": policyConstraints,
  "2.5.29.37": extendedKeyUsage,
  "2.5.29.54": inhibitAnyPolicy,
  "1.3.6.1.5.5.7.1.1": authorityAccess
}

/** The fields that extensions fill; critical ones that Go does not know are listed. Throws `Malformed`. */
export const extensionFields = (extensions: ReadonlyArray<RawExtension>): Fields => {
  const unhandled = extensions.filter(({ critical, oid }) => critical && !Object.hasOwn(readers, oid))
  const fields: Record<string, Value> = {}
  for (const { critical, oid, value } of extensions) {
    for (const [name, field] of Object.entries(readers[oid]?.(value) ?? {})) fields[name] = field
    if (oid === "2.5.29.30") fields["PermittedDNSDomainsCritical"] = critical
  }
  return {
    ...fields,
    Extensions: nullIfEmpty(
      extensions.map(({ critical, oid, value }) =>
        record({ Id: oidNumbers(oid), Critical: critical, Value: base64(value) })
      )
    ),
    UnhandledCriticalExtensions: nullIfEmpty(unhandled.map(({ oid }) => oidNumbers(oid)))
  }
}
