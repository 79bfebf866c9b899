import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { families } from "../../src/metrics/ProcessMetrics.ts"
import { runtimeNames, tunnelNames } from "../../src/telemetry/Names.ts"
import { needing } from "../support/Installed.ts"
import { read } from "./Files.ts"

const process = families({ stat: "1 (a) S 1 ", systemStat: "", limits: "", netstat: "", openFds: 1, rss: 1 })

const known = new Set(
  [...Object.values(tunnelNames("ghostunnel")), ...Object.values(runtimeNames), ...process]
    .map(({ name }) => name)
    .concat("process_cpu_seconds")
)

/** Names of families in queries, without what a format puts behind them. */
const used = (text: string): ReadonlyArray<string> =>
  [...text.matchAll(/\b(?:ghostunnel|process|nodejs)_[a-z_]+/g)].map(([name]) =>
    name.replace(/_(total|bucket|sum|count)$/, "")
  )

describe("what deploy/ asks Prometheus for", () => {
  for (const file of ["deploy/prometheus/alerts.yml", "deploy/grafana/ghostunnel.json"]) {
    it(`exists (${file})`, () => {
      const names = used(read(file))
      assert.isAbove(names.length, 10)
      assert.deepStrictEqual(
        names.filter((name) => !known.has(name)),
        []
      )
    })
  }

  it("is JSON for Grafana, each panel with a query and a place of its own", () => {
    const {
      panels
    }: { readonly panels: ReadonlyArray<{ readonly targets: ReadonlyArray<unknown>; readonly gridPos: object }> } =
      JSON.parse(read("deploy/grafana/ghostunnel.json"))
    assert.isAbove(panels.length, 10)
    for (const { targets } of panels) assert.isNotEmpty(targets)
    assert.strictEqual(new Set(panels.map(({ gridPos }) => JSON.stringify(gridPos))).size, panels.length)
  })

  it("is described, family by family", () => {
    const rows = [...read("docs/monitoring.md").matchAll(/^\| `((?:ghostunnel|nodejs)_\w+)` \| (.*) \|$/gm)]
    assert.deepStrictEqual(
      rows.map(([, name, help]) => ({ name, help })),
      [...Object.values(tunnelNames("ghostunnel")), ...Object.values(runtimeNames)].map(({ help, name }) => ({
        name,
        help
      }))
    )
  })

  const { reason, skip } = needing("promtool")
  it.skipIf(skip)(`is good to Prometheus${reason}`, () => {
    const { status, stderr, stdout } = spawnSync("promtool", ["check", "rules", "deploy/prometheus/alerts.yml"])
    assert.strictEqual(status, 0, `${stdout}${stderr}`)
  })
})
