/** Runs the scenarios of one topic, each in its cells. */
import { execFileSync, spawnSync } from "node:child_process"
import { networkInterfaces } from "node:os"
import { afterAll, describe, it } from "vitest"
import { cells, cellsOf } from "../support/Matrix.ts"
import { hasOwnNetwork } from "../support/PrivateNetwork.ts"
import { Stage } from "../support/Stage.ts"
import type { Scenario, Tool } from "./Scenario.ts"
import { scenarios, type Topic } from "./Scenarios.ts"

const answers = (tool: Tool): boolean => {
  if (tool === "ipv6") return networkInterfaces().lo?.some(({ address }) => address === "::1") === true
  if (tool === "own-network") return hasOwnNetwork()
  if (tool === "malloc-debug") {
    // The loader complains about a library that it does not find.
    const env = { ...process.env, LD_PRELOAD: "libc_malloc_debug.so.0" }
    return spawnSync("true", { env, encoding: "utf8" }).stderr === ""
  }
  try {
    const asked = { keytool: "-help", go: "version" } as const
    execFileSync(tool, [tool === "keytool" || tool === "go" ? asked[tool] : "--version"], { stdio: "ignore" })
    return true
  } catch {
    return false
  }
}

/** Outside CI a scenario is skipped when a tool of it is missing, and says so; in CI that is a failure. */
const missingTool = (scenario: Scenario): Tool | undefined =>
  process.env.CI ? undefined : scenario.needs.find((tool) => !answers(tool))

const perform = async (scenario: Scenario, stage: Stage): Promise<void> => {
  try {
    await scenario.run(stage)
  } catch (cause) {
    const message = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
    throw new Error(`${message}\n\n${stage.transcript()}`, { cause })
  } finally {
    await stage.close()
  }
}

/** Registers every scenario of the topic with the test runner. */
export const runTopic = (topic: Topic): void => {
  describe(topic, () => {
    const commons = new Map(cells.map((cell) => [cell, new Stage(cell)]))
    afterAll(async () => {
      for (const common of commons.values()) await common.close()
    })
    for (const scenario of scenarios[topic]) {
      for (const cell of cellsOf(scenario)) {
        it(`${scenario.name} [${cell.name}]`, { timeout: 120_000 }, async (context) => {
          const missing = missingTool(scenario)
          if (missing !== undefined) context.skip(`${missing} is not here`)
          await perform(scenario, new Stage(cell, commons.get(cell)))
        })
      }
    }
  })
}
