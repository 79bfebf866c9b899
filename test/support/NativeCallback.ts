/** Worker threads that run a callback of C's, as OpenSSL calls them: what ends such a thread from outside aborts the process. */
import { writeFileSync } from "node:fs"

// Loaded into the main thread and into every worker, before the program.
const source = `
const { BroadcastChannel, isMainThread } = require("node:worker_threads")
const { writeFileSync } = require("node:fs")
if (isMainThread) {
  process.on("SIGUSR2", () => {
    const channel = new BroadcastChannel("callback")
    channel.postMessage("")
    channel.close()
  })
} else {
  const channel = new BroadcastChannel("callback")
  channel.unref()
  channel.onmessage = () => {
    const library = new (require("node:ffi").DynamicLibrary)(null)
    const { qsort } = library.getFunctions({ qsort: { arguments: ["buffer", "u64", "u64", "pointer"], return: "void" } })
    const compare = library.registerCallback({ arguments: ["pointer", "pointer"], return: "i32" }, () => {
      writeFileSync(process.env.IN_CALLBACK, "")
      const end = performance.now() + Number(process.env.CALLBACK_MILLIS)
      while (performance.now() < end);
      return 0
    })
    qsort(Buffer.alloc(16), 2n, 8n, compare)
  }
}
`

/**
 * For the program's start: SIGUSR2 then has its worker threads run a callback for so long, which creates the file `began`.
 * `script` is written for it.
 */
export const nativeCallback = (script: string, began: string, millis: number): Readonly<Record<string, string>> => {
  writeFileSync(script, source)
  return { NODE_OPTIONS: `--require=${script}`, IN_CALLBACK: began, CALLBACK_MILLIS: String(millis) }
}
