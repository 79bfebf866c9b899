/** The names of a certificate's subject alternative name extension. */
import { type DerNode, expectTag, malformed, readDer, Tag, TagClass } from "./Der.ts"
import { asciiText } from "./DirectoryString.ts"
import { formatIpAddress } from "./IpAddress.ts"
import { lowerScheme, uriProblem } from "./UriText.ts"

export interface SubjectAltNames {
  readonly dnsNames: ReadonlyArray<string>
  /** Canonical text; IPv4-mapped IPv6 addresses as IPv4. */
  readonly ipAddresses: ReadonlyArray<string>
  /** As written in the certificate, but for the scheme: that is in lower case (RFC 3986, section 3.1). */
  readonly uris: ReadonlyArray<string>
  readonly emailAddresses: ReadonlyArray<string>
}

const kind = { email: 1, dns: 2, uri: 6, ip: 7 } as const

const uriText = (name: DerNode): string => {
  const text = asciiText(name.content, "URI in the subject alternative names")
  const problem = uriProblem(text)
  return problem === undefined ? lowerScheme(text) : malformed(`cannot parse URI ${JSON.stringify(text)}: ${problem}`)
}

const primitive = (name: DerNode) => (name.constructed ? malformed("malformed subject alternative name") : name)

/** Reads the extension's value. Kinds of names that no rule uses are skipped. Throws `Malformed`. */
export const readSubjectAltNames = (extension: Uint8Array): SubjectAltNames => {
  const names = expectTag(readDer(extension), Tag.sequence, "subject alternative names").children
  const outside = names.some((name) => name.tagClass !== TagClass.contextSpecific)
  if (outside) return malformed("malformed subject alternative names")
  const of = (tag: number) => names.filter((name) => name.tag === tag).map(primitive)
  return {
    dnsNames: of(kind.dns).map((name) => asciiText(name.content, "DNS name in the subject alternative names")),
    ipAddresses: of(kind.ip).map(
      (name) => formatIpAddress(name.content) ?? malformed(`IP address of length ${name.content.length}`)
    ),
    uris: of(kind.uri).map(uriText),
    emailAddresses: of(kind.email).map((name) => asciiText(name.content, "e-mail in the subject alternative names"))
  }
}
