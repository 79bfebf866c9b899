/** Child processes of the benchmark: all of them end with it, whatever happens. */
import { type ChildProcess, type SpawnOptions, spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"

const running = new Set<ChildProcess>()

/** Starts a process that `endAll` will end. */
export const start = (command: string, words: ReadonlyArray<string>, options: SpawnOptions): ChildProcess => {
  const child = spawn(command, words, options)
  running.add(child)
  child.once("exit", () => running.delete(child))
  child.once("error", () => running.delete(child))
  return child
}

/** Ends one process: SIGTERM, and SIGKILL for it and its children when it is still there after two seconds. */
export const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
  const exited = once(child, "exit")
  const family = familyOf(child.pid)
  child.kill("SIGTERM")
  const late = setTimeout(() => family.forEach(kill), 2000)
  await exited
  clearTimeout(late)
}

/** Ends whatever is left, in parallel. */
export const endAll = async (): Promise<void> => {
  await Promise.all([...running].map(end))
}

const kill = (pid: number): void => {
  try {
    process.kill(pid, "SIGKILL")
  } catch {
    // It has ended in the meantime.
  }
}

const readOrEmpty = (path: string): string => {
  try {
    return Fs.readFileSync(path, "utf8")
  } catch {
    return ""
  }
}

/** The fields of /proc/PID/stat after the command's name: state, parent, .. */
const statOf = (pid: number): ReadonlyArray<string> => {
  const text = readOrEmpty(`/proc/${pid}/stat`)
  return text.slice(text.lastIndexOf(")") + 2).split(" ")
}

/** A process and all its descendants. */
export const familyOf = (pid: number): ReadonlyArray<number> => {
  const pids = Fs.readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
  const parents = new Map(pids.map((each) => [each, Number(statOf(each)[1])]))
  const within = (each: number): boolean => {
    const parent = parents.get(each)
    return each === pid || (parent !== undefined && parent > 1 && within(parent))
  }
  return pids.filter(within)
}

const ticksPerSecond = 100

/** CPU time of a process and its descendants so far, user and system, all threads, in seconds. */
export const cpuSeconds = (pid: number): number =>
  familyOf(pid).reduce((sum, each) => {
    const fields = statOf(each)
    return sum + (Number(fields[11]) + Number(fields[12])) / ticksPerSecond
  }, 0)

/** Memory of a process and its descendants, shared pages in proportion, in kB. */
export const memoryKb = (pid: number): number =>
  familyOf(pid).reduce((sum, each) => {
    const match = /^Pss:\s+(\d+) kB/m.exec(readOrEmpty(`/proc/${each}/smaps_rollup`))
    return sum + Number(match?.[1] ?? 0)
  }, 0)
