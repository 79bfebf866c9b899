import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { loopFacts, meterLoop } from "../../src/metrics/LoopMeter.ts"

/** Blocks the event loop. */
const block = (millis: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, millis)

const nextReading = (cell: Float64Array) =>
  Effect.gen(function* () {
    const { lag } = loopFacts(cell)
    while (loopFacts(cell).lag === lag) yield* Effect.sleep(5)
    return loopFacts(cell)
  })

describe("meterLoop", () => {
  it.live("reports how long the loop was blocked, and that it was busy", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const cell = new Float64Array(2).fill(-1)
        yield* meterLoop(cell)
        // If the machine gave this process no CPU time, the loop looks idle: measure again.
        for (;;) {
          block(800)
          const { lag, utilization } = yield* nextReading(cell)
          assert.isAtLeast(lag, 0.2)
          if (utilization > 0.9) break
        }
      })
    )
  )

  it.live("does not count time slept in the native transport as busy", () =>
    Effect.scoped(
      Effect.gen(function* () {
        const cell = new Float64Array(2).fill(-1)
        let slept = 0
        yield* meterLoop(cell, () => slept)
        const began = performance.now()
        block(800)
        slept += performance.now() - began - 100
        assert.isBelow((yield* nextReading(cell)).utilization, 0.5)
      })
    )
  )
})
