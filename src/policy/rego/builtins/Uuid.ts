/** UUIDs (RFC 9562): what one says, and random ones that are the same throughout an evaluation. */
import { anyObject, string } from "../Type.ts"
import { record } from "../values/Collections.ts"
import { fromBigInt } from "../values/Decimal.ts"
import type { Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

const plain = /^[0-9a-f]{32}$/i
const dashed = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

const bytesOf = (text: string): Buffer | undefined => {
  const bare = /^urn:uuid:/i.test(text) ? text.slice(9) : /^\{.*\}$/s.test(text) ? text.slice(1, -1) : text
  if (dashed.test(bare)) return Buffer.from(bare.replaceAll("-", ""), "hex")
  return bare === text && plain.test(bare) ? Buffer.from(bare, "hex") : undefined
}

const variantOf = (octet: number): string => {
  if ((octet & 0xc0) === 0x80) return "RFC4122"
  if ((octet & 0xe0) === 0xc0) return "Microsoft"
  return (octet & 0xe0) === 0xe0 ? "Future" : "Reserved"
}

/** 100 ns intervals between 15 October 1582 and 1970. */
const gregorianStart = 0x01b21dd213814000n

const domains = ["Person", "Group", "Org"]

const node = (bytes: Buffer): string =>
  [...bytes.subarray(10)].map((byte) => byte.toString(16).padStart(2, "0")).join("-")

const macVariables = (octet: number): string =>
  `${(octet & 2) === 0 ? "global" : "local"}:${(octet & 1) === 0 ? "unicast" : "multicast"}`

/** What time-based UUIDs say beside version and variant. */
const timeBased = (bytes: Buffer, version: number): Readonly<Record<string, Value>> => {
  const ticks =
    (BigInt(bytes.readUInt16BE(6) & 0x0fff) << 48n) |
    (BigInt(bytes.readUInt16BE(4)) << 32n) |
    BigInt(bytes.readUInt32BE(0))
  const common = {
    time: fromBigInt((ticks - gregorianStart) * 100n),
    nodeid: node(bytes),
    macvariables: macVariables(bytes[10] ?? 0),
    clocksequence: bytes.readUInt16BE(8) & 0x3fff
  }
  if (version === 1) return common
  const domain = bytes[9] ?? 0
  return { ...common, id: bytes.readUInt32BE(0), domain: domains[domain] ?? `Domain${domain}` }
}

const parse = ([text]: ReadonlyArray<Value>): Value | undefined => {
  const bytes = typeof text === "string" ? bytesOf(text) : undefined
  if (bytes === undefined) return undefined
  const version = (bytes[6] ?? 0) >> 4
  const timed = version === 1 || version === 2 ? timeBased(bytes, version) : {}
  return record({ version, variant: variantOf(bytes[8] ?? 0), ...timed })
}

const random = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const key = new Operands("uuid.rfc4122", args).string(1)
  return context.once("uuid.rfc4122", key, () => {
    const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(context.random() * 256)))
    bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40
    bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80
    const hex = bytes.toString("hex")
    return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-")
  })
}

export const uuids: ReadonlyArray<Builtin> = [
  define("uuid.parse", [string], anyObject, parse),
  define("uuid.rfc4122", [string], string, random)
]
