/** Runs the program's one effect and ends the process with its exit code. */
import { flushCompileCache } from "node:module"
import { Cause, Effect, Exit } from "effect"
import { loadNative } from "./Native.ts"

/** What Node would wait for, however long a name server is silent. */
const lookUp = "GetAddrInfoReqWrap"

/** Ends the process with this code, at once (contract: command line, section 5.4). */
const end = (code: number): void => {
  process.once("exit", () => {
    if (!process.getActiveResourcesInfo().includes(lookUp)) return
    flushCompileCache()
    loadNative().exit(code)
  })
  process.exit(code)
}

/** The effect's number is the exit code; a defect is printed and exits with 2, as a crash does. */
export const runMain = (program: Effect.Effect<number>): void => {
  const fiber = Effect.runFork(program)
  fiber.addObserver((exit) => {
    if (Exit.isSuccess(exit)) return end(exit.value)
    process.stderr.write(`${Cause.pretty(exit.cause)}\n`)
    end(2)
  })
}
