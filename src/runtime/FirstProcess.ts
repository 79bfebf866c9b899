/**
 * Makes deadly signals work for PID 1, for example in a container: the kernel discards a signal to PID 1 that has no
 * listener.
 */
import { constants } from "node:os"

/**
 * Signals that kill until the tunnel listens for them, and partly again later (docs/compatibility/command-line.md, 5.1 and 5.2).
 */
const deadly = ["SIGTERM", "SIGINT", "SIGHUP"] as const

/** Ends the process with the shell's exit code for a signal, unless another listener handles it. */
const kill = (signal: NodeJS.Signals): void => {
  if (process.listenerCount(signal) > 1) return
  const code = 128 + constants.signals[signal]
  // Loaded on demand: this module is on every start's critical path.
  void import("./EndProcess.ts").then(
    ({ endProcess }) => endProcess(code),
    () => process.exit(code)
  )
}

/**
 * Makes deadly signals kill process 1 whenever nothing else listens for them; does nothing in other processes. Returns a
 * function that removes this call's listeners.
 */
export const letSignalsKill = (pid: number = process.pid): (() => void) => {
  const added = pid === 1 ? deadly.filter((signal) => !process.listeners(signal).includes(kill)) : []
  for (const signal of added) process.on(signal, kill)
  return () => {
    for (const signal of added) process.off(signal, kill)
  }
}
