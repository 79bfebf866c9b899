/** A worker thread's entry: the compile cache first, which each thread has to ask for, then its program. */
import * as Module from "node:module"
import * as Path from "node:path"

// Beside the bundle; sources run without one.
if (import.meta.filename.endsWith(".mjs"))
  Module.enableCompileCache({ directory: Path.join(import.meta.dirname, "compile-cache"), portable: true })

const { run } = await import("./WorkerEntry.ts")
run()
