/**
 * Name constraints (RFC 5280, section 4.2.1.10), read as strictly as the Go program does. OpenSSL applies them to a path's
 * names; here they are applied to what OpenSSL does not see: the host that is dialled, and wildcards.
 */
import { type DerNode, expectTag, malformed, readDer, Tag, TagClass } from "./Der.ts"
import { asciiText } from "./DirectoryString.ts"
import { canonicalIpAddress, ipAddressBytes } from "./IpAddress.ts"
import type { Extension } from "./PeerCertificate.ts"
import type { SubjectAltNames } from "./SubjectAltName.ts"

/** Constraints on one side, permitted or excluded. */
export interface Subtrees {
  /** Lower case; a leading dot demands a subdomain. */
  readonly dnsNames: ReadonlyArray<string>
  /** Address and mask, 8 or 32 bytes. */
  readonly ipRanges: ReadonlyArray<Uint8Array>
}

export interface NameConstraints {
  readonly permitted: Subtrees
  readonly excluded: Subtrees
  /** Tags of the kinds of names that are constrained. */
  readonly kinds: ReadonlySet<number>
  /** Constraints of all kinds. */
  readonly count: number
  /** It is critical and has constraints of a kind that is not applied. */
  readonly unsupported: boolean
}

const kind = { email: 1, dns: 2, directory: 4, uri: 6, ip: 7 } as const
const applied: ReadonlySet<number> = new Set(Object.values(kind))

const isDomain = (text: string): boolean =>
  text.length <= 253 && text.split(".").every((label) => /^[\x21-\x2d\x2f-\x7e]{1,63}$/.test(label))

const domain = (text: string, what: string): string => {
  const bare = text.startsWith(".") ? text.slice(1) : text
  return bare === "" && text === ""
    ? text
    : isDomain(bare)
      ? text.toLowerCase()
      : malformed(`invalid ${what} constraint`)
}

const dnsName = (content: Uint8Array): string => {
  const text = asciiText(content, "DNS name constraint")
  return text.endsWith(".") ? malformed("invalid DNS name constraint") : domain(text, "DNS name")
}

const isMask = (mask: Uint8Array): boolean =>
  /^1*0*$/.test([...mask].map((byte) => byte.toString(2).padStart(8, "0")).join(""))

const ipRange = (content: Uint8Array): Uint8Array => {
  const half = content.length / 2
  const wellFormed = (content.length === 8 || content.length === 32) && isMask(content.subarray(half))
  return wellFormed ? content.slice() : malformed("invalid IP address constraint")
}

const checkEmail = (content: Uint8Array): void => {
  const text = asciiText(content, "e-mail constraint")
  const at = text.lastIndexOf("@")
  if (at === 0) malformed("invalid e-mail constraint")
  domain(text.slice(at + 1), "e-mail")
}

const checkUri = (content: Uint8Array): void => {
  const text = asciiText(content, "URI constraint")
  const isAddress = canonicalIpAddress(text) !== undefined || text.startsWith("[")
  if (isAddress) malformed("invalid URI constraint")
  domain(text, "URI")
}

const readSubtrees = (side: DerNode | undefined) => {
  const names = (side?.children ?? []).map((subtree) => {
    const [name] = expectTag(subtree, Tag.sequence, "name constraints").children
    return name !== undefined && name.tagClass === TagClass.contextSpecific
      ? name
      : malformed("malformed name constraints")
  })
  const of = (tag: number) => names.filter((name) => name.tag === tag)
  of(kind.email).forEach(({ content }) => void checkEmail(content))
  of(kind.uri).forEach(({ content }) => void checkUri(content))
  return {
    subtrees: {
      dnsNames: of(kind.dns).map(({ content }) => dnsName(content)),
      ipRanges: of(kind.ip).map(({ content }) => ipRange(content))
    },
    kinds: names.map(({ tag }) => tag),
    count: names.length,
    unsupported: names.some(({ tag }) => !applied.has(tag))
  }
}

