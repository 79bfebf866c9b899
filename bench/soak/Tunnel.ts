/** The program under test: starts, watches, reloads and stops it. */
import type { ChildProcess } from "node:child_process"
import { once } from "node:events"
import { createInterface } from "node:readline"
import { program } from "../../tools/demo/Program.ts"
import { start } from "../Processes.ts"

/** How a process ended. */
export type Exit = number | NodeJS.Signals

/** Timeout of each request to the process, milliseconds. */
const patience = 20_000

export class Tunnel {
  readonly pid: number
  readonly statusPort: number
  readonly ended: Promise<Exit>
  failedReloads = 0
  /** Finished reloads: the log says "complete" after failed ones too. */
  turns = 0
  /** What it wrote to standard error; it should be empty. */
  stderr = ""
  readonly #child: ChildProcess

  private constructor(child: ChildProcess, statusPort: number) {
    this.#child = child
    this.pid = child.pid ?? 0
    this.statusPort = statusPort
    this.ended = new Promise((resolve) => {
      child.once("error", () => resolve(127))
      child.once("exit", (code, signal) => resolve(signal ?? code ?? 1))
    })
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text
    })
  }

  get reloads(): number {
    return this.turns - this.failedReloads
  }

  /** Starts the built program, or the one named by `GHOSTUNNEL_MAIN`, and waits until it listens. */
  static async start(words: ReadonlyArray<string>, statusPort: number): Promise<Tunnel> {
    const other = process.env.GHOSTUNNEL_MAIN
    const [command, before] = other === undefined ? [program, []] : [process.execPath, [other]]
    const child = start(command, [...before, ...words], { stdio: ["ignore", "pipe", "pipe"] })
    const tunnel = new Tunnel(child, statusPort)
    const listening = new Promise<void>((resolve) => {
      if (child.stdout === null) throw new Error("no output")
      createInterface({ input: child.stdout }).on("line", (line) => {
        if (line.includes("listening for connections on")) resolve()
        if (line.includes("error reloading")) tunnel.failedReloads += 1
        if (line.includes("reloading configuration complete")) tunnel.turns += 1
        child.emit("line")
      })
    })
    const first = await Promise.race([listening, tunnel.ended])
    if (first !== undefined) throw new Error(`the tunnel did not start: ${tunnel.stderr.trim() || first}`)
    return tunnel
  }

  /** Requests a reload and waits until it has finished. */
  async reload(): Promise<void> {
    const done = this.turns
    this.#child.kill("SIGHUP")
    const late = AbortSignal.timeout(patience)
    while (this.turns === done) {
      await once(this.#child, "line", { signal: late }).catch(() => {
        throw new Error(`the tunnel has not reloaded within ${patience / 1000} s`)
      })
    }
  }

  /** Requests shutdown; resolves with the exit. */
  async stop(): Promise<Exit> {
    const late = setTimeout(() => this.#child.kill("SIGKILL"), patience)
    this.#child.kill("SIGTERM")
    const exit = await this.ended
    clearTimeout(late)
    return exit
  }
}
