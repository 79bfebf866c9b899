import { assert, describe, it } from "@effect/vitest"
import { type Findings, judge, type Sample, trendOf } from "../../../bench/soak/Judgement.ts"

const sample = (change: Partial<Sample> = {}): Sample => ({
  ...{ seconds: 0, connections: 0, descriptors: 38, fibers: 9, memory: 200, reloads: 4, exact: 0, cut: 0, unserved: 0 },
  ...change
})

/** So many samples, with memory and connections of their number. */
const course = (count: number, memory: (at: number) => number, connections = 2_000): ReadonlyArray<Sample> =>
  Array.from({ length: count }, (_, at) => sample({ memory: memory(at), connections: (at + 1) * connections }))

const well: Findings = {
  threads: 3,
  before: sample(),
  samples: course(80, () => 200),
  after: sample({ reloads: 100 }),
  open: 0,
  broken: [],
  strays: 0,
  refused: 0,
  failedReloads: 0,
  serves: true,
  exit: 0,
  stderr: ""
}

const wrong = (change: Partial<Findings>): ReadonlyArray<string> => judge({ ...well, ...change })

describe("judge", () => {
  it("finds nothing where nothing is wrong", () => {
    assert.deepStrictEqual(judge(well), [])
    assert.deepStrictEqual(wrong({ after: sample({ reloads: 100, descriptors: 30, fibers: 8 }) }), [])
  })

  it("has one sentence for each thing that does not hold", () => {
    const each: ReadonlyArray<readonly [change: Partial<Findings>, sentence: string]> = [
      [{ broken: ["connection 7: byte 3 is wrong"] }, "Broken: connection 7: byte 3 is wrong"],
      [{ strays: 2 }, "The backend got 2 connections with bytes no client has sent."],
      [{ refused: 3 }, "3 clients were turned away although the backend listened all the while."],
      [{ failedReloads: 1 }, "1 reloads failed."],
      [{ after: sample() }, "No reload was completed after the warm-up."],
      [{ open: 5 }, "5 connections are still open with nobody there any more."],
      [
        { after: sample({ reloads: 100, descriptors: 39 }) },
        "The tunnel has 39 descriptors open; at the start it had 38."
      ],
      [{ after: sample({ reloads: 100, fibers: 10 }) }, "The tunnel has 10 fibers; at the start it had 9."],
      [{ samples: [] }, "There were too few samples to judge memory."],
      [{ serves: false }, "At the end the tunnel did not carry what it should have."],
      [{ stderr: "Warning: odd\n" }, "The tunnel wrote to standard error: Warning: odd"],
      [{ exit: "SIGKILL" }, "Asked to end, the tunnel ended with SIGKILL."]
    ]
    for (const [change, sentence] of each) assert.deepStrictEqual(wrong(change), [sentence])
    assert.strictEqual(wrong({ exit: 1, serves: false, strays: 1 }).length, 3)
  })

  it("sees memory that grows by more than a tenth", () => {
    assert.deepStrictEqual(wrong({ samples: course(80, (at) => 200 + at / 2) }), [])
    assert.deepStrictEqual(wrong({ samples: course(80, (at) => 200.5 + at) }), [
      "Memory has grown from 230.0 MiB in the second quarter to 270.0 MiB in the last one, by more than 23.0 MiB."
    ])
  })
})

describe("trendOf", () => {
  it("lets a heap breathe", () => {
    const { early, late } = trendOf({ threads: 3, samples: course(80, (at) => (at % 8 === 0 ? 120 : 240)) })
    assert.deepStrictEqual([early, late], [240, 240])
  })

  it("leaves out the first quarter", () => {
    const { early, late } = trendOf({ threads: 3, samples: course(80, (at) => (at < 20 ? 90 : 250)) })
    assert.deepStrictEqual([early, late], [250, 250])
  })

  it("allows at least 8 MiB", () => {
    assert.strictEqual(trendOf({ threads: 3, samples: course(80, () => 50) }).allowed, 8)
  })

  it("allows more while heaps grow to their size, and even more on many threads", () => {
    const samples = course(16, () => 200, 300)
    assert.strictEqual(trendOf({ threads: 3, samples }).allowed, 92)
    assert.strictEqual(trendOf({ threads: 1, samples }).allowed, 92)
    assert.strictEqual(trendOf({ threads: 5, samples }).allowed, 140)
  })
})
