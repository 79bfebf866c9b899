#!/usr/bin/env node
/** The process entry: compile cache first, then the command line, loaded lazily. */
import * as Module from "node:module"
import * as Path from "node:path"

// Until the tunnel listens for it, SIGUSR1 does nothing: without a listener Node would open its inspector.
process.on("SIGUSR1", () => {})
Module.enableCompileCache({ directory: Path.join(import.meta.dirname, "compile-cache"), portable: true })

const { start } = await import("./cli/Start.ts")
start()
