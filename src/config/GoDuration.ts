/**
 * Durations as the command line writes them (`1m30s`, `1.5s`, `1d12h`, `-1s`, `0`) and as the log prints them
 * (docs/compatibility/command-line.md, 1.4 and 6.3).
 */
import { Duration, Effect, Result, Schema, SchemaIssue, SchemaTransformation } from "effect"

const nanosPerUnit: ReadonlyMap<string, bigint> = new Map([
  ["ns", 1n],
  ["us", 1_000n],
  ["µs", 1_000n],
  ["μs", 1_000n],
  ["ms", 1_000_000n],
  ["s", 1_000_000_000n],
  ["m", 60_000_000_000n],
  ["h", 3_600_000_000_000n],
  ["d", 86_400_000_000_000n],
  ["w", 604_800_000_000_000n]
])

/** The largest duration Go can hold, in nanoseconds. */
const maxNanos = 2n ** 63n - 1n

/** Parses one duration. The failure is the Go program's message. */
export const parse = (text: string): Result.Result<Duration.Duration, string> => {
  const invalid = Result.fail(`invalid duration ${JSON.stringify(text)}`)
  const sign = text.startsWith("-") ? -1n : 1n
  let rest = text.replace(/^[+-]/, "")
  if (rest === "0") return Result.succeed(Duration.zero)
  if (rest === "") return invalid
  let nanos = 0n
  while (rest !== "") {
    const [number, whole = "", fraction = ""] = /^(\d*)\.?(\d*)/.exec(rest) ?? []
    if (number === undefined || whole + fraction === "") return invalid
    rest = rest.slice(number.length)
    const unit = /^[^\d.]*/.exec(rest)?.[0] ?? ""
    if (unit === "") return Result.fail(`missing unit in duration ${JSON.stringify(text)}`)
    const factor = nanosPerUnit.get(unit)
    if (factor === undefined) {
      return Result.fail(`unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}`)
    }
    nanos += BigInt(whole) * factor + (BigInt(fraction) * factor) / 10n ** BigInt(fraction.length)
    rest = rest.slice(unit.length)
  }
  if (nanos > maxNanos) return invalid
  return Result.succeed(Duration.nanos(sign * nanos))
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
      encode: (duration: Duration.Duration) =>
        Effect.succeed(formatNanos(Math.round(Duration.toMillis(duration) * 1e6)))
    })
  )
)
