/** The `OTEL_*` variables, read one by one (OpenTelemetry specification, "Environment Variable Specification"). Pure. */
import { Result } from "effect"

export type Environment = Readonly<Record<string, string | undefined>>
export type Signal = "metrics" | "traces" | "logs"

/** A value and the variable that set it. */
interface Found {
  readonly name: string
  readonly text: string
}

/** The first variable that is set and not empty. */
export const first = (env: Environment, ...names: ReadonlyArray<string>): Found | undefined => {
  for (const name of names) {
    const text = env[name]?.trim()
    if (text !== undefined && text !== "") return { name, text }
  }
  return undefined
}

/** The variable's names for one signal: the signal's own first, then the general one. */
export const named = (signal: Signal, what: string): ReadonlyArray<string> => [
  `OTEL_EXPORTER_OTLP_${signal.toUpperCase()}_${what}`,
  `OTEL_EXPORTER_OTLP_${what}`
]

/** A whole number of at least `least`. */
export const count = (
  env: Environment,
  byDefault: number,
  least: number,
  ...names: ReadonlyArray<string>
): Result.Result<number, string> => {
  const found = first(env, ...names)
  if (found === undefined) return Result.succeed(byDefault)
  const value = Number(found.text)
  return /^\d{1,9}$/.test(found.text) && value >= least
    ? Result.succeed(value)
    : Result.fail(`${found.name}: "${found.text}" is not a whole number of at least ${least}`)
}

/** One of the given values, in any case. */
export const oneOf = <const A extends string>(
  env: Environment,
  words: ReadonlyArray<A>,
  byDefault: A,
  ...names: ReadonlyArray<string>
): Result.Result<A, string> => {
  const found = first(env, ...names)
  if (found === undefined) return Result.succeed(byDefault)
  const word = words.find((each) => each === found.text.toLowerCase())
  return word === undefined
    ? Result.fail(`${found.name}: "${found.text}" is not supported, use ${words.join(" or ")}`)
    : Result.succeed(word)
}

/** Percent-decodes; undefined if the text is malformed. */
const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return undefined
  }
}

/** Parses `name=value,…`. The error shows no value, since values may be secret. The last entry of a name wins. */
export const pairs = (
  env: Environment,
  ...names: ReadonlyArray<string>
): Result.Result<Readonly<Record<string, string>>, string> => {
  const found = first(env, ...names)
  const read = new Map<string, string>()
  for (const [index, entry] of (found?.text ?? "").split(",").entries()) {
    if (entry.trim() === "") continue
    const at = entry.indexOf("=")
    const name = decoded(entry.slice(0, Math.max(0, at)))
    const value = decoded(entry.slice(at + 1))
    if (name === undefined || name === "" || value === undefined) {
      return Result.fail(`${found?.name}: entry ${index + 1} is not NAME=VALUE with percent-encoding`)
    }
    read.set(name, value)
  }
  return Result.succeed(Object.fromEntries(read))
}

const ownHeaders = new Set([
  ...["host", "connection", "content-length", "content-type", "content-encoding", "transfer-encoding"],
  ...["accept-encoding", "expect", "upgrade", "te", "trailer"]
])

/** Headers for each push, names in lower case. */
export const headers = (env: Environment, signal: Signal): Result.Result<Readonly<Record<string, string>>, string> =>
  Result.gen(function* () {
    const names = named(signal, "HEADERS")
    const where = first(env, ...names)?.name
    const all: Record<string, string> = {}
    for (const [name, value] of Object.entries(yield* pairs(env, ...names))) {
      const key = name.toLowerCase()
      if (!/^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(key)) return yield* Result.fail(`${where}: "${name}" is no header's name`)
      if (ownHeaders.has(key)) return yield* Result.fail(`${where}: "${name}" is set by the exporter itself`)
      if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) {
        return yield* Result.fail(`${where}: the value of "${name}" has characters that no header may have`)
      }
      all[key] = value
    }
    return all
  })
