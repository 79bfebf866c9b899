/** IP addresses as certificates and rules carry them; an IPv4-mapped IPv6 address is its IPv4 address. */
import { isIPv4, isIPv6 } from "node:net"

const mappedPrefix = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]

const groupBytes = (part: string): ReadonlyArray<number> =>
  part === ""
    ? []
    : part.split(":").flatMap((group) => {
        if (group.includes(".")) return group.split(".").map(Number)
        const value = Number.parseInt(group, 16)
        return [value >> 8, value & 0xff]
      })

/** The bytes of an address, 4 or 16; undefined when it is none. */
export const ipAddressBytes = (text: string): ReadonlyArray<number> | undefined => {
  if (isIPv4(text)) return text.split(".").map(Number)
  if (!isIPv6(text) || text.includes("%")) return undefined
  const [head = "", tail] = text.split("::")
  const front = groupBytes(head)
  if (tail === undefined) return front
  const back = groupBytes(tail)
  return [...front, ...new Array<number>(Math.max(0, 16 - front.length - back.length)).fill(0), ...back]
}

/** The canonical text of an address of 4 or 16 bytes; undefined for any other length. */
export const formatIpAddress = (bytes: ArrayLike<number>): string | undefined => {
  const all = Array.from(bytes)
  if (all.length === 4) return all.join(".")
  if (all.length !== 16) return undefined
  if (mappedPrefix.every((byte, index) => all[index] === byte)) return all.slice(12).join(".")
  const groups = Array.from({ length: 8 }, (_, index) => ((all[2 * index] ?? 0) << 8) | (all[2 * index + 1] ?? 0))
  const zeros = longestZeros(groups)
  const hex = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(":")
  return zeros.length < 2 ? hex(0, 8) : `${hex(0, zeros.start)}::${hex(zeros.start + zeros.length, 8)}`
}

const longestZeros = (groups: ReadonlyArray<number>) => {
  let best = { start: 0, length: 0 }
  let start = 0
  for (const [index, group] of groups.entries()) {
    if (group !== 0) start = index + 1
    else if (index + 1 - start > best.length) best = { start, length: index + 1 - start }
  }
  return best
}

/** The canonical text of an address; undefined when it is none. Zones are not addresses. */
export const canonicalIpAddress = (text: string): string | undefined => {
  const bytes = ipAddressBytes(text)
  return bytes === undefined ? undefined : formatIpAddress(bytes)
}
