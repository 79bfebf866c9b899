#!/usr/bin/env node
/** The process entry: compile cache first, then the command line, loaded lazily. */
import * as Module from "node:module"
import * as Path from "node:path"
import { setFlagsFromString } from "node:v8"
import { keepDebuggerClosed } from "./runtime/Debugger.ts"
import { letSignalsKill } from "./runtime/FirstProcess.ts"

if (Number.parseInt(process.versions.node, 10) < 26) {
  process.stderr.write(`ghostunnel: error: this is Node ${process.versions.node}, and Node 26 or newer is needed\n`)
  process.exit(1)
}
letSignalsKill()
await keepDebuggerClosed()
// Every read of a socket is memory outside V8's heap, and by default each 64 MiB of it cost a full collection: with this
// flag the collector weighs it as part of the whole (`npm run bench -- --only bulk-up`). Other versions may not know it.
if (process.versions.node.startsWith("26.")) setFlagsFromString("--external-memory-accounted-in-global-limit")
// Half of these threads may wait for name servers at a time: with the usual four, two names without an answer would
// hold up everybody else's.
process.env.UV_THREADPOOL_SIZE ??= "16"
if (import.meta.filename.endsWith(".mjs"))
  Module.enableCompileCache({ directory: Path.join(import.meta.dirname, "compile-cache"), portable: true })

const { start } = await import("./cli/Start.ts")
start()
