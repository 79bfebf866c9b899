/**
 * What follows the Go program's wording when a certificate does not verify: whose certificate it was, and what to do. Peers
 * choose this text, so it is escaped and bounded; nothing here throws.
 */
import { Result } from "effect"
import { readDer, TagClass } from "./Der.ts"
import { bounded, boundedList } from "./EscapedText.ts"
import type { PeerCertificate, Subject } from "./PeerCertificate.ts"
import { readName } from "./PeerCertificate.ts"
import { subjectName } from "./SubjectName.ts"

/** Characters of a name that are shown. */
const longestName = 200
/** Attributes of a name that are looked at. */
const attributes = 32
/** Names of a certificate that are listed. */
const listed = 5

const written = (name: Subject): string =>
  bounded(
    subjectName(
      name.attributes.length > attributes ? { ...name, attributes: name.attributes.slice(0, attributes) } : name
    ),
    longestName
  ) || "an empty name"

/** The issuer's name; undefined for what is no certificate. */
const issuerOf = (der: Uint8Array): Subject | undefined =>
  Result.getOrUndefined(
    Result.try(() => {
      const fields = readDer(der).children[0]?.children ?? []
      const [first] = fields
      const isVersion = first?.tagClass === TagClass.contextSpecific && first.tag === 0
      return readName(fields[isVersion ? 3 : 2])
    })
  )

/** `presented CN=a, issued by CN=b, without intermediates`: the leaf of a chain that does not verify. */
export const presentedHint = (chain: ReadonlyArray<Uint8Array>, leaf: Pick<PeerCertificate, "subject">): string => {
  const [der, ...others] = chain
  const issuer = der === undefined ? undefined : issuerOf(der)
  const subject = written(leaf.subject)
  const by = issuer === undefined ? "an unreadable issuer" : written(issuer)
  const above =
    others.length === 0
      ? "without intermediates"
      : others.length === 1
        ? "with 1 intermediate"
        : `with ${others.length} intermediates`
  return `presented ${subject}, issued by ${by}, ${above}`
}

/** The names a server's certificate has, and the flag that asks for one of them. */
export const serverNameHint = ({
  dnsNames,
  ipAddresses
}: Pick<PeerCertificate, "dnsNames" | "ipAddresses">): string => {
  const kinds = [
    ["DNS", dnsNames],
    ["IP", ipAddresses]
  ] as const
  const names = kinds.flatMap(([kind, values]) =>
    values.length === 0 ? [] : [`${kind} ${boundedList(values, listed)}`]
  )
  return names.length === 0
    ? "it has no subject alternative name of type DNS or IP: the server needs another certificate"
    : `its names are ${names.join("; ")}: if the server goes by one of them, give that with --override-server-name`
}
