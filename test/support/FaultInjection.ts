/** Errors that no handler catches, thrown inside the running program when a signal asks for them. */
import { writeFileSync } from "node:fs"
import type { Stage } from "./Stage.ts"

// Loaded into the main thread and into every worker, before the program.
const source = `
const threads = require("node:worker_threads")
const { BroadcastChannel, isMainThread, threadId, Worker } = threads
const where = process.env.FAULT
const { syncBuiltinESMExports } = require("node:module")
const fail = () => setImmediate(() => { throw new Error("injectFault", { cause: new TypeError("the deeper reason") }) })
if (isMainThread) {
  let asked = 0
  process.on("SIGUSR2", () => {
    if (where === "main") return fail()
    if (where === "replacement") {
      // The next thread is not to be had.
      threads.Worker = class {
        constructor() {
          threads.Worker = Worker
          syncBuiltinESMExports()
          throw new Error("none left")
        }
      }
      syncBuiltinESMExports()
    }
    const channel = new BroadcastChannel("injectFault")
    channel.postMessage(++asked)
    channel.close()
  })
} else {
  const channel = new BroadcastChannel("injectFault")
  channel.unref()
  // Threads are numbered from 1 in the order they start: the n-th signal ends the n-th.
  channel.onmessage = ({ data }) => { if (data === threadId) fail() }
}
`

/**
 * For the program's start: SIGUSR2 then ends its main thread, or its worker threads, one with every signal; with
 * `replacement` the first attempt to start another one fails as well.
 */
export const injectFault = (
  stage: Stage,
  where: "main" | "worker" | "replacement"
): Readonly<Record<string, string>> => {
  const script = stage.path(".cjs")
  writeFileSync(script, source)
  return { NODE_OPTIONS: `--require=${script}`, FAULT: where }
}
