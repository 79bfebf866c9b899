import { MessageChannel } from "node:worker_threads"
import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import {
  allocate,
  type Observation,
  RingReader,
  RingWriter,
  ringCapacity,
  segmentCapacity
} from "../../src/metrics/ObservationRing.ts"

const open = (memory: SharedArrayBuffer) => {
  const { port1, port2 } = new MessageChannel()
  let written = 0
  const ring = new RingWriter(memory, port2)
  const reader = new RingReader(memory, port1)
  let read = 0
  return {
    write: (count: number) => {
      for (let index = 0; index < count; index++) ring.write(written % 2, 1e12 + written, written++)
    },
    /** Drains, and checks that every observation written arrives once and in order. */
    check: () => {
      const taken: Array<Observation> = []
      reader.drain(taken)
      for (const { timer, at, nanos } of taken) {
        // A plain comparison: an assertion for each of millions would be slow.
        if (timer !== read % 2 || at !== 1e12 + read || nanos !== read) assert.fail(`${nanos} in place of ${read}`)
        read += 1
      }
      assert.strictEqual(read, written)
    },
    close: () => port1.close()
  }
}

describe("ObservationRing", () => {
  it("loses no observation at any boundary of ring and segment", () => {
    for (const count of [
      0,
      1,
      ringCapacity - 1,
      ringCapacity,
      ringCapacity + 1,
      ringCapacity + segmentCapacity,
      ringCapacity + segmentCapacity + 1,
      ringCapacity + 3 * segmentCapacity + 5
    ]) {
      const ring = open(allocate())
      for (let round = 0; round < 3; round++) {
        ring.write(count)
        ring.check()
        ring.write(1)
        ring.write(1)
        ring.check()
      }
      ring.close()
    }
  })

  it("delivers everything in order for any interleaving of writes and drains", () => {
    const step = fc.oneof(
      fc.integer({ min: 0, max: 3 * ringCapacity }),
      fc.integer({ min: 0, max: 3 }),
      fc.constant(-1)
    )
    void fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const ring = open(allocate())
        for (const count of steps) {
          if (count < 0) ring.check()
          else ring.write(count)
        }
        ring.check()
        ring.close()
      }),
      { numRuns: 60 }
    )
  })

  it("continues when head and tail overflow 32 bits", () => {
    const memory = allocate()
    const header = new Int32Array(memory)
    header[0] = 2 ** 31 - 10
    header[16] = 2 ** 31 - 10
    const ring = open(memory)
    ring.write(25)
    ring.check()
    ring.write(ringCapacity + segmentCapacity + 7)
    ring.check()
    ring.write(3)
    ring.check()
    ring.close()
  })
})
