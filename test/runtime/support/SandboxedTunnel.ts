/** A server tunnel that sandboxes itself first, as the program does: `SandboxedTunnel.ts NEEDS CONFIG`, both JSON. */
import { Effect, Layer, Schema } from "effect"
import { ServerConfig } from "../../../src/config/TunnelConfig.ts"
import { setUp } from "../../../src/runtime/Landlock.ts"
import { Lifecycle } from "../../../src/runtime/Lifecycle.ts"
import { Log } from "../../../src/runtime/Logging.ts"
import { Native } from "../../../src/runtime/Native.ts"

const needs = JSON.parse(process.argv[2] ?? "[]")
const config = Schema.decodeUnknownSync(ServerConfig)(JSON.parse(process.argv[3] ?? "{}"))

const program = Effect.gen(function* () {
  yield* setUp({ mode: "require", needs, pkcs11: false })
  const Ghostunnel = yield* Effect.promise(() => import("../../../src/Ghostunnel.ts"))
  return yield* Ghostunnel.serve(config)
})
const { forced } = await Effect.runPromise(
  Effect.provide(program, Layer.mergeAll(Native.layer, Log.layerStdout, Lifecycle.layerSignals))
)
process.exit(forced ? 1 : 0)
