/** Standard output: one queue of lines for the whole process. */
import { endProcess } from "./EndProcess.ts"
import { LineQueue } from "./LineQueue.ts"
import { openOutput } from "./Output.ts"

/** Ends the process as a program would that never heard of SIGPIPE, which Node ignores from the start. */
const dieOfSigpipe = (): never => {
  try {
    // The last listener's removal is what makes the signal's action the default one.
    const listener = () => {}
    process.on("SIGPIPE", listener)
    process.removeAllListeners("SIGPIPE")
    process.kill(process.pid, "SIGPIPE")
  } catch {
    // No such signal here: the exit code says it.
  }
  return endProcess(141)
}

const open = (): LineQueue => {
  const output = openOutput(1)
  const queue = new LineQueue((line, from) => {
    const taken = output(line, from)
    return taken === "gone" ? dieOfSigpipe() : taken
  })
  queue.flushAtExit()
  return queue
}

let opened: LineQueue | undefined

/**
 * The queue in front of standard output. A reader that went away ends the process. A full disk or a closed descriptor loses
 * the line, not the tunnel.
 */
export const stdout = (): LineQueue => {
  opened ??= open()
  return opened
}
