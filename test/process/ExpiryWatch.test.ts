import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { pemKey } from "../../src/credentials/TlsMaterial.ts"
import { makeExpiryWatch } from "../../src/process/ExpiryWatch.ts"
import type { LogDetails } from "../../src/runtime/JsonLine.ts"
import type { LogEvent } from "../../src/runtime/LogEvent.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const day = 86_400_000
const hour = day / 24
const begin = Date.parse("2026-01-01T00:00:00Z")

const material = (lifetime: number, chain = false) =>
  Effect.promise(async () => {
    const ca = await makeCa("Expiry")
    const dates = { notBefore: new Date(begin), notAfter: new Date(begin + lifetime) }
    const { certPem, chainPem, keyPem } = await ca.issue({ cn: "own", intermediate: chain, ...dates })
    return {
      generation: 1,
      identity: { chainPem: chain ? chainPem : certPem, key: pemKey(keyPem) },
      subject: "CN=own",
      trustAnchors: [ca.certPem]
    }
  })

/** A watch on a certificate of this lifetime, at this time after its beginning. */
const watching = Effect.fnUntraced(function* (lifetime: number, at: number) {
  yield* TestClock.setTime(begin + at)
  const lines: Array<readonly [line: string, event: LogEvent, details: LogDetails | undefined]> = []
  let ticks = 0
  const watch = makeExpiryWatch((event, line, _, details) => void lines.push([line, event, details]))
  const own = yield* material(lifetime)
  yield* watch.take(own)
  yield* Effect.forkChild(
    watch.loop(() => void ticks++),
    { startImmediately: true }
  )
  return {
    own,
    watch,
    ticks: () => ticks,
    said: () => lines.splice(0).map(([line]) => line),
    events: () => lines.map(([, event]) => event),
    details: () => lines.map(([, , details]) => details),
    pass: (millis: number) => TestClock.adjust(millis)
  }
})

const expires = (left: string, on: string) =>
  `warning: the certificate CN=own expires in ${left}, on ${on}: renew it and reload`
const expired = (on: string) =>
  `warning: the certificate CN=own has expired on ${on}: peers refuse it; renew it and reload`

describe("ExpiryWatch", () => {
  it.effect("warns at 30, 14, 7, 3 and 1 days of a certificate of 90 days, and at its end", () =>
    Effect.gen(function* () {
      const end = "2026-04-01T00:00:00Z"
      const { said, pass, ticks } = yield* watching(90 * day, 0)
      yield* pass(60 * day)
      assert.deepStrictEqual(said(), [])
      assert.isAtLeast(ticks(), 24)
      yield* pass(1000)
      assert.deepStrictEqual(said(), [expires("29 days", end)])
      yield* pass(16 * day - 2000)
      assert.deepStrictEqual(said(), [])
      yield* pass(2000)
      assert.deepStrictEqual(said(), [expires("13 days", end)])
      yield* pass(7 * day)
      assert.deepStrictEqual(said(), [expires("6 days", end)])
      yield* pass(4 * day)
      assert.deepStrictEqual(said(), [expires("2 days", end)])
      yield* pass(2 * day)
      assert.deepStrictEqual(said(), [expires("23 hours", end)])
      yield* pass(day)
      assert.deepStrictEqual(said(), [expired(end)])
      yield* pass(30 * day)
      assert.deepStrictEqual(said(), [])
    })
  )

  it.effect("warns at the last third of a short life", () =>
    Effect.gen(function* () {
      const end = "2026-01-02T00:00:00Z"
      const { said, pass } = yield* watching(day, 0)
      yield* pass(16 * hour)
      assert.deepStrictEqual(said(), [])
      yield* pass(1000)
      assert.deepStrictEqual(said(), [expires("7 hours", end)])
      yield* pass(8 * hour)
      assert.deepStrictEqual(said(), [expired(end)])
    })
  )

  it.effect("warns at once of what is close to its end, has expired, or is not valid yet", () =>
    Effect.gen(function* () {
      const close = yield* watching(90 * day, 80 * day)
      const [details] = close.details()
      assert.deepStrictEqual(close.events(), ["certificate_expires"])
      assert.deepStrictEqual(details?.level, "warn")
      assert.strictEqual(details?.fields?.not_after, "2026-04-01T00:00:00Z")
      assert.deepStrictEqual(close.said(), [expires("10 days", "2026-04-01T00:00:00Z")])
      const over = yield* watching(90 * day, 91 * day)
      assert.strictEqual(over.events()[0], "certificate_expired")
      assert.deepStrictEqual(over.said(), [expired("2026-04-01T00:00:00Z")])
      const early = yield* watching(90 * day, -hour)
      assert.strictEqual(early.events()[0], "certificate_not_yet_valid")
      assert.deepStrictEqual(early.said(), [
        "warning: the certificate CN=own is not valid before 2026-01-01T00:00:00Z: peers refuse it until then; check the clock"
      ])
    })
  )

  it.effect("warns again at every reload, and watches what that brought", () =>
    Effect.gen(function* () {
      const { own, pass, said, watch } = yield* watching(90 * day, 85 * day)
      assert.strictEqual(said().length, 1)
      yield* watch.take(own)
      assert.deepStrictEqual(said(), [expires("5 days", "2026-04-01T00:00:00Z")])
      yield* watch.take(yield* material(365 * day))
      assert.deepStrictEqual(said(), [])
      yield* pass(10 * day)
      assert.deepStrictEqual(said(), [])
      yield* watch.take({ generation: 3, identity: undefined, subject: "", trustAnchors: own.trustAnchors })
      yield* pass(400 * day)
      assert.deepStrictEqual(said(), [])
    })
  )

  it.effect("warns of the chain too", () =>
    Effect.gen(function* () {
      const lines: Array<string> = []
      yield* TestClock.setTime(Date.now() + 3640 * day)
      yield* makeExpiryWatch((_, line) => void lines.push(line)).take(yield* material(36_500 * day, true))
      const [intermediate, ...others] = lines
      assert.match(intermediate ?? "", /^warning: the intermediate certificate CN=.* has expired on .*/)
      assert.deepStrictEqual(others, [])
    })
  )
})