/** Reads the extension. Throws `Malformed`. */
export const readNameConstraints = ({ critical, value }: Extension): NameConstraints => {
  const sides = expectTag(readDer(value), Tag.sequence, "name constraints").children
  const tags = sides.map(({ constructed, tag, tagClass }) =>
    tagClass === TagClass.contextSpecific && constructed ? tag : -1
  )
  const ordered = tags.every((tag, index) => (tag === 0 || tag === 1) && (index === 0 || tag > (tags[0] ?? 0)))
  const permitted = readSubtrees(sides.find(({ tag }) => tag === 0))
  const excluded = readSubtrees(sides.find(({ tag }) => tag === 1))
  const count = permitted.count + excluded.count
  if (!ordered || count === 0) return malformed("invalid name constraints")
  return {
    permitted: permitted.subtrees,
    excluded: excluded.subtrees,
    kinds: new Set([...permitted.kinds, ...excluded.kinds]),
    count,
    unsupported: critical && (permitted.unsupported || excluded.unsupported)
  }
}

const matchesDomain = (host: string, constraint: string): boolean => {
  if (constraint === "") return true
  if (constraint.startsWith(".")) return host.endsWith(constraint) && host.length > constraint.length
  return host === constraint || host.endsWith(`.${constraint}`)
}

/** An excluded domain that names of this pattern reach into: one below it, or one of the names the wildcard stands for. */
const reaches = (pattern: string, excluded: string): boolean => {
  if (!pattern.startsWith("*.")) return matchesDomain(pattern, excluded)
  const base = pattern.slice(2)
  const bare = excluded.startsWith(".") ? excluded.slice(1) : excluded
  const [, ...above] = bare.split(".")
  return matchesDomain(base, excluded) || base === bare || above.join(".") === base
}

const inRange = (bytes: ReadonlyArray<number>, range: Uint8Array): boolean =>
  range.length === 2 * bytes.length &&
  bytes.every((byte, index) => {
    const mask = range[bytes.length + index] ?? 0
    return (byte & mask) === ((range[index] ?? 0) & mask)
  })

/** Why these constraints do not let a host be dialled by this name or address; undefined when they do. */
export const hostViolation = ({ excluded, permitted }: NameConstraints, host: string): string | undefined => {
  const address = canonicalIpAddress(/^\[.+\]$/.test(host) ? host.slice(1, -1) : host)
  const bytes = address === undefined ? undefined : ipAddressBytes(address)
  if (bytes !== undefined) {
    if (excluded.ipRanges.some((range) => inRange(bytes, range))) return `"${host}" is excluded`
    const allowed = permitted.ipRanges.length === 0 || permitted.ipRanges.some((range) => inRange(bytes, range))
    return allowed ? undefined : `"${host}" is not permitted`
  }
  const name = host.toLowerCase().replace(/\.$/, "")
  const forbidding = excluded.dnsNames.find((constraint) => matchesDomain(name, constraint))
  if (forbidding !== undefined) return `"${host}" is excluded by "${forbidding}"`
  const allowed = permitted.dnsNames.length === 0 || permitted.dnsNames.some((each) => matchesDomain(name, each))
  return allowed ? undefined : `"${host}" is not permitted`
}

/** A DNS name that reaches into an excluded domain, wildcards included; undefined for none. */
export const excludedName = ({ excluded }: NameConstraints, dnsNames: ReadonlyArray<string>): string | undefined =>
  excluded.dnsNames.length === 0
    ? undefined
    : dnsNames.find((name) => excluded.dnsNames.some((constraint) => reaches(name.toLowerCase(), constraint)))

const isMailbox = (text: string): boolean => {
  const at = text.lastIndexOf("@")
  const local = text.slice(0, at)
  const quoted = /^"[^"\\]*"$/.test(local)
  return at > 0 && (quoted || /^[\w!#$%&'*+/=?^`{|}~.-]+$/.test(local)) && isDomain(text.slice(at + 1))
}

/** A name that cannot be compared with these constraints; undefined for none. */
export const malformedName = (
  { kinds }: NameConstraints,
  { dnsNames, emailAddresses }: Pick<SubjectAltNames, "dnsNames" | "emailAddresses">
): string | undefined => {
  const name =
    (kinds.has(kind.dns) ? dnsNames.find((each) => !isDomain(each.replace(/\.$/, ""))) : undefined) ??
    (kinds.has(kind.email) ? emailAddresses.find((each) => !isMailbox(each)) : undefined)
  return name === undefined ? undefined : JSON.stringify(name.slice(0, 100))
}
