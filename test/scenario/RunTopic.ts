/** Runs the scenarios of one topic, each in its cells. */
import { basename } from "node:path"
import { afterAll, describe, expect, it } from "vitest"
import { isInstalled } from "../support/Installed.ts"
import { can, isFeature } from "../support/Machine.ts"
import { cells, cellsOf } from "../support/Matrix.ts"
import { Stage } from "../support/Stage.ts"
import type { Need, Scenario } from "./Scenario.ts"

/** Programs of the scenario that are not installed. Outside CI it is then skipped, in CI it fails. */
const missing = (scenario: Scenario): ReadonlyArray<Need> =>
  scenario.needs.filter((need) => !isFeature(need) && !isInstalled(need))

/** What this machine cannot do is not registered. */
const isPossible = (scenario: Scenario): boolean => scenario.needs.every((need) => !isFeature(need) || can(need))

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

/** Registers the scenarios of one topic, where vitest runs `<topic>.test.ts`; other files may import the array. */
export const runTopic = (topic: string, scenarios: ReadonlyArray<Scenario>): void => {
  if (basename(expect.getState().testPath ?? "") !== `${topic}.test.ts`) return
  describe(topic, () => {
    const commons = new Map(cells.map((cell) => [cell, new Stage(cell)]))
    afterAll(async () => {
      for (const common of commons.values()) await common.close()
    })
    const possible = scenarios.filter(isPossible)
    if (possible.length === 0) it("has no scenario that this machine can run", () => {})
    for (const scenario of possible) {
      for (const cell of cellsOf(scenario)) {
        const register = scenario.waits === true ? it.concurrent : it
        register(`${scenario.name} [${cell.name}]`, { timeout: 300_000 }, async (context) => {
          const [tool] = missing(scenario)
          if (tool !== undefined && process.env.CI) throw new Error(`${tool} is not installed`)
          if (tool !== undefined) context.skip(`${tool} is not installed`)
          await perform(scenario, new Stage(cell, commons.get(cell)))
        })
      }
    }
  })
}
