/** The text of a name's attribute in any of the string types X.509 knows. */
import { type DerNode, malformed, Tag, TagClass } from "./Der.ts"

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })
const latin1 = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")

const bmp = (bytes: Uint8Array): string => {
  if (bytes.length % 2 !== 0) return malformed("invalid BMPString")
  const units = Array.from({ length: bytes.length / 2 }, (_, i) => ((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0))
  const unassignable = (unit: number) => (unit >= 0xd800 && unit <= 0xdfff) || (unit >= 0xfdd0 && unit <= 0xfdef)
  if (units.some((unit) => unassignable(unit) || unit >= 0xfffe)) return malformed("invalid BMPString")
  return units.map((unit) => String.fromCharCode(unit)).join("")
}

const checked = (bytes: Uint8Array, allowed: RegExp, type: string): string => {
  const text = latin1(bytes)
  return allowed.test(text) ? text : malformed(`invalid ${type}`)
}

const ascii = /^[\0-\x7f]*$/
const printable = /^[A-Za-z0-9 '()+,\-./:=?*&]*$/
const numeric = /^[0-9 ]*$/

/** Text of ASCII characters alone. Throws `Malformed`. */
export const asciiText = (bytes: Uint8Array, what: string): string => checked(bytes, ascii, what)

/** An attribute's text. Throws `Malformed` for other types and for bytes that the type does not allow. */
export const directoryText = (node: DerNode): string => {
  if (node.tagClass !== TagClass.universal || node.constructed) return malformed("invalid attribute value")
  switch (node.tag) {
    case Tag.utf8String:
      try {
        return utf8.decode(node.content)
      } catch {
        return malformed("invalid UTF-8 string")
      }
    case Tag.printableString:
      return checked(node.content, printable, "PrintableString")
    case Tag.ia5String:
      return checked(node.content, ascii, "IA5String")
    case Tag.numericString:
      return checked(node.content, numeric, "NumericString")
    case Tag.t61String:
      return latin1(node.content)
    case Tag.bmpString:
      return bmp(node.content)
    default:
      return malformed("unsupported string type in a name")
  }
}
