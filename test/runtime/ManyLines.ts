/**
 * Writes `ManyLines.ts COUNT` log lines to standard output at once, says `written` on standard error, and ends with its
 * standard input.
 */
import { Effect } from "effect"
import { Log } from "../../src/runtime/Logging.ts"

const program = Effect.gen(function* () {
  const { line } = yield* Log
  for (let n = 0; n < Number(process.argv[2]); n++) line("starting", `line ${n}`)
  process.stderr.write("written\n")
})
await Effect.runPromise(Effect.provide(program, Log.layerStdout))
process.stdin.resume()
