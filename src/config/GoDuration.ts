/**
 * Durations as the command line writes them (`1m30s`, `1.5s`, `1d12h`, `-1s`, `0`) and as the log prints them
 * (contract: command line, sections 1.4 and 6.3).
 */
import { Duration, Effect, Result, Schema, SchemaIssue, SchemaTransformation } from "effect"

const nanosPerUnit: ReadonlyMap<string, number> = new Map([
  ["ns", 1],
  ["us", 1e3],
  ["µs", 1e3],
  ["μs", 1e3],
  ["ms", 1e6],
  ["s", 1e9],
  ["m", 60e9],
  ["h", 3600e9],
  ["d", 86_400e9],
  ["w", 604_800e9]
])

/** The largest duration Go can hold, in nanoseconds (2^63 - 1, rounded down to a double). */
const maxNanos = 9_223_372_036_854_774_784

/** Parses one duration. The failure is the contract's wording. */
export const parse = (text: string): Result.Result<Duration.Duration, string> => {
  const invalid = Result.fail(`invalid duration ${JSON.stringify(text)}`)
  const sign = text.startsWith("-") ? -1 : 1
  let rest = text.replace(/^[+-]/, "")
  if (rest === "0") return Result.succeed(Duration.zero)
  if (rest === "") return invalid
  let nanos = 0
  while (rest !== "") {
    const number = /^(\d+\.?\d*|\.\d+)/.exec(rest)?.[0]
    if (number === undefined) return invalid
    rest = rest.slice(number.length)
    const unit = /^[^\d.]*/.exec(rest)?.[0] ?? ""
    if (unit === "") return Result.fail(`missing unit in duration ${JSON.stringify(text)}`)
    const factor = nanosPerUnit.get(unit)
    if (factor === undefined) {
      return Result.fail(`unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`)
    }
    nanos += Number(number) * factor
    rest = rest.slice(unit.length)
  }
  if (nanos > maxNanos) return invalid
  return Result.succeed(Duration.nanos(BigInt(Math.trunc(sign * nanos))))
}

const trimZeros = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text)

/** Prints nanoseconds the way Go does: `0s`, `796.22µs`, `49ms`, `1.517s`, `1m30s`, `1h0m0.5s`. */
export const formatNanos = (nanos: number): string => {
  if (nanos === 0) return "0s"
  const sign = nanos < 0 ? "-" : ""
  const n = Math.abs(Math.trunc(nanos))
  if (n < 1e3) return `${sign}${n}ns`
  if (n < 1e6) return `${sign}${trimZeros((n / 1e3).toFixed(3))}µs`
  if (n < 1e9) return `${sign}${trimZeros((n / 1e6).toFixed(6))}ms`
  const hours = Math.floor(n / 3600e9)
  const minutes = Math.floor((n % 3600e9) / 60e9)
  const seconds = trimZeros(((n % 60e9) / 1e9).toFixed(9))
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}s`
  return minutes > 0 ? `${sign}${minutes}m${seconds}s` : `${sign}${seconds}s`
}

/** The codec between a `Duration` and Go's text for it. */
export const GoDuration = Schema.String.pipe(
  Schema.decodeTo(
    Schema.Duration,
    SchemaTransformation.transformEffect({
      decode: (text: string, options) => {
        const parsed = parse(text)
        return Result.isSuccess(parsed)
          ? Effect.succeed(parsed.success)
          : Effect.fail(new SchemaIssue.InvalidValue({ expected: parsed.failure }, text, options))
      },
      encode: (duration: Duration.Duration) => Effect.succeed(formatNanos(Duration.toMillis(duration) * 1e6))
    })
  )
)
