/** Built-ins over IP networks in CIDR notation. */
import { any, anyObject, arrayOf, boolean, oneOf, setOfType, string, tuple } from "../Type.ts"
import { setOf } from "../values/Collections.ts"
import { isArray, isObject, isSet, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { addressText, type Network, parseAddress, parseNetwork } from "./IpNetwork.ts"
import { Operands } from "./Operands.ts"

const lastOf = ({ address, bits, prefix }: Network): bigint => address | ((1n << BigInt(bits - prefix)) - 1n)

const holds = (outer: Network, inner: Network): boolean =>
  outer.bits === inner.bits && outer.address <= inner.address && lastOf(inner) <= lastOf(outer)

/** A network, or an address as the network of itself. */
const networkOf = (operands: Operands, text: string): Network => {
  const address = text.includes("/") ? undefined : parseAddress(text)
  if (address !== undefined) return { ...address, prefix: address.bits }
  return parseNetwork(text) ?? operands.fail(`not a valid textual representation of an IP address or CIDR: ${text}`)
}

const cidr = (operands: Operands, text: string): Network =>
  parseNetwork(text) ?? operands.fail(`invalid CIDR address: ${text}`)

const contains = (name: string): Builtin =>
  define(name, [string, string], boolean, (args) => {
    const operands = new Operands(name, args)
    return holds(cidr(operands, operands.string(1)), networkOf(operands, operands.string(2)))
  })

/** The networks of an operand, each with what stands for it in results. */
const named = (operands: Operands, position: number): ReadonlyArray<readonly [name: Value, text: string]> => {
  const value = operands.value(position)
  const textOf = (element: Value): string => {
    const text = isArray(element) ? element[0] : element
    return typeof text === "string"
      ? text
      : operands.fail(`operand ${position}: element must be string or non-empty array`)
  }
  if (typeof value === "string") return [[value, value]]
  if (isArray(value)) return value.map((element, index) => [index, textOf(element)] as const)
  if (isSet(value)) return value.sorted().map((element) => [element, textOf(element)] as const)
  if (isObject(value)) return value.sorted().map(([key, element]) => [key, textOf(element)] as const)
  return operands.wrong(position, "one of {string, array, set, object}")
}

const containsMatches = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("net.cidr_contains_matches", args)
  const outer = named(operands, 1).map(([name, text]) => [name, cidr(operands, text)] as const)
  const inner = named(operands, 2).map(([name, text]) => [name, networkOf(operands, text)] as const)
  context.budget.spend(outer.length * inner.length)
  return setOf(
    outer.flatMap(([left, network]) =>
      inner.filter(([, other]) => holds(network, other)).map(([right]): Value => [left, right])
    )
  )
}

const expand = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("net.cidr_expand", args)
  const network = cidr(operands, operands.string(1))
  const count = 2 ** (network.bits - network.prefix)
  context.budget.allocate(count)
  context.budget.spend(count)
  return setOf(Array.from({ length: count }, (_, index) => addressText(network.address + BigInt(index), network.bits)))
}

/** The fewest networks that hold exactly the addresses from first to last. */
const cover = (first: bigint, last: bigint, bits: number): ReadonlyArray<Network> => {
  const networks: Array<Network> = []
  for (let address = first; address <= last; ) {
    let size = 0
    while (size < bits && (address & (1n << BigInt(size))) === 0n && address + (1n << BigInt(size + 1)) - 1n <= last)
      size++
    networks.push({ address, bits, prefix: bits - size })
    address += 1n << BigInt(size)
  }
  return networks
}

/** The network that an IPv4 address belongs to by its class (RFC 791). */
const classful = (operands: Operands, text: string): Network => {
  const first = Number(text.split(".")[0])
  const prefix = first < 128 ? 8 : first < 192 ? 16 : 24
  const network = first < 224 ? parseNetwork(`${text}/${prefix}`) : undefined
  return network ?? operands.fail(`invalid CIDR address: ${text}`)
}

const merge = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("net.cidr_merge", args)
  const networks = operands.members(1, "one of {set, array}").map((element) => {
    if (typeof element !== "string") return operands.fail("element must be string")
    if (!element.includes("/") && parseAddress(element)?.bits === 128) {
      return operands.fail("IPv6 invalid: needs prefix length")
    }
    return element.includes("/") ? cidr(operands, element) : classful(operands, element)
  })
  context.budget.spend(networks.length)
  const merged: Array<Value> = []
  for (const bits of [32, 128]) {
    const ranges: Array<{ readonly first: bigint; last: bigint }> = []
    const sorted = networks.filter((network) => network.bits === bits)
    sorted.sort((a, b) => (a.address < b.address ? -1 : a.address > b.address ? 1 : a.prefix - b.prefix))
    for (const network of sorted) {
      const open = ranges.at(-1)
      const last = lastOf(network)
      if (open === undefined || network.address > open.last + 1n) ranges.push({ first: network.address, last })
      else if (last > open.last) open.last = last
    }
    for (const { first, last } of ranges) {
      for (const { address, prefix } of cover(first, last, bits)) merged.push(`${addressText(address, bits)}/${prefix}`)
    }
  }
  return setOf(merged)
}

const networks = oneOf(string, arrayOf(oneOf(string, arrayOf(any))), setOfType(oneOf(string, arrayOf(any))), anyObject)

export const nets: ReadonlyArray<Builtin> = [
  contains("net.cidr_contains"),
  contains("net.cidr_overlap"),
  define("net.cidr_intersects", [string, string], boolean, (args) => {
    const operands = new Operands("net.cidr_intersects", args)
    const [left, right] = [cidr(operands, operands.string(1)), cidr(operands, operands.string(2))]
    return holds(left, right) || holds(right, left)
  }),
  define("net.cidr_is_valid", [any], boolean, ([text]) => typeof text === "string" && parseNetwork(text) !== undefined),
  define("net.cidr_contains_matches", [networks, networks], setOfType(tuple(any, any)), containsMatches),
  define("net.cidr_expand", [string], setOfType(string), expand),
  define("net.cidr_merge", [oneOf(arrayOf(string), setOfType(string))], setOfType(string), merge)
]
