import type { Scenario } from "../Scenario.ts"

/** From starting the process until the first connection is taken. */
export const startTime: Scenario = {
  name: "start",
  title: "start to listening",
  unit: "ms",
  digits: 0,
  needs: [],
  measure: async ({ proxy }) => ({ "": proxy.startMs })
}
