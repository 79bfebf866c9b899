/** A thread that sleeps in the transport's epoll still does everything else that Node's loop has for it. */
import { once } from "node:events"
import { setTimeout as sleep } from "node:timers/promises"
import { Worker } from "node:worker_threads"
import { assert, describe, it } from "@effect/vitest"

interface Answer {
  readonly message: string
  readonly slept?: number
  readonly passed?: number
}

const start = async (what: "quiet" | "storm" | "unreferenced") => {
  const worker = new Worker(new URL("./SleepWorker.ts", import.meta.url), {
    workerData: what,
    execArgv: ["--disable-warning=ExperimentalWarning"]
  })
  const answer = async (): Promise<Answer> => (await once(worker, "message"))[0]
  assert.strictEqual((await answer()).message, "ready")
  const ask = (message: string): Promise<Answer> => {
    const answered = answer()
    worker.postMessage(message)
    return answered
  }
  return { worker, ask }
}

describe.each(["quiet", "storm", "unreferenced"] as const)("a thread in a %s", (what) => {
  it("runs messages, timers, immediates and promises", async () => {
    const { ask, worker } = await start(what)
    for (const message of ["timer", "immediate", "promise", "later", "timer"]) {
      assert.strictEqual((await ask(message)).message, message)
    }
    await worker.terminate()
  })

  it("tells how long it slept", async () => {
    const { ask, worker } = await start(what)
    const before = await ask("numbers")
    // A timer of its own would be something that holds its loop.
    await sleep(300)
    const after = await ask("numbers")
    const [slept, passed] = [(after.slept ?? 0) - (before.slept ?? 0), (after.passed ?? 0) - (before.passed ?? 0)]
    if (what === "storm") assert.isAbove(passed, 100)
    else {
      assert.isAbove(slept, 150)
      assert.strictEqual(passed, 0)
    }
    await worker.terminate()
  })

  it("ends when it is told to from outside", async () => {
    const { worker } = await start(what)
    assert.strictEqual(await worker.terminate(), 1)
  })

  it("ends by itself when it watches nothing any more", async () => {
    const { worker } = await start(what)
    const exited = once(worker, "exit")
    worker.postMessage("leave")
    assert.deepStrictEqual(await exited, [0])
  })
})
