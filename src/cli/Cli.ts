/** The command line: argv and environment in, an exit code out. */
import { readFileSync } from "node:fs"
import { basename } from "node:path"
import { ConfigProvider, Console, Effect, Layer, Ref } from "effect"
import { CliConfig, CliOutput, Command, GlobalFlag } from "effect/cli"
import { revision } from "../config/Version.ts"
import * as Argv from "./Argv.ts"
import { flagTable, root } from "./Commands.ts"
import * as Environment from "./Environment.ts"
import { ExitCode } from "./ExitCode.ts"
import { type Invocation, Selection } from "./Invocation.ts"
import * as Presenter from "./Presenter.ts"

/** What the command line needs to know of the process, and what it hands a good command line to. */
export interface MainOptions<R> {
  /** The name the program was called by; its last path segment is shown. */
  readonly argv0: string
  readonly env: Record<string, string | undefined>
  /** Runs `server` or `client` and gives the exit code. */
  readonly run: (invocation: Invocation) => Effect.Effect<number, never, R>
}

const readFile = (path: string): string | undefined => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return undefined
  }
}

const runRoot = Command.runWith(root, { version: revision })

/** The invocation that an argv makes, or the exit code when it makes none. */
const select = Effect.fnUntraced(function* (argv: ReadonlyArray<string>) {
  const chosen = yield* Ref.make<Invocation | number>(ExitCode.success)
  yield* runRoot(argv).pipe(
    Effect.catch((error) =>
      Ref.set(chosen, error._tag === "ShowHelp" && error.errors.length === 0 ? ExitCode.success : ExitCode.failure)
    ),
    Effect.provideService(Selection, {
      choose: (invocation) => Ref.set(chosen, invocation),
      exit: (code) => Ref.set(chosen, code)
    })
  )
  return yield* Ref.get(chosen)
})

/** Reads a command line, does what it says, and gives the exit code. */
export const main = Effect.fnUntraced(function* <R>(argv: ReadonlyArray<string>, options: MainOptions<R>) {
  const screen = { program: basename(options.argv0), width: Presenter.screenWidth(options.env.COLUMNS) }
  const reading = Argv.read(argv, flagTable, readFile)
  switch (reading._tag) {
    case "Complete":
      yield* Console.log(reading.candidates.join("\n"))
      return ExitCode.success
    case "Refused":
      yield* Presenter.refuse(screen, reading.message, reading.hint)
      return ExitCode.failure
    case "Proceed": {
      const chosen = yield* select(reading.argv).pipe(
        Effect.provide(
          Layer.mergeAll(
            Environment.layer,
            CliOutput.layerPresenter(Presenter.presenter(screen, flagTable)),
            CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version] }),
            ConfigProvider.layer(ConfigProvider.fromEnvRecord(options.env))
          )
        )
      )
      return typeof chosen === "number" ? chosen : yield* options.run(chosen)
    }
  }
})
