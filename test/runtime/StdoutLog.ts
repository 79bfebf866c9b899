/**
 * Writes log lines to standard output: `StdoutLog.ts MESSAGE..`, or lines without end with no message. As JSON with
 * `LOG_FORMAT=json` in the environment.
 */
import { Effect, Layer } from "effect"
import { Log } from "../../src/runtime/Logging.ts"

const messages = process.argv.slice(2)
const program = Effect.gen(function* () {
  const log = yield* Log
  for (const message of messages) log.line("starting", message)
  yield* Effect.logInfo("from", "Effect")
  if (messages.length > 0) return
  setInterval(() => log.line("starting", "x".repeat(1000)), 1)
  return yield* Effect.never
})
const log = Log.layerStdoutAs(process.env.LOG_FORMAT === "json" ? "json" : "text")
await Effect.runPromise(Effect.provide(program, Layer.provideMerge(Log.layerEffectLogger, log)))
