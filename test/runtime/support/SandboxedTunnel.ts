/** A server tunnel that sandboxes itself first, as the program does: `SandboxedTunnel.ts NEEDS CONFIG`, both JSON. */
import { Effect, Layer, Schema } from "effect"
import { processOf } from "../../../src/config/ProcessConfig.ts"
import { ServerConfig } from "../../../src/config/TunnelConfig.ts"
import { setUp } from "../../../src/runtime/Landlock.ts"
import { Lifecycle } from "../../../src/runtime/Lifecycle.ts"
import { Log } from "../../../src/runtime/Logging.ts"
import { Native } from "../../../src/runtime/Native.ts"

const needs = JSON.parse(process.argv[2] ?? "[]")
const config = Schema.decodeUnknownSync(ServerConfig)(JSON.parse(process.argv[3] ?? "{}"))

await Effect.runPromise(
  Effect.provide(setUp({ mode: "require", needs, pkcs11: false }), Layer.mergeAll(Native.layer, Log.layerStdout))
)
const { processServices, serve } = await import("../../../src/process/Serve.ts")
const { forced } = await Effect.runPromise(
  Effect.provide(serve(processOf(config)), Layer.mergeAll(Log.layerStdout, Lifecycle.layerSignals, processServices))
)
process.exit(forced ? 1 : 0)
