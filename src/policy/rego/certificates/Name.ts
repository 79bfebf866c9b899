/** Distinguished names as Go's `pkix.Name` shows them in JSON. */
import { type DerNode, expectTag, malformed, oidOf, Tag } from "../../../access/Der.ts"
import { record } from "../values/Collections.ts"
import type { RegoObject, Value } from "../values/Value.ts"
import { nullIfEmpty, oidNumbers } from "./Fields.ts"

interface Attribute {
  readonly oid: string
  readonly text: string
}

const lists: Readonly<Record<string, string>> = {
  "2.5.4.6": "Country",
  "2.5.4.10": "Organization",
  "2.5.4.11": "OrganizationalUnit",
  "2.5.4.7": "Locality",
  "2.5.4.8": "Province",
  "2.5.4.9": "StreetAddress",
  "2.5.4.17": "PostalCode"
}

const singles: Readonly<Record<string, string>> = { "2.5.4.5": "SerialNumber", "2.5.4.3": "CommonName" }

/** The text of a directory string. */
const textOf = (node: DerNode): string => {
  const bytes = Buffer.from(node.content)
  if (node.tag === Tag.bmpString)
    return bytes
      .subarray(0, bytes.length & ~1)
      .swap16()
      .toString("utf16le")
  return node.tag === Tag.utf8String ? bytes.toString("utf8") : bytes.toString("latin1")
}

const attributesOf = (node: DerNode | undefined): ReadonlyArray<Attribute> =>
  expectTag(node, Tag.sequence, "name").children.flatMap((set) =>
    expectTag(set, Tag.set, "name").children.map((pair) => {
      const [type, value] = expectTag(pair, Tag.sequence, "name").children
      return value === undefined
        ? malformed("malformed name")
        : { oid: oidOf(type, "attribute type"), text: textOf(value) }
    })
  )

/** A name. Throws `Malformed`. */
export const nameValue = (node: DerNode | undefined): RegoObject => {
  const attributes = attributesOf(node)
  const all = (oid: string): Value =>
    nullIfEmpty(attributes.filter((attribute) => attribute.oid === oid).map(({ text }) => text))
  const last = (oid: string): Value => attributes.findLast((attribute) => attribute.oid === oid)?.text ?? ""
  return record({
    ...Object.fromEntries(Object.entries(lists).map(([oid, field]) => [field, all(oid)])),
    ...Object.fromEntries(Object.entries(singles).map(([oid, field]) => [field, last(oid)])),
    Names: nullIfEmpty(attributes.map(({ oid, text }) => record({ Type: oidNumbers(oid), Value: text }))),
    ExtraNames: null
  })
}
