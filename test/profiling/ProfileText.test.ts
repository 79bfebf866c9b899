import { assert, describe, it } from "@effect/vitest"
import { profileOf, summed } from "../../src/profiling/Merge.ts"
import { contentionText, countText, fibersText, heapText } from "../../src/profiling/ProfileText.ts"

const copy = { name: "Connection.copy", file: "src/proxy/Connection.ts", line: 49 }
const make = { name: "ThreadProxy.make (definition)", file: "src/proxy/ThreadProxy.ts", line: 95 }
const given = { name: "Connection.dial", file: "", line: 0 }
const facts = { at: 0, comments: ["thread worker-2 is missing"] }

describe("text of counted stacks", () => {
  const samples = summed([
    { stack: [given, make], values: [1], thread: "worker-1" },
    { stack: [copy, make], values: [1], thread: "worker-1" },
    { stack: [{ ...copy }, { ...make }], values: [1], thread: "worker-1" },
    { stack: [copy, make], values: [1], thread: "main" }
  ])

  it("groups equal stacks of a thread, most frequent first, below the total", () => {
    assert.strictEqual(
      countText("goroutine", profileOf("goroutine", samples, facts)),
      `goroutine profile: total 4
2 @ Connection.copy ThreadProxy.make_(definition)
# labels: {"thread":"worker-1"}
#\tConnection.copy\tsrc/proxy/Connection.ts:49
#\tThreadProxy.make (definition)\tsrc/proxy/ThreadProxy.ts:95

1 @ Connection.dial ThreadProxy.make_(definition)
# labels: {"thread":"worker-1"}
#\tConnection.dial
#\tThreadProxy.make (definition)\tsrc/proxy/ThreadProxy.ts:95

1 @ Connection.copy ThreadProxy.make_(definition)
# labels: {"thread":"main"}
#\tConnection.copy\tsrc/proxy/Connection.ts:49
#\tThreadProxy.make (definition)\tsrc/proxy/ThreadProxy.ts:95

# thread worker-2 is missing
`
    )
  })

  it("of nothing is a total of 0", () => {
    const nothing = profileOf("threadcreate", [], { at: 0, comments: [] })
    assert.strictEqual(countText("threadcreate", nothing), "threadcreate profile: total 0\n")
  })
})

describe("text of single fibers", () => {
  it("tells number, state and thread", () => {
    const fiber = { id: 7, thread: "main", state: ["suspended", "copy", "peer=127.0.0.1:5"], stack: [given, copy] }
    assert.strictEqual(
      fibersText([fiber], []),
      `goroutine 7 [suspended, copy, peer=127.0.0.1:5, thread=main]:
Connection.dial(...)
Connection.copy(...)
\tsrc/proxy/Connection.ts:49

`
    )
  })
})

describe("text of the heap", () => {
  it("begins with the sums, largest stack first, and ends with the memory of the process", () => {
    const samples = [
      { stack: [given], values: [1, 100], thread: "main" },
      { stack: [copy], values: [2, 1000], thread: "main" }
    ]
    const size = { used: 1, total: 2, limit: 3, external: 4 }
    const text = heapText(profileOf("heap", samples, facts), { rss: 5, threads: [["main", size]] })
    assert.strictEqual(
      text,
      `heap profile: 3: 1100 [3: 1100] @ heap/1048576
2: 1000 [2: 1000] @ Connection.copy
# labels: {"thread":"main"}
#\tConnection.copy\tsrc/proxy/Connection.ts:49

1: 100 [1: 100] @ Connection.dial
# labels: {"thread":"main"}
#\tConnection.dial

# memory, bytes
# Sys = 5
# main: HeapInuse = 1, HeapSys = 2, HeapLimit = 3, External = 4
# thread worker-2 is missing
`
    )
  })
})

describe("text of contention", () => {
  const delay = { samples: 9, mean: 20_100_000, p50: 20_000_000, p90: 1, p99: 0, max: 1_500_000_000 }
  const line = "# event loop delay, main: samples=9 mean=20.100ms p50=20.000ms p90=0.000ms p99=0.000ms max=1500.000ms\n"

  it("is the Go program's, with the event loop's delay as a remark", () => {
    assert.strictEqual(
      contentionText("block", [["main", delay]], []),
      `--- contention:\ncycles/second=1000000000\n${line}`
    )
    assert.strictEqual(
      contentionText("mutex", [["main", delay]], ["late"]),
      `--- mutex:\ncycles/second=1000000000\nsampling period=0\n${line}# late\n`
    )
  })
})
