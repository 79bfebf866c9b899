/** Every scenario, and names for several of them. */
import type { Scenario } from "./Scenario.ts"
import { bulkDown, bulkUp } from "./scenarios/Bulk.ts"
import { connections } from "./scenarios/Connections.ts"
import { growth } from "./scenarios/Growth.ts"
import { idle, idleMany } from "./scenarios/Idle.ts"
import { interference } from "./scenarios/Interference.ts"
import { latency } from "./scenarios/Latency.ts"
import { metricsCost } from "./scenarios/MetricsCost.ts"
import { roundTrips } from "./scenarios/RoundTrips.ts"
import { rules } from "./scenarios/Rules.ts"
import { scaling, scalingMtls } from "./scenarios/Scaling.ts"
import { spread } from "./scenarios/Spread.ts"
import { startTime } from "./scenarios/Start.ts"
import { statusLatency } from "./scenarios/StatusLatency.ts"

const work = [bulkUp, bulkDown, roundTrips, connections]

/** The scenarios whose ratios the chart shows. */
export const charted: ReadonlyArray<Scenario> = [...work, idle, idleMany]

const behaviour = [scaling, scalingMtls, spread, latency, interference, growth]
const usual = [startTime, ...work, rules, metricsCost, idle, statusLatency]

/** Names that stand for several scenarios. */
export const groups: Readonly<Record<string, ReadonlyArray<Scenario>>> = {
  default: usual,
  costs: [startTime, ...work, idle, statusLatency],
  figures: [...charted, ...behaviour],
  all: [...usual, idleMany, ...behaviour]
}

/** All of them, in the order in which they run. */
export const allScenarios: ReadonlyArray<Scenario> = groups["all"] ?? []

/** The scenarios that some names of scenarios and groups stand for, each once. Throws on others. */
export const scenariosNamed = (names: ReadonlyArray<string>): ReadonlyArray<Scenario> => {
  const chosen = names.flatMap((name) => {
    const found = groups[name] ?? allScenarios.filter((each) => each.name === name)
    if (found.length > 0) return found
    const known = [...Object.keys(groups), ...allScenarios.map((each) => each.name)]
    throw new Error(`no scenario ${name}; there are ${known.join(", ")}`)
  })
  return [...new Set(chosen)]
}
