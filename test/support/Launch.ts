/** The built program in surroundings a test chooses: with other variables, or started by another program. */
import { fileURLToPath } from "node:url"
import { Program } from "./Program.ts"
import type { Stage } from "./Stage.ts"

const main = process.env.GHOSTUNNEL_MAIN ?? fileURLToPath(new URL("../../dist/main.mjs", import.meta.url))

export interface Surroundings {
  /** Variables beside `PATH` and `HOME`. */
  readonly environment?: Readonly<Record<string, string>>
  /** A command that replaces itself with the one behind it: the process stays the same. */
  readonly below?: ReadonlyArray<string>
}

/** The program with these words, and what it printed without process id and time. */
export class Launched extends Program {
  /** Lines without process id and time. */
  get messages(): ReadonlyArray<string> {
    return this.lines.map((line) => line.replace(/^\[\d+\] \S+ \S+ /, ""))
  }

  /** How many messages match. */
  count(pattern: RegExp): number {
    return this.messages.filter((message) => pattern.test(message)).length
  }

  /** Waits until standard error matches. */
  async waitForError(pattern: RegExp): Promise<void> {
    const matched = await this.changes.until(
      () => (pattern.test(this.stderr) ? true : this.exited === undefined ? undefined : false),
      () => `${pattern} on standard error`
    )
    if (!matched) throw new Error(`${this.command} ended without ${pattern} on standard error`)
  }
}

/** Starts the program and does not wait for it. */
export const launch = (stage: Stage, words: ReadonlyArray<string>, surroundings: Surroundings = {}): Launched => {
  const whole = [...(surroundings.below ?? []), process.execPath, main, ...words, ...stage.cell.args]
  const [command = "", ...args] = whole
  return new Launched(stage, command, args, { ...surroundings.environment })
}
