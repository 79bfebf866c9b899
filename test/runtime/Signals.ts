/** Waits for requests by signal and says what came; `drain` after a shutdown request goes on, `first` takes itself for process 1. */
import { Deferred, Effect, Fiber, Queue } from "effect"
import { letSignalsKill } from "../../src/runtime/FirstProcess.ts"
import { Lifecycle } from "../../src/runtime/Lifecycle.ts"

const say = (text: string) => void process.stdout.write(`${text}\n`)
if (process.argv.includes("first")) letSignalsKill(1)
const alive = setInterval(() => {}, 1000)

const program = Effect.gen(function* () {
  const lifecycle = yield* Lifecycle
  yield* (yield* Lifecycle).begin
  const reloads = yield* Effect.forkChild(
    Effect.forever(
      Effect.map(Queue.take(lifecycle.reloads), (request) =>
        say(`reload ${request._tag === "Signal" ? request.name : request._tag}`)
      )
    )
  )
  say("ready")
  process.stdin.once("data", () => Deferred.doneUnsafe(lifecycle.shutdown, Effect.succeed({ _tag: "Request" })))
  const request = yield* Deferred.await(lifecycle.shutdown)
  say(`shutdown ${request._tag === "Signal" ? request.name : request._tag}`)
  if (process.argv[2] === "drain") return yield* Effect.never
  yield* Fiber.interrupt(reloads)
})
await Effect.runPromise(Effect.provide(program, Lifecycle.layerSignals))
const signals = ["SIGTERM", "SIGINT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGALRM", "SIGPIPE"] as const
say(`listeners ${signals.map((signal) => process.listenerCount(signal)).join("")}`)
clearInterval(alive)
process.stdin.destroy()
