/** Standard output: one queue of lines for the whole process. */
import { Context, Layer } from "effect"
import { endProcess } from "./EndProcess.ts"
import { LineQueue } from "./LineQueue.ts"
import { openOutput } from "./Output.ts"

/** Ends the process as SIGPIPE would by default. Node ignores SIGPIPE from the start. */
const dieOfSigpipe = (): never => {
  try {
    // Removing the last listener restores the signal's default action.
    const listener = () => {}
    process.on("SIGPIPE", listener)
    process.removeAllListeners("SIGPIPE")
    process.kill(process.pid, "SIGPIPE")
  } catch {
    // The platform has no SIGPIPE: use its exit code.
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

/**
 * The queue in front of standard output, one for everything that is built with it. If the reader closes the pipe, the process
 * ends. A full disk or a closed descriptor loses the line; the tunnel continues.
 */
export class Stdout extends Context.Service<Stdout, LineQueue>()("ghostunnel/Stdout") {
  static readonly layer: Layer.Layer<Stdout> = Layer.sync(Stdout, open)
}
