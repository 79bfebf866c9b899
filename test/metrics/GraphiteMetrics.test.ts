import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { goFixed, graphite } from "../../src/metrics/GraphiteMetrics.ts"
import type { Metric, Report } from "../../src/metrics/Report.ts"
import { golden } from "./Golden.ts"

const lines = golden("graphite.txt").trimEnd().split("\n")
const numbers = new Map(lines.map((line) => [line.split(" ")[0] ?? "", Number(line.split(" ")[1])]))
const texts = new Map(lines.map((line) => [line.split(" ")[0] ?? "", line.split(" ")[1] ?? ""]))
const number = (name: string): number => numbers.get(`ghostunnel.${name}`) ?? Number.NaN

const distribution = (name: string) => ({
  count: number(`${name}.count`),
  min: number(`${name}.min`),
  max: number(`${name}.max`),
  sum: 0,
  mean: number(`${name}.mean`),
  variance: 0,
  stdDev: number(`${name}.std-dev`),
  percentile: (p: number) => number(`${name}.${String(p * 100).replace(".", "")}-percentile`)
})

const timer = (name: "conn.handshake" | "conn.lifetime"): Metric => ({
  kind: "timer",
  name,
  unit: "ns",
  value: {
    ...distribution(name),
    rate1: number(`${name}.one-minute`),
    rate5: number(`${name}.five-minute`),
    rate15: number(`${name}.fifteen-minute`),
    rateMean: number(`${name}.mean-rate`)
  }
})

/** The captured values as a report. */
const captured: Report = {
  prefix: "ghostunnel",
  hostname: "vm",
  time: 1_795_335_833_999,
  metrics: [
    ...(["accept.error", "accept.success", "accept.timeout", "accept.total", "conn.open", "conn.timeout"] as const).map(
      (name): Metric => ({ kind: "counter", name, unit: "1", monotonic: true, value: number(`${name}.count`) })
    ),
    timer("conn.handshake"),
    timer("conn.lifetime"),
    ...[...numbers]
      .filter(([name]) => name.endsWith(".value"))
      .map(([name, value]): Metric => {
        const short = name.slice("ghostunnel.".length, -".value".length)
        return { kind: "gauge", name: short, unit: "1", integer: !short.endsWith("cpu-fraction"), value }
      }),
    {
      kind: "histogram",
      name: "runtime.mem.gc.duration",
      unit: "ns",
      value: distribution("runtime.mem.gc.duration"),
      latest: 0
    }
  ]
}

describe("graphite", () => {
  it("reproduces exactly the captured lines", () => {
    const ours = graphite(captured)
    assert.isTrue(ours.endsWith("\n"))
    assert.strictEqual(lines.length, 70)
    assert.deepStrictEqual(ours.trimEnd().split("\n").toSorted(), lines.toSorted())
  })

  it("keeps the order within one metric", () => {
    const stem = (name: string) => (name.split(" ")[0] ?? "").split(".").slice(0, -1).join(".")
    const grouped = (all: ReadonlyArray<string>) => Object.groupBy(all, stem)
    const ours = grouped(graphite(captured).trimEnd().split("\n"))
    for (const [name, group] of Object.entries(grouped(lines))) assert.deepStrictEqual(ours[name], group, name)
  })

  it("has 52 lines before the first runtime refresh, with the prefix unchanged", () => {
    const early = { ...captured, prefix: "a b", metrics: captured.metrics.filter(({ kind }) => kind !== "gauge") }
    const text = graphite(early)
    assert.strictEqual(text.trimEnd().split("\n").length, 52)
    assert.match(text, /^a b\.accept\.error\.count 0 1795335833$/m)
  })
})

describe("goFixed", () => {
  it("prints every captured number as captured", () => {
    for (const [name, text] of texts) {
      const digits = text.includes(".") ? text.length - text.indexOf(".") - 1 : 0
      assert.strictEqual(goFixed(Number(text), digits), text, name)
    }
  })

  it("rounds as Go does", () => {
    const rows: ReadonlyArray<readonly [number, number, string]> = [
      [0.125, 2, "0.12"],
      [0.375, 2, "0.38"],
      [0.625, 2, "0.62"],
      [-0.125, 2, "-0.12"],
      [2.5, 0, "2"],
      [3.5, 0, "4"],
      [1.005, 2, "1.00"],
      [0.000_000_5, 6, "0.000000"],
      [-0, 2, "0.00"],
      [5_860_169.9, 2, "5860169.90"],
      [1e21, 2, "1000000000000000000000.00"],
      [1.5e300, 0, String(BigInt(1.5e300))]
    ]
    for (const [x, digits, text] of rows) assert.strictEqual(goFixed(x, digits), text)
  })

  it("stays within half a unit of the last place", () => {
    void fc.assert(
      fc.property(fc.double({ min: -1e12, max: 1e12, noNaN: true }), (x) => {
        assert.match(goFixed(x, 2), /^-?\d+\.\d\d$/)
        assert.isAtMost(Math.abs(Number(goFixed(x, 2)) - x), 0.005 + Math.abs(x) * 1e-15)
      })
    )
  })
})
