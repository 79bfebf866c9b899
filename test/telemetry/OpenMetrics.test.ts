import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Context, Metric } from "effect"
import { negotiate, openMetrics } from "../../src/telemetry/OpenMetrics.ts"
import { Registry } from "../../src/telemetry/Registry.ts"
import { needing } from "../support/Installed.ts"

const registry = () => new Registry([{ context: Context.make(Metric.MetricRegistry, new Map()), labels: {} }])

const full = () => {
  const made = registry()
  const errors = made.counter({ name: "errors", help: "Failed." })
  errors.record(1, { stage: "dial", reason: 'a "quoted"\\\nreason' })
  errors.record(2, { stage: "dial", reason: "timeout" })
  errors.record(1, { stage: "dial", reason: "timeout" })
  const duration = made.histogram({ name: "dial_duration_seconds", help: "How long\nit took." }, [0.5, 1, 10])
  for (const value of [0.25, 0.5, 3, 20]) duration.record(value)
  made.gauge({ name: "active", help: "Open." }, () => 7)
  made.counted({ name: "carried_bytes", help: "Bytes." }, () => 2 ** 40, { direction: "forwarded" })
  return made
}

describe("openMetrics", () => {
  it("writes OpenMetrics 1.0", () => {
    assert.strictEqual(
      openMetrics(full().snapshot(), "openmetrics"),
      `# TYPE active gauge
# HELP active Open.
active 7
# TYPE carried_bytes counter
# UNIT carried_bytes bytes
# HELP carried_bytes Bytes.
carried_bytes_total{direction="forwarded"} 1099511627776
# TYPE dial_duration_seconds histogram
# UNIT dial_duration_seconds seconds
# HELP dial_duration_seconds How long\\nit took.
dial_duration_seconds_bucket{le="0.5"} 2
dial_duration_seconds_bucket{le="1.0"} 2
dial_duration_seconds_bucket{le="10.0"} 3
dial_duration_seconds_bucket{le="+Inf"} 4
dial_duration_seconds_sum 23.75
dial_duration_seconds_count 4
# TYPE errors counter
# HELP errors Failed.
errors_total{stage="dial",reason="a \\"quoted\\"\\\\\\nreason"} 1
errors_total{stage="dial",reason="timeout"} 3
# EOF
`
    )
  })

  it("writes the older format, with _total on every line of a counter", () => {
    const page = openMetrics(full().snapshot(), "prometheus")
    assert.include(page, '# HELP errors_total Failed.\n# TYPE errors_total counter\nerrors_total{stage="dial"')
    assert.notInclude(page, "# EOF")
    assert.notInclude(page, "# UNIT")
  })

  it("writes HELP and TYPE once per family, in any order of series", () => {
    const made = registry()
    const first = made.counter({ name: "a", help: "A." })
    const second = made.counter({ name: "b", help: "B." })
    for (const label of ["x", "y"]) {
      first.record(1, { label })
      second.record(1, { label })
    }
    assert.deepStrictEqual(
      openMetrics(made.snapshot(), "openmetrics")
        .split("\n")
        .map((line) => line.slice(0, 6)),
      ["# TYPE", "# HELP", "a_tota", "a_tota", "# TYPE", "# HELP", "b_tota", "b_tota", "# EOF", ""]
    )
  })

  it("omits a forgotten series", () => {
    const made = registry()
    const family = made.counter({ name: "a", help: "A." })
    family.record(5, { label: "x" })
    family.forget({ label: "x" })
    assert.strictEqual(openMetrics(made.snapshot(), "openmetrics"), "# EOF\n")
    family.record(1, { label: "x" })
    assert.include(openMetrics(made.snapshot(), "openmetrics"), 'a_total{label="x"} 1\n')
    const gauge = made.gauge({ name: "g", help: "G." }, () => 1)
    gauge.remove()
    assert.notInclude(openMetrics(made.snapshot(), "openmetrics"), "g 1")
  })

  const { reason, skip } = needing("promtool")
  it.skipIf(skip)(`leaves promtool nothing to complain about${reason}`, () => {
    const checked = spawnSync("promtool", ["check", "metrics"], { input: openMetrics(full().snapshot(), "prometheus") })
    assert.strictEqual(`${checked.stdout}${checked.stderr}`, "")
    assert.strictEqual(checked.status, 0)
  })
})

describe("negotiate", () => {
  for (const [accept, format] of [
    [undefined, "openmetrics"],
    ["*/*", "openmetrics"],
    ["text/plain", "prometheus"],
    ["text/plain;version=0.0.4;q=0.5", "prometheus"],
    ["application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.3,*/*;q=0.2", "openmetrics"],
    ["text/html", "openmetrics"]
  ] as const) {
    it(`answers ${accept} with ${format}`, () => assert.strictEqual(negotiate(accept), format))
  }
})
