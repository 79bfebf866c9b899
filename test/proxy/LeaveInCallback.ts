/** A program that closes a data plane while its worker thread runs a callback of C's; says so once it is closed. */
import { existsSync } from "node:fs"
import { Effect, Logger } from "effect"
import { start, until } from "./PlaneHarness.ts"

const began = process.env["IN_CALLBACK"] ?? ""

await Effect.runPromise(
  Effect.gen(function* () {
    yield* start(1)
    process.kill(process.pid, "SIGUSR2")
    yield* Effect.promise(() => until(() => existsSync(began), "the callback"))
  }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
)
process.stdout.write("closed\n")
