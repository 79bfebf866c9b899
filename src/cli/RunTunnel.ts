/** Runs one tunnel for a command line that parsed: log, rules of the mode, the tunnel, the exit code. */
import { Effect, Layer, Result } from "effect"
import { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import { ExitCode } from "./ExitCode.ts"
import type { Invocation } from "./Invocation.ts"
import { toConfig } from "./ModeValidation.ts"

/** Errors end up in the log and, even where the log is silenced, on stderr. */
const refuse = (message: string): number => {
  process.stderr.write(`error: ${message}\n`)
  return ExitCode.failure
}

const run = Effect.fn("RunTunnel.run")(function* (invocation: Invocation) {
  const log = yield* Log
  log.line(`starting ghostunnel in ${invocation.mode} mode`)
  const config = toConfig(invocation)
  if (Result.isFailure(config)) {
    log.line(`error: ${config.failure}`)
    return refuse(config.failure)
  }
  // The tunnel's code is not loaded for command lines that are refused before it is needed.
  const Ghostunnel = yield* Effect.promise(() => import("../Ghostunnel.ts"))
  return yield* Effect.match(Ghostunnel.serve(config.success), {
    onSuccess: ({ forced }) => (forced ? ExitCode.failure : ExitCode.success),
    onFailure: (error) => refuse(error.message)
  })
})

/** Serves until a signal or a request ends it, and gives the exit code. */
export const runTunnel = (invocation: Invocation): Effect.Effect<number> => {
  const log = invocation.flags.quiet.includes("all") ? Log.layerSilent : Log.layerStdout
  return run(invocation).pipe(Effect.provide(Layer.mergeAll(log, Lifecycle.layerSignals)))
}
