import { assert, describe, it } from "@effect/vitest"
import { Meter } from "../../src/metrics/Meter.ts"
import { TimerMetric } from "../../src/metrics/TimerMetric.ts"
import { golden, values } from "./Golden.ts"

describe("Meter", () => {
  it("reproduces the captured rates: 25 events in the second window, none in the third", () => {
    const page = values(golden("metrics.prom"))
    const captured = (name: string) => Number(page.get(`ghostunnel_conn_handshake_${name}`))
    const meter = new Meter(0)
    meter.tick(5)
    for (let event = 0; event < 25; event++) meter.mark(7)
    meter.tick(10)
    meter.tick(15)
    const rates = meter.rates()
    assert.strictEqual(rates.rate1, 0.3678134486935457)
    assert.strictEqual(rates.rate1, captured("rate1"))
    assert.strictEqual(rates.rate5, captured("rate5"))
    assert.strictEqual(rates.rate15, captured("rate15"))
  })

  it("uses the first window's rate unweighted", () => {
    const meter = new Meter(0)
    for (let event = 0; event < 10; event++) meter.mark(1)
    assert.strictEqual(meter.rates().rate1, 0)
    meter.tick(5)
    assert.deepStrictEqual(meter.rates(), { rate1: 2, rate5: 2, rate15: 2, rateMean: 2 })
  })

  it("updates the mean rate on events and ticks only", () => {
    const meter = new Meter(100)
    assert.strictEqual(meter.rates().rateMean, 0)
    meter.mark(100)
    assert.strictEqual(meter.rates().rateMean, 0)
    meter.mark(104)
    assert.strictEqual(meter.rates().rateMean, 0.5)
    meter.tick(110)
    assert.strictEqual(meter.rates().rateMean, 0.2)
  })
})

describe("TimerMetric", () => {
  it("truncates to whole nanoseconds and reports both distribution and rates", () => {
    const timer = new TimerMetric(0, () => 0.5)
    timer.observe(1500.9, 1_795_334_558, 1)
    timer.observe(2500.2, 1_795_334_559, 2)
    timer.tick(5)
    const shown = timer.snapshot()
    assert.deepInclude(shown, { count: 2, min: 1500, max: 2500, sum: 4000, mean: 2000, variance: 250_000, stdDev: 500 })
    assert.deepInclude(shown, { rate1: 0.4, rate5: 0.4, rate15: 0.4, rateMean: 0.4 })
    assert.strictEqual(shown.percentile(0.5), 2000)
  })
})
