/** Runs one tunnel for a parsed command line: log, mode rules, tunnel, exit code. */
import { Effect, Layer, Result } from "effect"
import { processOf } from "../config/ProcessConfig.ts"
import { InheritedSockets } from "../runtime/InheritedSockets.ts"
import { Sandbox, setUp } from "../runtime/Landlock.ts"
import { surroundings } from "../runtime/LandlockHost.ts"
import { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import { Native } from "../runtime/Native.ts"
import { type Need, needOf } from "../runtime/Sandbox.ts"
import { ServiceNotify } from "../runtime/ServiceNotify.ts"
import { layerSyslog } from "../runtime/Syslog.ts"
import { relativePathError, workingDirectory } from "../runtime/WorkingDirectory.ts"
import { clientFlags } from "./ClientFlags.ts"
import { ExitCode } from "./ExitCode.ts"
import type { Invocation } from "./Invocation.ts"
import { toConfig } from "./ModeValidation.ts"
import { serverFlags } from "./ServerFlags.ts"
import { machine } from "./Services.ts"
import { sharedFlags } from "./SharedFlags.ts"
import { withUrlsFromFiles } from "./UrlFiles.ts"

/** Logs errors and prints them on stderr, even if the log is silenced. */
const refuse = (message: string): number => {
  process.stderr.write(`error: ${message}\n`)
  return ExitCode.failure
}

const needs = ({ flags, mode }: Invocation): ReadonlyArray<Need> => {
  const values: Readonly<Record<string, unknown>> = flags
  const table = { ...sharedFlags, ...(mode === "server" ? serverFlags : clientFlags) }
  return Object.entries(table).flatMap(([key, { spec }]) =>
    [values[key]].flat().flatMap((value) => needOf(spec, value) ?? [])
  )
}

const run = Effect.fn("RunTunnel.run")(function* (parsed: Invocation) {
  const log = yield* Log
  log.line("starting", `starting ghostunnel in ${parsed.mode} mode`)
  if (workingDirectory() === undefined) {
    const message = relativePathError(needs(parsed), process.env)
    if (message !== undefined) {
      log.line("start_failed", `error: ${message}`)
      return refuse(message)
    }
    // Nothing is relative to it, and worker threads do not start without one.
    process.chdir("/")
  }
  const complete = withUrlsFromFiles(parsed)
  if (Result.isFailure(complete)) {
    log.line("start_failed", `error: ${complete.failure}`)
    return refuse(complete.failure)
  }
  const invocation = complete.success
  const sandbox = yield* setUp({
    mode: invocation.flags.disableLandlock ? "off" : invocation.flags.sandbox,
    needs: needs(invocation),
    pkcs11: false,
    surroundings: surroundings(machine)
  }).pipe(Effect.tapError((error) => Effect.sync(() => log.line("start_failed", `error: ${error.message}`))))
  const config = toConfig(invocation)
  if (Result.isFailure(config)) {
    for (const line of config.failure.lines) log.line("start_failed", line)
    return refuse(config.failure.message)
  }
  // Load the tunnel's code only for a valid command line.
  const { serve } = yield* Effect.promise(() => import("../process/Serve.ts"))
  return yield* serve(processOf(config.success)).pipe(
    Effect.provideService(Sandbox, sandbox),
    Effect.match({
      onSuccess: ({ forced }) => (forced ? ExitCode.failure : ExitCode.success),
      onFailure: (error) => refuse(error.message)
    })
  )
})

/** Serves until a signal or a request stops the tunnel; returns the exit code. */
export const runTunnel = (invocation: Invocation): Effect.Effect<number> => {
  const log = invocation.flags.quiet.includes("all")
    ? Log.layerSilent
    : invocation.flags.syslog
      ? layerSyslog({
          program: process.env.GHOSTUNNEL_PROGRAM ?? process.argv[1] ?? "ghostunnel",
          format: invocation.flags.logFormat
        })
      : Log.layerStdoutAs(invocation.flags.logFormat)
  return run(invocation).pipe(
    Effect.provide(
      Layer.mergeAll(
        Log.layerEffectLogger.pipe(Layer.provideMerge(log)),
        Lifecycle.layerSignals,
        InheritedSockets.layer(),
        ServiceNotify.layer()
      ).pipe(Layer.provideMerge(Native.layer))
    ),
    Effect.catchTags({
      SandboxError: (error) => Effect.sync(() => refuse(error.message)),
      SyslogError: (error) => Effect.sync(() => refuse(`unable to set up logger: ${error.message}`))
    })
  )
}
