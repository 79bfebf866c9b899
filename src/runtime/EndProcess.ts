/** The end of the process with an exit code, at once (contract: command line, sections 1.3 and 5.4). */
import { flushCompileCache } from "node:module"
import { loadNative } from "./Native.ts"

/** What Node would wait for, however long a name server is silent. */
const lookUp = "GetAddrInfoReqWrap"

/** Calls the listeners of `exit`, then ends the process whatever its threads are waiting for. */
export const endProcess = (code: number): never => {
  process.once("exit", () => {
    if (!process.getActiveResourcesInfo().includes(lookUp)) return
    flushCompileCache()
    loadNative().exit(code)
  })
  process.exit(code)
}
