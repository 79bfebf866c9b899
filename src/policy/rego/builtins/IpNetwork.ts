/** IP addresses and networks as numbers. */
import { isIPv4, isIPv6 } from "node:net"

export interface Address {
  readonly address: bigint
  /** 32 or 128. */
  readonly bits: number
}

export interface Network extends Address {
  readonly prefix: number
}

const ipv4 = (text: string): bigint => text.split(".").reduce((value, part) => (value << 8n) | BigInt(part), 0n)

const groups = (text: string): ReadonlyArray<bigint> =>
  text === ""
    ? []
    : text.split(":").flatMap((group) => {
        if (!group.includes(".")) return [BigInt(`0x${group}`)]
        const value = ipv4(group)
        return [value >> 16n, value & 0xffffn]
      })

const ipv6 = (text: string): bigint => {
  const [head = "", tail] = text.split("::")
  const [before, after] = [groups(head), tail === undefined ? [] : groups(tail)]
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0n)
  return [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | group, 0n)
}

/** Reads an address; undefined for anything else. */
export const parseAddress = (text: string): Address | undefined => {
  if (isIPv4(text)) return { address: ipv4(text), bits: 32 }
  return isIPv6(text) && !text.includes("%") ? { address: ipv6(text), bits: 128 } : undefined
}

/** Reads a network; bits of the address behind the prefix are dropped. */
export const parseNetwork = (text: string): Network | undefined => {
  const found = /^([^/]+)\/(\d{1,3})$/.exec(text)
  const parsed = parseAddress(found?.[1] ?? "")
  const prefix = Number(found?.[2])
  if (parsed === undefined || prefix > parsed.bits) return undefined
  const host = BigInt(parsed.bits - prefix)
  return { ...parsed, prefix, address: (parsed.address >> host) << host }
}

/** RFC 5952: the longest run of at least two zero groups, the first of equals, becomes `::`. */
const ipv6Text = (address: bigint): string => {
  const parts = Array.from({ length: 8 }, (_, index) => (address >> BigInt(112 - 16 * index)) & 0xffffn)
  let [best, length] = [-1, 1]
  for (let start = 0; start < 8; start++) {
    let end = start
    while (end < 8 && parts[end] === 0n) end++
    if (end - start > length) [best, length] = [start, end - start]
  }
  const hex = parts.map((part) => part.toString(16))
  if (best < 0) return hex.join(":")
  return `${hex.slice(0, best).join(":")}::${hex.slice(best + length).join(":")}`
}

export const addressText = (address: bigint, bits: number): string =>
  bits === 32
    ? [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join(".")
    : address >> 32n === 0xffffn
      ? `::ffff:${addressText(address & 0xffffffffn, 32)}`
      : ipv6Text(address)
