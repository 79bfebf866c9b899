/** A tunnel process that judges the chains of one group, and its log. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as Path from "node:path"
import { createInterface } from "node:readline"
import { Effect, type Scope } from "effect"
import { program } from "../../demo/Program.ts"

/** The launcher, on this process's Node; `GHOSTUNNEL_MAIN` names the `main.mjs` of another build. */
const other = process.env["GHOSTUNNEL_MAIN"]
const command = other === undefined ? [program] : [process.execPath, other]
const environment = {
  ...process.env,
  PATH: `${Path.dirname(process.execPath)}${Path.delimiter}${process.env["PATH"] ?? ""}`
}

export interface TunnelProcess {
  /** False when it refused to start; the log says why. */
  readonly started: boolean
  /** Lines so far, oldest first, without time and process id. */
  readonly log: ReadonlyArray<string>
  /** The first line from this index on that reports a failure; waits for it a moment. */
  readonly failureSince: (index: number) => Promise<string | undefined>
  /** Reloads, and gives the line that says why it failed; undefined when it did not. */
  readonly reload: () => Promise<string | undefined>
}

const failure = /error|refus|unauthorized|failed/i
const patience = 5_000

const startChild = (words: ReadonlyArray<string>): ChildProcess => {
  const [first = "", ...others] = [...command, ...words]
  return spawn(first, others, { stdio: ["ignore", "pipe", "pipe"], env: environment })
}

const startedOf = (child: ChildProcess, log: Array<string>, notify: () => void): Promise<boolean> =>
  new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue
      createInterface({ input: stream }).on("line", (line) => {
        log.push(line.replace(/^\[\d+\] \S+ \S+ /, ""))
        if (line.includes("listening for connections on")) resolve(true)
        notify()
      })
    }
    child.once("error", () => resolve(false))
    child.once("close", () => resolve(false))
  })

const stop = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, "exit")
  child.kill("SIGKILL")
  await ended
}

/** Starts the program with these words; it ends with the scope. */
export const startProcess = (words: ReadonlyArray<string>): Effect.Effect<TunnelProcess, never, Scope.Scope> =>
  Effect.gen(function* () {
    const log: Array<string> = []
    let waiting: () => void = () => {}
    const child = yield* Effect.acquireRelease(
      Effect.sync(() => startChild(words)),
      (running) => Effect.promise(() => stop(running))
    )
    let ended = false
    child.once("close", () => {
      ended = true
      waiting()
    })
    const started = yield* Effect.promise(() => startedOf(child, log, () => waiting()))
    const failureSince = (index: number): Promise<string | undefined> =>
      new Promise((resolve) => {
        const look = () => log.slice(index).find((line) => failure.test(line))
        const settle = () => {
          clearTimeout(late)
          waiting = () => {}
          resolve(look())
        }
        const late = setTimeout(settle, patience)
        waiting = () => look() !== undefined && settle()
        waiting()
      })
    const reload = (): Promise<string | undefined> =>
      new Promise((resolve) => {
        const before = log.length
        waiting = () => {
          const lines = log.slice(before)
          if (!ended && !lines.some((line) => line.includes("reloading configuration complete"))) return
          waiting = () => {}
          resolve(ended ? "the tunnel ended" : lines.find((line) => line.includes("error reloading")))
        }
        child.kill("SIGHUP")
      })
    return { started, log, failureSince, reload }
  })
