/** Durations (docs/compatibility/command-line.md, 1.4 and 6.3). */
import { Duration, Effect, Result, Schema } from "effect"
import fc from "fast-check"
import { describe, expect, it } from "vitest"
import { formatNanos, GoDuration, parse } from "../../src/config/GoDuration.ts"

const nanos = (text: string) => Duration.toNanosUnsafe(Result.getOrThrow(parse(text)))

describe("1.4 durations", () => {
  it.each([
    ["0", 0n],
    ["-0", 0n],
    ["+0", 0n],
    ["0s", 0n],
    ["1ns", 1n],
    ["1us", 1_000n],
    ["1µs", 1_000n],
    ["1μs", 1_000n],
    ["1ms", 1_000_000n],
    ["1.5s", 1_500_000_000n],
    [".5s", 500_000_000n],
    ["1.s", 1_000_000_000n],
    ["1m30s", 90_000_000_000n],
    ["1d12h", 129_600_000_000_000n],
    ["2w", 1_209_600_000_000_000n],
    ["-1s", -1_000_000_000n],
    ["+1s", 1_000_000_000n],
    ["1s1s", 2_000_000_000n],
    ["1.9ns", 1n],
    ["0.000000001s", 1n],
    ["9223372036854775807ns", 2n ** 63n - 1n]
  ])("%s", (text, expected) => {
    expect(nanos(text)).toBe(expected)
  })
  it.each([
    ["", 'invalid duration ""'],
    ["-", 'invalid duration "-"'],
    ["s", 'invalid duration "s"'],
    [".s", 'invalid duration ".s"'],
    ["--1s", 'invalid duration "--1s"'],
    [" 1s", 'invalid duration " 1s"'],
    ["1s ", 'unknown unit "s " in duration "1s "'],
    ["10", 'missing unit in duration "10"'],
    ["1s5", 'missing unit in duration "1s5"'],
    ["1x", 'unknown unit "x" in duration "1x"'],
    ["1S", 'unknown unit "S" in duration "1S"'],
    ["1s-1s", 'unknown unit "s-" in duration "1s-1s"'],
    ["1e3s", 'unknown unit "e" in duration "1e3s"'],
    ["1.2.3s", 'missing unit in duration "1.2.3s"'],
    ["9223372036854775808ns", 'invalid duration "9223372036854775808ns"'],
    ["99999999w", 'invalid duration "99999999w"'],
    ["1y", 'unknown unit "y" in duration "1y"']
  ])("refuses %j", (text, sentence) => {
    const parsed = parse(text)
    expect(Result.isFailure(parsed) && parsed.failure).toBe(sentence)
  })
  it("never throws", () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.stringMatching(/^[+-]?([0-9.]{0,4}(ns|us|ms|s|m|h|d|w)?){0,4}$/)),
        (text) => {
          Result.isSuccess(parse(text))
        }
      ),
      { numRuns: 2000 }
    )
  })
})

describe("6.3 durations as printed", () => {
  it.each([
    [0, "0s"],
    [1, "1ns"],
    [999, "999ns"],
    [796_220, "796.22µs"],
    [1_000, "1µs"],
    [49_000_000, "49ms"],
    [1_517_000_000, "1.517s"],
    [90_000_000_000, "1m30s"],
    [60_000_000_000, "1m0s"],
    [3_600_500_000_000, "1h0m0.5s"],
    [3_600_000_000_000, "1h0m0s"],
    [86_400_000_000_000, "24h0m0s"],
    [-1_500_000_000, "-1.5s"],
    [100_000_000, "100ms"],
    [10_000_000_000, "10s"],
    [300_000_000_000, "5m0s"]
  ])("%d", (count, text) => {
    expect(formatNanos(count)).toBe(text)
  })
  it("reads back what it prints, to the nanosecond", () => {
    fc.assert(
      fc.property(fc.oneof(fc.maxSafeInteger(), fc.integer()), (count) => {
        expect(nanos(formatNanos(count))).toBe(BigInt(count))
      }),
      { numRuns: 5000 }
    )
  })
  it("the codec round-trips", () =>
    Effect.runPromise(
      Effect.gen(function* () {
        for (const text of ["1m30s", "0s", "-1s", "1h0m0.5s", "250ms", "1ns", "123.456789ms", "8.000001s"]) {
          const duration = yield* Schema.decodeEffect(GoDuration)(text)
          expect(yield* Schema.encodeEffect(GoDuration)(duration)).toBe(text)
        }
      })
    ))
})
