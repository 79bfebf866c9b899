/** The command tree that `effect/cli` runs: `ghostunnel` with the shared flags, `server` and `client` below it. */
import { Console, Effect } from "effect"
import { CliError, Command, Flag, GlobalFlag } from "effect/cli"
import { revision } from "../config/Version.ts"
import type { CommandResult } from "../policy/command/CommandResult.ts"
import { clientFlags } from "./ClientFlags.ts"
import type { FlagTable } from "./FlagSpec.ts"
import * as Help from "./Help.ts"
import { Selection } from "./Invocation.ts"
import { policyEvalFlags, policyTestFlags } from "./PolicyFlags.ts"
import { serverFlags } from "./ServerFlags.ts"
import { type SharedFlags, sharedFlags } from "./SharedFlags.ts"
import * as Validation from "./Validation.ts"

/** Every flag of every command, as data. */
export const flagTable: FlagTable = {
  shared: Object.values(sharedFlags).map((flag) => flag.spec),
  commands: {
    server: Object.values(serverFlags).map((flag) => flag.spec),
    client: Object.values(clientFlags).map((flag) => flag.spec),
    "policy eval": Object.values(policyEvalFlags).map((flag) => flag.spec),
    "policy test": Object.values(policyTestFlags).map((flag) => flag.spec)
  }
}

/** Section 2.1, before a handler does anything else. */
const validated = (commandPath: ReadonlyArray<string>, flags: SharedFlags, targetStatus: string) => {
  const message = Validation.check(flags, targetStatus)
  return message === undefined
    ? Effect.void
    : Effect.fail(new CliError.ShowHelp({ commandPath, errors: [new CliError.ValidationError({ message })] }))
}

const hiddenSwitch = (name: string) => Flag.Boolean(name).pipe(Flag.withHidden, Flag.withDefault(false))

const helpLong = GlobalFlag.Action({
  flag: hiddenSwitch("help-long"),
  run: () => Effect.suspend(() => Console.log(Help.render(flagTable, undefined, 80)))
})
const helpMan = GlobalFlag.Action({
  flag: hiddenSwitch("help-man"),
  run: () =>
    Effect.flatMap(
      Effect.promise(() => import("./ManPage.ts")),
      ({ render }) => Console.log(render(flagTable, revision))
    )
})
const completions = (["bash", "zsh", "fish"] as const).map((shell) =>
  GlobalFlag.Action({
    flag: hiddenSwitch(`completion-script-${shell}`),
    run: () =>
      Effect.flatMap(
        Effect.promise(() => import("./Completions.ts")),
        ({ render }) => Console.log(render(flagTable, shell))
      )
  })
)

const shared = Command.make("ghostunnel").pipe(
  Command.withDescription(Help.description),
  Command.withSharedFlags(sharedFlags),
  Command.withGlobalFlags([helpLong, helpMan, ...completions])
)

const server = Command.make(
  "server",
  serverFlags,
  Effect.fnUntraced(function* (own) {
    const flags = { ...(yield* shared), ...own }
    yield* validated(["ghostunnel", "server"], flags, own.targetStatus)
    const selection = yield* Selection
    yield* selection.choose({ mode: "server", flags })
  })
).pipe(Command.withDescription(Help.commandHelp.server ?? ""))

const client = Command.make(
  "client",
  clientFlags,
  Effect.fnUntraced(function* (own) {
    const flags = { ...(yield* shared), ...own }
    yield* validated(["ghostunnel", "client"], flags, "")
    const selection = yield* Selection
    yield* selection.choose({ mode: "client", flags })
  })
).pipe(Command.withDescription(Help.commandHelp.client ?? ""))

/** Prints what a policy command found. */
const reported = Effect.fnUntraced(function* (result: CommandResult) {
  for (const line of result.out) yield* Console.log(line)
  for (const line of result.err) yield* Console.error(line)
  const selection = yield* Selection
  yield* selection.exit(result.code)
})

// What evaluates policies is loaded with the command only.
const policyEval = Command.make("eval", policyEvalFlags, (options) =>
  Effect.promise(() => import("../policy/command/EvalCommand.ts")).pipe(
    Effect.flatMap(({ evalPolicy }) => evalPolicy(options)),
    Effect.flatMap(reported)
  )
).pipe(Command.withDescription(Help.commandHelp["policy eval"] ?? ""))

const policyTest = Command.make("test", policyTestFlags, ({ path }) =>
  Effect.promise(() => import("../policy/command/TestCommand.ts")).pipe(
    Effect.flatMap(({ testPolicy }) => testPolicy(path)),
    Effect.flatMap(reported)
  )
).pipe(Command.withDescription(Help.commandHelp["policy test"] ?? ""))

const policy = Command.make("policy").pipe(
  Command.withDescription(Help.commandHelp.policy ?? ""),
  Command.withSubcommands([policyEval, policyTest])
)

/** The root. Without a command it checks the flags, then shows the help. */
export const root = shared.pipe(
  Command.withHandler(
    Effect.fnUntraced(function* (flags) {
      yield* validated(["ghostunnel"], flags, "")
      return yield* new CliError.ShowHelp({ commandPath: ["ghostunnel"], errors: [] })
    })
  ),
  Command.withSubcommands([server, client, policy])
)
