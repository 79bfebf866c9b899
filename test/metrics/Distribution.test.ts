import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { distribution, percentile } from "../../src/metrics/Distribution.ts"
import { golden, values } from "./Golden.ts"

const sample = fc.array(fc.integer({ min: 0, max: 1e12 }), { minLength: 1, maxLength: 1028 })
const quantile = fc.double({ min: 0.001, max: 0.999, noNaN: true })

describe("Distribution", () => {
  it("is all zero without values, except the count", () => {
    const empty = distribution(7, new Float64Array())
    assert.strictEqual(empty.count, 7)
    for (const value of [empty.min, empty.max, empty.sum, empty.mean, empty.variance, empty.stdDev]) {
      assert.strictEqual(value, 0)
    }
    assert.strictEqual(empty.percentile(0.5), 0)
  })

  it("interpolates percentiles as the Go program says", () => {
    const sorted = Float64Array.from([10, 20, 30, 40])
    assert.strictEqual(percentile(sorted, 0.1), 10)
    assert.strictEqual(percentile(sorted, 0.5), 25)
    assert.strictEqual(percentile(sorted, 0.75), 37.5)
    assert.strictEqual(percentile(sorted, 0.8), 40)
    assert.strictEqual(percentile(sorted, 0.99), 40)
  })

  it("is consistent with the captured figures", () => {
    const page = values(golden("metrics.prom"))
    const number = (name: string) => Number(page.get(`ghostunnel_conn_handshake_${name}`))
    assert.strictEqual(number("sum") / number("count"), number("mean"))
    assert.strictEqual(Math.sqrt(number("variance")), number("std_dev"))
    const full = values(golden("reservoir-1500.prom"))
    const sum = Number(full.get("ghostunnel_conn_lifetime_sum"))
    assert.strictEqual(sum / Number(full.get("ghostunnel_conn_lifetime_mean")), 1028)
  })

  it("has the population variance", () => {
    const figures = distribution(8, Float64Array.from([2, 4, 4, 4, 5, 5, 7, 9]))
    assert.strictEqual(figures.mean, 5)
    assert.strictEqual(figures.variance, 4)
    assert.strictEqual(figures.stdDev, 2)
  })

  it("keeps percentiles between the neighbours, monotonic and within min and max", () => {
    void fc.assert(
      fc.property(sample, quantile, quantile, (numbers, p, q) => {
        const figures = distribution(numbers.length, Float64Array.from(numbers))
        const low = figures.percentile(Math.min(p, q))
        const high = figures.percentile(Math.max(p, q))
        assert.isAtLeast(low, figures.min)
        assert.isAtMost(high, figures.max)
        assert.isAtMost(low, high)
      })
    )
  })

  it("does not depend on the order of the values and does not change them", () => {
    void fc.assert(
      fc.property(sample, fc.func(fc.integer()), (numbers, weight) => {
        const given = Float64Array.from(numbers)
        const shuffled = Float64Array.from(numbers.toSorted((a, b) => weight(a) - weight(b)))
        const { percentile: one, ...first } = distribution(3, given)
        const { percentile: two, ...second } = distribution(3, shuffled)
        assert.deepStrictEqual(first, second)
        assert.strictEqual(one(0.7), two(0.7))
        assert.deepStrictEqual([...given], numbers)
      })
    )
  })
})
