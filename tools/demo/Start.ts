/** `npm start`: runs the demo without arguments or with `--once`; any other arguments go to the program itself. */
import { Effect } from "effect"
import { demo } from "./Demo.ts"
import { passOn } from "./PassOn.ts"
import { buildIfStale } from "./Program.ts"

const words = process.argv.slice(2)
const once = words.length === 1 && words[0] === "--once"

/** Completes with the first request to stop; the listeners stay, so that a repeated Ctrl-C changes nothing. */
const stopRequested = Effect.callback<void>((resume) => {
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => resume(Effect.void))
})

const failed = (cause: Error): number => {
  process.stderr.write(`The demo failed: ${cause.message}\n`)
  return 1
}

const runDemo = Effect.match(Effect.raceFirst(demo(once), stopRequested), { onFailure: failed, onSuccess: () => 0 })

try {
  await buildIfStale()
  process.exitCode = words.length === 0 || once ? await Effect.runPromise(runDemo) : await passOn(words)
} catch (cause) {
  process.exitCode = failed(cause instanceof Error ? cause : new Error(String(cause)))
}
process.exit()
