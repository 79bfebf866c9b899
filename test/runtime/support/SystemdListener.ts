/** Says what systemd handed over, by name: `SystemdListener.ts NAME..`; the answers as JSON. */
import { Effect, Layer, Result } from "effect"
import { InheritedSockets } from "../../../src/runtime/InheritedSockets.ts"
import { Native } from "../../../src/runtime/Native.ts"
import { isCloseOnExec } from "./Sockets.ts"

const native = process.env.TEST_NATIVE === "null" ? Native.layerNull : Native.layer
const program = Effect.map(InheritedSockets, ({ take }) =>
  process.argv.slice(2).map((name) => {
    const taken = take(name)
    return Result.isSuccess(taken)
      ? { fd: taken.success, closeOnExec: isCloseOnExec(taken.success) }
      : { error: taken.failure }
  })
)
const answers = await Effect.runPromise(Effect.provide(program, InheritedSockets.layer().pipe(Layer.provide(native))))
const left = Object.keys(process.env).filter((name) => name.startsWith("LISTEN_"))
process.stdout.write(JSON.stringify({ answers, left }))
