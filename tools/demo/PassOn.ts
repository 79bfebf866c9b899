/** `npm start -- server …`: runs the program with these arguments on this terminal. */
import { spawn } from "node:child_process"
import * as Os from "node:os"
import { program } from "./Program.ts"

const signals = ["SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGQUIT"] as const

/**
 * Runs the program and settles with its exit code. Ctrl-C arrives twice, from the terminal and from npm, and a second
 * signal would cut the program's drain short; so the same signal again within half a second is not passed on.
 */
export const passOn = (words: ReadonlyArray<string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, words, { detached: true, stdio: "inherit" })
    for (const signal of signals) {
      let last = Number.NEGATIVE_INFINITY
      process.on(signal, () => {
        if (performance.now() - last < 500) return
        last = performance.now()
        child.kill(signal)
      })
    }
    child.once("error", reject)
    child.once("exit", (code, signal) => resolve(code ?? 128 + (signal === null ? 1 : Os.constants.signals[signal])))
  })
