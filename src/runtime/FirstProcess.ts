/**
 * Signals that kill, for a process that is the first of its PID namespace, as a container's is: the kernel keeps from it
 * every signal that has no listener, so what kills other processes would not even be noticed.
 */
import { constants } from "node:os"

/** What kills until the tunnel listens for it, and partly again later (contract: command line, sections 5.1 and 5.2). */
const deadly = ["SIGTERM", "SIGINT", "SIGHUP"] as const

/** Ends the process with the exit code that shells give to a death by signal, unless somebody else listens for it. */
const kill = (signal: NodeJS.Signals): void => {
  if (process.listenerCount(signal) > 1) return
  const code = 128 + constants.signals[signal]
  // Loaded only when it is needed: this module is among the first of every start.
  void import("./EndProcess.ts").then(
    ({ endProcess }) => endProcess(code),
    () => process.exit(code)
  )
}

/**
 * Makes deadly signals kill process 1 whenever nothing else listens for them; all others die of them anyway and are left
 * alone. Gives back what takes away again what this call has added; another call in force is all that is needed.
 */
export const letSignalsKill = (pid: number = process.pid): (() => void) => {
  const added = pid === 1 ? deadly.filter((signal) => !process.listeners(signal).includes(kill)) : []
  for (const signal of added) process.on(signal, kill)
  return () => {
    for (const signal of added) process.off(signal, kill)
  }
}
