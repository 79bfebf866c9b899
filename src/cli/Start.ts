/** The program: this process's argv, environment and streams, and an exit code. */
import { listenForCrashes } from "../runtime/Crash.ts"
import { runMain } from "../runtime/RunMain.ts"
import { main } from "./Cli.ts"
import { runTunnel } from "./RunTunnel.ts"

/** What the launcher was called by; without it, a script file is no program name. */
const programName = ([, script = "ghostunnel"]: ReadonlyArray<string>, launched: string | undefined): string =>
  launched ?? (/\.[cm]?[jt]s$/.test(script) ? "ghostunnel" : script)

/** Runs the command line of this process and exits. */
export const start = (): void => {
  listenForCrashes()
  const { argv, env } = process
  runMain(main(argv.slice(2), { argv0: programName(argv, env.GHOSTUNNEL_PROGRAM), env, run: runTunnel }))
}
