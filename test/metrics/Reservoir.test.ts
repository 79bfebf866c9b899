import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { alpha, Reservoir, reservoirSize } from "../../src/metrics/Reservoir.ts"

/** A seeded random source in [0, 1). */
const random = (seed: number) => {
  let state = seed | 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0
    return (state >>> 0) / 2 ** 32
  }
}

/** The Go program's algorithm, unoptimised. */
const literal = (chance: () => number, stream: ReadonlyArray<readonly [value: number, t: number]>) => {
  let t0 = stream[0]?.[1] ?? 0
  let held: Array<{ key: number; value: number }> = []
  for (const [value, t] of stream) {
    if (held.length === reservoirSize) {
      const smallest = held.reduce((a, b) => (b.key < a.key ? b : a))
      held = held.filter((element) => element !== smallest)
    }
    held.push({ key: Math.exp(alpha * (t - t0)) / (1 - chance()), value })
    if (t > t0 + 3600) {
      for (const element of held) element.key *= Math.exp(-alpha * (t - t0))
      t0 = t
    }
  }
  return held.map(({ value }) => value).toSorted((a, b) => a - b)
}

const sorted = (reservoir: Reservoir) => [...reservoir.values().toSorted()]

describe("Reservoir", () => {
  it("samples as the Go program's algorithm does, across rescaling", () => {
    for (const seed of [1, 2, 3]) {
      const gaps = random(seed + 100)
      let t = 1_795_334_558
      const stream = Array.from({ length: 3000 }, (_, index) => {
        t += gaps() * 8
        return [index, t] as const
      })
      const ours = new Reservoir(random(seed))
      for (const [value, at] of stream) ours.add(value, at)
      assert.deepStrictEqual(sorted(ours), literal(random(seed), stream))
    }
  })

  it("holds 1028 of 1500, and counts 1500", () => {
    const reservoir = new Reservoir(random(5))
    for (let index = 0; index < 1500; index++) reservoir.add(index, index)
    assert.strictEqual(reservoir.values().length, 1028)
    assert.strictEqual(reservoir.count, 1500)
  })

  it("accepts values after years without one", () => {
    const reservoir = new Reservoir(random(6))
    for (let index = 0; index < 2000; index++) reservoir.add(index, index < 1028 ? 0 : 1e9)
    assert.strictEqual(reservoir.values().length, 1028)
    // Each of the 972 late values replaced an early one.
    assert.strictEqual(sorted(reservoir)[1028 - 972], 1028)
    assert.strictEqual(reservoir.latest, 1999)
  })

  it("accepts random values at the bounds of [0, 1)", () => {
    const reservoir = new Reservoir(() => 0)
    for (let index = 0; index < 3000; index++) reservoir.add(index, index)
    assert.deepStrictEqual(sorted(reservoir)[0], 3000 - 1028)
  })

  it("always holds the newest value, and every value until it is full", () => {
    const stream = fc.array(fc.tuple(fc.integer({ min: 0 }), fc.integer({ min: 0, max: 1e6 })), { maxLength: 1200 })
    void fc.assert(
      fc.property(stream, fc.integer(), (pairs, seed) => {
        const reservoir = new Reservoir(random(seed))
        for (const [value, at] of pairs) {
          reservoir.add(value, at)
          assert.isTrue(reservoir.values().includes(value))
        }
        if (pairs.length <= reservoirSize) {
          assert.deepStrictEqual(
            sorted(reservoir),
            pairs.map(([value]) => value).toSorted((a, b) => a - b)
          )
        }
      }),
      { numRuns: 20 }
    )
  })
})
