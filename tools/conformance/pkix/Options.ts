/** The command line of `npm run conformance -- pkix`. */
import * as Os from "node:os"
import * as Path from "node:path"
import { parseArgs } from "node:util"
import { Effect, Option, Schema } from "effect"
import { ConformanceError } from "../Files.ts"

const Words = Schema.Struct({
  transport: Schema.optionalKey(Schema.Literals(["native", "node"])),
  workers: Schema.NumberFromString.pipe(Schema.check(Schema.isInt())),
  "crl-mode": Schema.Literals(["none", "strict", "warn"]),
  jobs: Schema.NumberFromString.pipe(Schema.check(Schema.isInt(), Schema.isGreaterThan(0))),
  only: Schema.String,
  expected: Schema.optionalKey(Schema.String),
  json: Schema.optionalKey(Schema.String)
})

export interface Options {
  readonly files: ReadonlyArray<string>
  readonly transport: "native" | "node" | undefined
  readonly workers: number
  readonly crlMode: "none" | "strict" | "warn"
  readonly jobs: number
  readonly only: string
  readonly expected: string
  readonly json: string | undefined
}

const parsed = (words: ReadonlyArray<string>) =>
  parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      transport: { type: "string" },
      workers: { type: "string", default: "0" },
      "crl-mode": { type: "string", default: "strict" },
      jobs: { type: "string", default: String(Os.availableParallelism()) },
      only: { type: "string", default: "" },
      expected: { type: "string" },
      json: { type: "string" }
    }
  })

/** Parses the arguments; the failure names the invalid one. */
export const readOptions = Effect.fn("readOptions")(function* (words: ReadonlyArray<string>) {
  const { positionals, values } = yield* Effect.try({
    try: () => parsed(words),
    catch: (cause) => new ConformanceError({ message: cause instanceof Error ? cause.message : String(cause) })
  })
  const known = yield* Schema.decodeUnknownEffect(Words)(values).pipe(
    Effect.mapError((cause) => new ConformanceError({ message: cause.message }))
  )
  const [first] = positionals
  if (first === undefined) return yield* new ConformanceError({ message: "name a file of cases" })
  const beside = Path.join(Path.dirname(first), "expected.json")
  const options: Options = {
    files: positionals,
    transport: known.transport,
    workers: known.workers,
    crlMode: known["crl-mode"],
    jobs: known.jobs,
    only: known.only,
    expected: Option.getOrElse(Option.fromUndefinedOr(known.expected), () => beside),
    json: known.json
  }
  return options
})
