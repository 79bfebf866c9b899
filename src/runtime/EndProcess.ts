/** The end of the process with an exit code, at once (contract: command line, sections 1.3 and 5.4). */
import { flushCompileCache } from "node:module"
import { loadNative } from "./Native.ts"

/** What Node would wait for, however long a name server is silent. */
const lookUp = "GetAddrInfoReqWrap"

let threads = 0

/** A worker thread runs until the function that this returns is called. */
export const threadStarted = (): (() => void) => {
  threads++
  let runs = true
  return () => {
    if (runs) threads--
    runs = false
  }
}

/**
 * Calls the listeners of `exit`, then ends the process whatever its threads do. Node would terminate worker threads first,
 * and aborts where one of them runs a callback that C called.
 */
export const endProcess = (code: number): never => {
  process.once("exit", () => {
    if (threads === 0 && !process.getActiveResourcesInfo().includes(lookUp)) return
    flushCompileCache()
    loadNative().exit(code)
  })
  process.exit(code)
}
