/** Child processes of tests: the tunnel itself and the tools that talk to it. They never outlive their scenario. */
import { spawn } from "node:child_process"
import { Changes, patience } from "./Changes.ts"
import type { Stage } from "./Stage.ts"

/** How a process ended. */
export interface Exit {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
}

export class Program {
  readonly pid: number
  readonly command: string
  stdout = ""
  stderr = ""
  exited: Exit | undefined
  readonly changes = new Changes()
  readonly #kill: (signal: NodeJS.Signals) => boolean
  readonly #write: (text: string) => void
  readonly #endInput: () => void

  constructor(stage: Stage, command: string, args: ReadonlyArray<string>, environment: Record<string, string> = {}) {
    const child = spawn(command, args, {
      stdio: ["pipe", "pipe", "pipe"],
      env: { PATH: process.env.PATH ?? "", HOME: process.env.HOME ?? "/", ...environment }
    })
    this.pid = child.pid ?? 0
    this.command = [command, ...args].join(" ")
    this.#kill = (signal) => child.kill(signal)
    this.#write = (text) => child.stdin.write(text)
    this.#endInput = () => child.stdin.end()
    child.stdin.on("error", () => {})
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      this.stdout += text
      this.changes.notify()
    })
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text
      this.changes.notify()
    })
    child.on("error", (error) => {
      this.stderr += error.message
      this.exited = { code: 127, signal: null }
      this.changes.notify()
    })
    // `close` comes after the last output, `exit` may come before it.
    child.on("close", (code, signal) => {
      this.exited = { code, signal }
      this.changes.notify()
    })
    stage.transcripts.push(() => this.toString())
    stage.defer(async () => {
      if (this.exited === undefined) child.kill("SIGKILL")
      await this.exit()
    })
  }

  /** Sends a signal to this very process. */
  signal(name: NodeJS.Signals): void {
    this.#kill(name)
  }

  /** Writes to its standard input. */
  input(text: string): void {
    this.#write(text)
  }

  /** Closes its standard input. */
  endInput(): void {
    this.#endInput()
  }

  /** Complete lines of standard output so far. */
  get lines(): ReadonlyArray<string> {
    return this.stdout.split("\n").slice(0, -1)
  }

  /** Waits for the end. */
  exit(timeout = patience): Promise<Exit> {
    return this.changes.until(
      () => this.exited,
      () => `the end of ${this.command}`,
      timeout
    )
  }

  /** Waits for the `occurrence`-th line of standard output that matches; fails at once when the process ends without it. */
  async waitForLine(pattern: RegExp, occurrence = 1): Promise<string> {
    const found = await this.changes.until(
      () => {
        const line = this.lines.filter((text) => pattern.test(text))[occurrence - 1]
        return line !== undefined ? { line } : this.exited !== undefined ? { line: undefined } : undefined
      },
      () => `a line like ${pattern}`
    )
    if (found.line === undefined) throw new Error(`${this.command} ended without a line like ${pattern}`)
    return found.line
  }

  toString(): string {
    const end = this.exited ? `exit ${this.exited.code ?? this.exited.signal}` : "running"
    return [`$ ${this.command}  (${end})`, this.stdout.trimEnd(), this.stderr && `stderr: ${this.stderr}`]
      .filter((part) => part !== "")
      .join("\n")
  }
}

/** Runs a tool to its end and gives what it printed. */
export const runTool = async (
  stage: Stage,
  command: string,
  args: ReadonlyArray<string>,
  input = ""
): Promise<Program> => {
  const program = new Program(stage, command, args)
  if (input !== "") program.input(input)
  program.endInput()
  await program.exit()
  return program
}
