import { assert, describe, it } from "@effect/vitest"
import { fromCpu, fromHeap } from "../../src/profiling/V8Profiles.ts"

const frame = (functionName: string, lineNumber = 9, url = "file:///x.mjs") => ({
  functionName,
  url,
  lineNumber,
  columnNumber: 4
})
const outer = { name: "outer", url: "file:///x.mjs", line: 10, column: 4 }
const inner = { ...outer, name: "inner" }
const collector = { name: "(garbage collector)", url: "", line: 0, column: 4 }

describe("a CPU profile of V8", () => {
  const profile = {
    startTime: 1000,
    endTime: 1100,
    nodes: [
      { id: 1, callFrame: frame("(root)", -1, ""), children: [2, 3, 5, 6] },
      { id: 2, callFrame: frame("outer"), children: [4] },
      { id: 3, callFrame: frame("(idle)", -1, "") },
      { id: 4, callFrame: frame("inner") },
      { id: 5, callFrame: frame("(garbage collector)", -1, "") },
      { id: 6, callFrame: frame("transportSleep"), children: [7] },
      { id: 7, callFrame: frame("invoke", 4, "node:internal/ffi/fast-api"), children: [8] },
      { id: 8, callFrame: frame("SSL_read", -1, "") }
    ],
    samples: [4, 3, 4, 2, 7, 8, 6, 5],
    timeDeltas: [10, 20, 30, 5, 7, 1, 2, 4]
  }

  it("weighs a sample by the time to the next one, the last by the time to the end, and drops idleness", () => {
    const { frames, samples } = fromCpu(profile)
    const named = samples.map(({ stack, values }) => [stack.map((index) => frames[index]), values])
    assert.deepStrictEqual(named, [
      [
        [inner, outer],
        [2, 25_000]
      ],
      [[outer], [1, 7_000]],
      [[collector], [1, 21_000]]
    ])
  })

  it("does not believe V8 which function of C it was", () => {
    const { frames, samples } = fromCpu({
      ...profile,
      nodes: profile.nodes.map((node) => (node.id === 6 ? { ...node, callFrame: frame("fill") } : node)),
      samples: [8],
      timeDeltas: [10]
    })
    assert.deepStrictEqual(
      samples[0]?.stack.map((index) => frames[index]?.name),
      ["(native)", "invoke", "fill"]
    )
  })

  it("without samples is empty", () => {
    assert.deepStrictEqual(fromCpu({ startTime: 0, endTime: 1, nodes: [] }), { frames: [], samples: [] })
  })

  it("takes no time from clocks that run backwards", () => {
    const [first] = fromCpu({ ...profile, samples: [4, 3], timeDeltas: [10, -5] }).samples
    assert.deepStrictEqual(first?.values, [1, 0])
  })
})

describe("a heap profile of V8", () => {
  it("gives every place its bytes and the number of its samples", () => {
    const leaf = { id: 3, callFrame: frame("inner"), selfSize: 600, children: [] }
    const { frames, samples } = fromHeap({
      head: {
        id: 1,
        callFrame: frame("(root)", -1, ""),
        selfSize: 0,
        children: [{ id: 2, callFrame: frame("outer"), selfSize: 10, children: [leaf] }]
      },
      samples: [{ nodeId: 3 }, { nodeId: 2 }, { nodeId: 3 }]
    })
    assert.deepStrictEqual(
      samples.map(({ stack, values }) => [stack.map((index) => frames[index]), values]),
      [
        [[outer], [1, 10]],
        [
          [inner, outer],
          [2, 600]
        ]
      ]
    )
  })
})
