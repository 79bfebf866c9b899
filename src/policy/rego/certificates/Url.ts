/** URIs as Go's `net/url` takes them apart. */
import { record } from "../values/Collections.ts"
import type { RegoObject, Value } from "../values/Value.ts"

const syntax = /^(?:([a-zA-Z][a-zA-Z0-9+.-]*):)?(.*?)(?:\?([^#]*))?(?:#(.*))?$/s

const unescaped = (text: string): string => {
  const bytes = Buffer.from(text).toString("latin1")
  const raw = bytes.replace(/%([0-9a-fA-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(raw, "latin1").toString()
}

const escaped = (text: string, safe: RegExp): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const character = String.fromCharCode(byte)
      return byte < 0x80 && safe.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`
    })
    .join("")

const inPath = /[\w\-.~$&+,/:;=@]/
const inFragment = /[\w\-.~$&+,/:;=@?!()*]/

/** What is kept beside the decoded text: nothing when writing it out again gives the same. */
const rawUnlessUsual = (raw: string, safe: RegExp): string => (escaped(unescaped(raw), safe) === raw ? "" : raw)

/** The fields of Go's `url.URL`. */
export const urlValue = (text: string): RegoObject => {
  const [, scheme = "", rest = "", query, fragment = ""] = syntax.exec(text) ?? []
  const opaque = scheme !== "" && !rest.startsWith("/")
  const authority = !opaque && rest.startsWith("//") ? (/^\/\/([^/]*)/.exec(rest)?.[1] ?? "") : undefined
  const path = opaque ? "" : authority === undefined ? rest : rest.slice(2 + authority.length)
  const at = authority?.lastIndexOf("@") ?? -1
  const user: Value = at < 0 ? null : record({})
  return record({
    Scheme: scheme.toLowerCase(),
    Opaque: opaque ? rest : "",
    User: user,
    Host: unescaped(authority?.slice(at + 1) ?? ""),
    Path: unescaped(path),
    RawPath: rawUnlessUsual(path, inPath),
    RawQuery: query ?? "",
    Fragment: unescaped(fragment),
    RawFragment: rawUnlessUsual(fragment, inFragment),
    ForceQuery: query === "",
    OmitHost: false
  })
}
