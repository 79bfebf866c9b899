/** A PID namespace whose first process is the program, as a container's is. */
import { readFileSync } from "node:fs"

/** A command to start the program below: it waits for the program, its only child, ends as that does, and takes it along. */
export const inFirstProcess = (): ReadonlyArray<string> => {
  const user = process.getuid?.() === 0 ? [] : ["--map-root-user"]
  return ["unshare", ...user, "--pid", "--fork", "--mount-proc", "--kill-child"]
}

/** Sends a signal to the only child of a process: from outside its namespace, as a container's runtime does. */
export const signalChild = (parent: number, signal: NodeJS.Signals): void => {
  const children = readFileSync(`/proc/${parent}/task/${parent}/children`, "utf8").trim().split(" ")
  if (children.length !== 1) throw new Error(`${parent} has ${children.length} children`)
  process.kill(Number(children[0]), signal)
}
