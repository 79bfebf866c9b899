import { assert, describe, it } from "@effect/vitest"
import type { SandboxReceipt } from "../../src/runtime/Landlock.ts"
import { sandboxFacts, sandboxState, workerFacts } from "../../src/status/StatusFacts.ts"

const receipt = (change: Partial<SandboxReceipt> = {}): SandboxReceipt => ({
  mode: "auto",
  abi: 7,
  enforced: ["files", "truncating files", "TCP listening", "TCP connecting"],
  notEnforced: ["UDP"],
  threadsOutside: ["node-V8Worker"],
  ...change
})

describe("StatusFacts", () => {
  it("report the sandbox's state in one word", () => {
    assert.strictEqual(sandboxState(receipt()), "enforced")
    assert.strictEqual(sandboxState(receipt({ enforced: ["files", "TCP connecting"] })), "partial")
    assert.strictEqual(sandboxState(receipt({ enforced: ["TCP listening", "TCP connecting"] })), "partial")
    assert.strictEqual(sandboxState(receipt({ enforced: [], abi: 0 })), "unavailable")
    assert.strictEqual(sandboxState(receipt({ mode: "off", enforced: [], abi: 0 })), "off")
    assert.strictEqual(sandboxState(receipt({ mode: "require" })), "enforced")
  })

  it("name what is enforced and what is not", () => {
    assert.deepStrictEqual(sandboxFacts(receipt()), {
      state: "enforced",
      abi: 7,
      enforced: ["files", "truncating files", "TCP listening", "TCP connecting"],
      not_enforced: ["UDP"],
      threads_outside: ["node-V8Worker"]
    })
  })

  it("list every thread", () => {
    assert.deepStrictEqual(workerFacts({ serving: [true, false], replaced: 3 }), {
      number: 2,
      threads: [
        { thread: 0, serving: true },
        { thread: 1, serving: false }
      ],
      replaced: 3
    })
    assert.deepStrictEqual(workerFacts({ serving: [], replaced: 0 }), { number: 0, threads: [], replaced: 0 })
  })
})
