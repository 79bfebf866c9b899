/** Semantic versions (semver.org 2.0.0). */
import { any, boolean, number, string } from "../Type.ts"
import type { Value } from "../values/Value.ts"
import { type Builtin, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

interface Version {
  readonly core: ReadonlyArray<bigint>
  readonly release: ReadonlyArray<string>
}

const syntax =
  /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-((?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*)(?:\.(?:0|[1-9]\d*|\d*[A-Za-z-][0-9A-Za-z-]*))*))?(?:\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?$/
const longest = 1_024

const parse = (text: string): Version | undefined => {
  const found = text.length > longest ? null : syntax.exec(text)
  if (found === null) return undefined
  const [, major = "0", minor = "0", patch = "0", release] = found
  return { core: [major, minor, patch].map(BigInt), release: release === undefined ? [] : release.split(".") }
}

const sign = (difference: bigint): number => (difference > 0n ? 1 : difference < 0n ? -1 : 0)

/** Numbers come before names; numbers count, names go by their characters. */
const compareIdentifiers = (a: string, b: string): number => {
  const [left, right] = [/^\d+$/.test(a), /^\d+$/.test(b)]
  if (left && right) return sign(BigInt(a) - BigInt(b))
  if (left !== right) return left ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

const compare = (a: Version, b: Version): number => {
  for (const [index, part] of a.core.entries()) {
    const order = sign(part - (b.core[index] ?? 0n))
    if (order !== 0) return order
  }
  if (a.release.length === 0 || b.release.length === 0) return Math.sign(b.release.length - a.release.length)
  for (const [index, identifier] of a.release.entries()) {
    const other = b.release[index]
    if (other === undefined) return 1
    const order = compareIdentifiers(identifier, other)
    if (order !== 0) return order
  }
  return Math.sign(a.release.length - b.release.length)
}

const versionAt = (operands: Operands, position: number): Version => {
  const text = operands.string(position)
  return parse(text) ?? operands.fail(`operand ${position}: string ${JSON.stringify(text)} is not a valid SemVer`)
}

export const semVer: ReadonlyArray<Builtin> = [
  define("semver.compare", [string, string], number, (args): Value => {
    const operands = new Operands("semver.compare", args)
    return compare(versionAt(operands, 1), versionAt(operands, 2))
  }),
  define("semver.is_valid", [any], boolean, ([text]) => typeof text === "string" && parse(text) !== undefined)
]
