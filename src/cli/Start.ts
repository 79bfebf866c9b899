/** The program: this process's argv, environment and streams, and an exit code. */
import { basename } from "node:path"
import { listenForCrashes } from "../runtime/Crash.ts"
import { runMain } from "../runtime/RunMain.ts"
import { main } from "./Cli.ts"
import { runTunnel } from "./RunTunnel.ts"

/** A script file is no program name: messages then say what the package calls itself. */
const programName = (argv1: string | undefined): string =>
  argv1 === undefined || /\.[cm]?[jt]s$/.test(argv1) ? "ghostunnel" : basename(argv1)

/** Runs the command line of this process and exits. */
export const start = (): void => {
  listenForCrashes()
  runMain(main(process.argv.slice(2), { argv0: programName(process.argv[1]), env: process.env, run: runTunnel }))
}
