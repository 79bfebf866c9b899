/**
 * Reads tar archives (POSIX ustar, pax and GNU long names) from memory: regular files only. Links, devices and
 * directories are skipped; nothing is written anywhere. Each header's checksum, each size and each path is checked.
 */
import { Result } from "effect"
import { limits, sizeText } from "./Limits.ts"
import { type Member, memberPath } from "./Member.ts"

const block = 512

/** Never leaves this file. */
class TarError extends Error {}

const fail = (message: string): never => {
  throw new TarError(message)
}

const invalid = "archive/tar: invalid tar header"

/** A field up to its first NUL, as UTF-8. */
const textOf = (field: Uint8Array): string => {
  const end = field.indexOf(0)
  return Buffer.from(end < 0 ? field : field.subarray(0, end)).toString("utf8")
}

/** An octal field, or GNU's binary one, whose first byte has its highest bit set. */
const numberOf = (field: Uint8Array): number => {
  if (((field[0] ?? 0) & 0x80) !== 0) {
    const value = field.subarray(1).reduce((sum, byte) => sum * 256 + byte, (field[0] ?? 0) & 0x7f)
    return Number.isSafeInteger(value) ? value : fail(invalid)
  }
  const text = textOf(field).trim()
  return /^[0-7]*$/.test(text) ? Number.parseInt(text === "" ? "0" : text, 8) : fail(invalid)
}

/** The sum of a header's bytes with its checksum field taken as blanks. */
const checksum = (header: Uint8Array): number =>
  header.reduce((sum, byte, index) => sum + (index >= 148 && index < 156 ? 32 : byte), 0)

interface Header {
  readonly name: string
  readonly size: number
  readonly type: string
}

const headerOf = (header: Uint8Array): Header => {
  if (numberOf(header.subarray(148, 156)) !== checksum(header)) return fail(invalid)
  const isPosix = textOf(header.subarray(257, 263)) === "ustar"
  const prefix = isPosix ? textOf(header.subarray(345, 500)) : ""
  const name = textOf(header.subarray(0, 100))
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    size: numberOf(header.subarray(124, 136)),
    type: String.fromCharCode(header[156] ?? 0)
  }
}

/** The records of a pax header: `LENGTH KEY=VALUE\n`, where the length counts the whole record. */
const paxRecords = (body: Uint8Array): ReadonlyMap<string, string> => {
  const records = new Map<string, string>()
  for (let at = 0; at < body.length; ) {
    const space = body.indexOf(32, at)
    const digits = space < 0 ? "" : Buffer.from(body.subarray(at, Math.min(space, at + 10))).toString("latin1")
    const length = /^[1-9]\d*$/.test(digits) ? Number(digits) : 0
    const end = at + length
    const equals = body.indexOf(61, space)
    if (length === 0 || end > body.length || body[end - 1] !== 10 || equals < 0 || equals >= end) return fail(invalid)
    const part = (from: number, to: number) => Buffer.from(body.subarray(from, to)).toString("utf8")
    records.set(part(space + 1, equals), part(equals + 1, end - 1))
    at = end
  }
  return records
}

const isRegular = (type: string): boolean => type === "0" || type === "\0" || type === "7"

const paxSize = (text: string): number => (/^\d{1,15}$/.test(text) ? Number(text) : fail(invalid))

const read = (archive: Uint8Array): ReadonlyArray<Member> => {
  const members = new Map<string, Member>()
  let entries = 0
  let longName: string | undefined
  let pax: ReadonlyMap<string, string> = new Map()
  for (let at = 0; at < archive.length; ) {
    const raw = archive.subarray(at, at + block)
    if (raw.length < block) return fail("unexpected EOF")
    at += block
    // Archives end with blocks of zeroes.
    if (raw.every((byte) => byte === 0)) break
    if (++entries > limits.members) return fail(`more than ${limits.members} entries`)
    const header = headerOf(raw)
    const isExtension = header.type === "x" || header.type === "g" || header.type === "L" || header.type === "K"
    const size = isExtension ? header.size : paxSize(pax.get("size") ?? String(header.size))
    if (size > archive.length - at) return fail("unexpected EOF")
    const body = archive.subarray(at, at + size)
    at += Math.ceil(size / block) * block
    if (isExtension) {
      if (size > limits.path * 8) return fail(invalid)
      if (header.type === "L") longName = textOf(body)
      if (header.type === "x") pax = paxRecords(body)
      continue
    }
    const name = pax.get("path") ?? longName ?? header.name
    const isSparse = [...pax.keys()].some((key) => key.startsWith("GNU.sparse."))
    longName = undefined
    pax = new Map()
    if (!isRegular(header.type)) continue
    const path = memberPath(name) ?? fail(`${JSON.stringify(name)} is no path inside a bundle`)
    if (isSparse) return fail(`${JSON.stringify(path)} is stored as a sparse file`)
    if (members.has(path)) return fail(`${JSON.stringify(path)} occurs twice`)
    if (size > limits.member) return fail(`${JSON.stringify(path)} is larger than ${sizeText(limits.member)}`)
    members.set(path, { path, bytes: body })
  }
  return [...members.values()]
}

/** The regular files of an archive, in its order. The failure is one sentence. */
export const readTar = (archive: Uint8Array): Result.Result<ReadonlyArray<Member>, string> => {
  try {
    return Result.succeed(read(archive))
  } catch (cause) {
    if (cause instanceof TarError) return Result.fail(cause.message)
    throw cause
  }
}
