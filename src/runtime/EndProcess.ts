/** Ends the process at once with an exit code (docs/compatibility/command-line.md, 1.3 and 5.4). */
import { flushCompileCache } from "node:module"
import { loadNative } from "./Native.ts"

/** Node's resource name for a look-up; Node would wait for it as long as the name server is silent. */
const lookUp = "GetAddrInfoReqWrap"

let threads = 0

/** Registers a running worker thread until the returned function is called. */
export const threadStarted = (): (() => void) => {
  threads++
  let runs = true
  return () => {
    if (runs) threads--
    runs = false
  }
}

/**
 * Calls the `exit` listeners, then ends the process without waiting for its threads. Node would terminate worker threads
 * first, and aborts if one of them is inside a callback from C.
 */
export const endProcess = (code: number): never => {
  process.once("exit", () => {
    if (threads === 0 && !process.getActiveResourcesInfo().includes(lookUp)) return
    flushCompileCache()
    loadNative().exit(code)
  })
  process.exit(code)
}
