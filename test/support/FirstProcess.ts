/** A PID namespace whose first process is the program, as a container's is. */
import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { skipBecause } from "./Absent.ts"

/**
 * A command to start the program below: it waits for the program, its only child, ends as that does, and takes it along.
 * Skips the test where namespaces are not allowed.
 */
export const firstProcess = async (): Promise<ReadonlyArray<string>> => {
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"]
  const command = ["unshare", ...user, "--pid", "--fork", "--mount-proc", "--kill-child"]
  const [first = "", ...rest] = [...command, "true"]
  const tried = spawnSync(first, rest, { encoding: "utf8" })
  if (tried.status !== 0) {
    await skipBecause(`no PID namespace to be the first process of: ${tried.error?.message ?? tried.stderr.trim()}`)
  }
  return command
}

/** Sends a signal to the only child of a process: from outside its namespace, as a container's runtime does. */
export const signalChild = (parent: number, signal: NodeJS.Signals): void => {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ")
  if (children.length !== 1) throw new Error(`${parent} has ${children.length} children`)
  process.kill(Number(children[0]), signal)
}
