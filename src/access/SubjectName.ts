/**
 * A certificate's subject as log lines show it (docs/compatibility/credentials.md, 10.3): fixed order of the common
 * attributes whatever their order in the certificate, then the others, last first, as `oid=#hex`.
 */
import type { Subject } from "./PeerCertificate.ts"

const named = [
  { oid: "2.5.4.5", label: "SERIALNUMBER", single: true },
  { oid: "2.5.4.3", label: "CN", single: true },
  { oid: "2.5.4.11", label: "OU", single: false },
  { oid: "2.5.4.10", label: "O", single: false },
  { oid: "2.5.4.17", label: "POSTALCODE", single: false },
  { oid: "2.5.4.9", label: "STREET", single: false },
  { oid: "2.5.4.7", label: "L", single: false },
  { oid: "2.5.4.8", label: "ST", single: false },
  { oid: "2.5.4.6", label: "C", single: false }
] as const

/** Besides the Go program's characters, whatever could break a log line is written as RFC 4514's `\0a`. */
const breaking = /[\p{Cc}\p{Zl}\p{Zp}]/u

const escapeValue = (text: string): string => {
  const characters = Array.from(text)
  const last = characters.length - 1
  const escaped = characters.map((character, index) => {
    if (breaking.test(character)) return Buffer.from(character).toString("hex").replace(/../g, "\\$&")
    const edge = (character === " " && (index === 0 || index === last)) || (character === "#" && index === 0)
    return edge || ',+"\\<>;'.includes(character) ? `\\${character}` : character
  })
  return escaped.join("")
}

/** The value encoded once more, as Go does: a PrintableString where its characters allow it, else a UTF8String. */
const hexOf = (text: string): string => {
  const content = Buffer.from(text)
  const tag = /^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text) ? 0x13 : 0x0c
  const size = content.length.toString(16)
  const bytes = size.padStart(size.length + (size.length % 2), "0")
  const length = content.length < 0x80 ? [content.length] : [0x80 | (bytes.length / 2), ...Buffer.from(bytes, "hex")]
  return Buffer.concat([Buffer.from([tag, ...length]), content]).toString("hex")
}

const written = new WeakMap<Subject, string>()

/** The subject in one line; empty for an empty subject. */
export const subjectName = (subject: Subject): string => {
  const known = written.get(subject)
  if (known !== undefined) return known
  const text = write(subject)
  written.set(subject, text)
  return text
}

const write = ({ attributes }: Subject): string => {
  const common = named.flatMap(({ oid, label, single }) => {
    const values = attributes.filter((attribute) => attribute.oid === oid).map(({ text }) => text)
    const shown = single ? values.slice(-1).filter((value) => value !== "") : values
    return shown.length === 0 ? [] : [shown.map((value) => `${label}=${escapeValue(value)}`).join("+")]
  })
  const others = attributes.filter(({ oid }) => named.every((known) => known.oid !== oid))
  return [...common, ...others.toReversed().map(({ oid, text }) => `${oid}=#${hexOf(text)}`)].join(",")
}
