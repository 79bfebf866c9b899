/** Runs the program's one effect and ends the process with its exit code. */
import { Cause, Effect, Exit } from "effect"
import { endProcess } from "./EndProcess.ts"

/** The effect's number is the exit code; a defect is printed and exits with 2, as a crash does. */
export const runMain = (program: Effect.Effect<number>): void => {
  const fiber = Effect.runFork(program)
  fiber.addObserver((exit) => {
    if (Exit.isSuccess(exit)) return endProcess(exit.value)
    process.stderr.write(`${Cause.pretty(exit.cause)}\n`)
    endProcess(2)
  })
}
