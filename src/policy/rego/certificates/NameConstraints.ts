/** Name constraints (RFC 5280, section 4.2.1.10) as Go's fields. */
import { type DerNode, expectTag, readDer, Tag, TagClass } from "../../../access/Der.ts"
import { addressText } from "../builtins/IpNetwork.ts"
import { record } from "../values/Collections.ts"
import type { Value } from "../values/Value.ts"
import { base64, nullIfEmpty } from "./Fields.ts"

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString("latin1")

/** A network: the address as text, the mask as bytes. */
const range = ({ content }: DerNode): Value => {
  const half = content.length / 2
  const [address, mask] = [content.subarray(0, half), content.subarray(half)]
  return record({
    IP: addressText(BigInt(`0x0${Buffer.from(address).toString("hex")}`), half * 8),
    Mask: base64(mask)
  })
}

const fieldsOf = (subtrees: DerNode | undefined, kind: "Permitted" | "Excluded"): Readonly<Record<string, Value>> => {
  const bases = (subtrees?.children ?? []).flatMap(({ children: [base] }) => base ?? [])
  const of = (tag: number) => bases.filter((node) => node.tagClass === TagClass.contextSpecific && node.tag === tag)
  const texts = (tag: number) => nullIfEmpty(of(tag).map(({ content }) => text(content)))
  return {
    [`${kind}DNSDomains`]: texts(2),
    [`${kind}EmailAddresses`]: texts(1),
    [`${kind}URIDomains`]: texts(6),
    [`${kind}IPRanges`]: nullIfEmpty(of(7).map(range))
  }
}

/** Throws `Malformed`. */
export const nameConstraints = (value: Uint8Array): Readonly<Record<string, Value>> => {
  const parts = expectTag(readDer(value), Tag.sequence, "name constraints").children
  const part = (tag: number) => parts.find((node) => node.tagClass === TagClass.contextSpecific && node.tag === tag)
  return { ...fieldsOf(part(0), "Permitted"), ...fieldsOf(part(1), "Excluded") }
}
