/** Runs command lines as the program would, with what they print and hand on. */
import { Console, Effect, Result } from "effect"
import { TestConsole } from "effect/testing"
import { main } from "../../src/cli/Cli.ts"
import type { Invocation } from "../../src/cli/Invocation.ts"
import { toConfig } from "../../src/cli/ModeValidation.ts"
import type { TunnelConfig } from "../../src/config/TunnelConfig.ts"

/** What became of a command line. */
export interface Outcome {
  readonly code: number
  readonly out: string
  readonly err: string
  readonly invocation: Invocation | undefined
}

/** The code that `run` gives: nothing else does. */
export const ran = 7

/** Runs a command line with this environment, and no other. */
export const run = (argv: ReadonlyArray<string>, env: Record<string, string | undefined> = {}): Promise<Outcome> => {
  let invocation: Invocation | undefined
  const start: Effect.Effect<number> = main(argv, {
    argv0: "/usr/local/bin/ghostunnel",
    env,
    run: (given) =>
      Effect.sync(() => {
        invocation = given
        return ran
      })
  })
  return Effect.gen(function* () {
    const testConsole = yield* TestConsole.make
    const code = yield* Effect.provideService(start, Console.Console, testConsole)
    const out = (yield* testConsole.logLines).join("\n")
    const err = (yield* testConsole.errorLines).join("\n")
    return { code, out, err, invocation }
  }).pipe(Effect.runPromise)
}

/** The invocation that a good command line makes. */
export const invoke = async (
  argv: ReadonlyArray<string>,
  env: Record<string, string | undefined> = {}
): Promise<Invocation> => {
  const { invocation, err } = await run(argv, env)
  if (invocation === undefined) throw new Error(`refused: ${err}`)
  return invocation
}

/** The Go program's wording of a refusal, without the hint that may follow it. */
export const wording = (message: string): string =>
  message.replace(/ \((?!--max-tls)(?:--[a-z]|did you mean|a switch |a URL |an address ).*\)$/s, "")

/** The tunnel that a command line describes, or the message that refuses it. */
export const configured = async (argv: ReadonlyArray<string>): Promise<Result.Result<TunnelConfig, string>> =>
  Result.mapError(
    toConfig(await invoke(argv), () => undefined),
    ({ message }) => message
  )

/** The same with the Go program's wording alone. */
export const configure = async (argv: ReadonlyArray<string>): Promise<Result.Result<TunnelConfig, string>> =>
  Result.mapError(await configured(argv), wording)

/** The lines that the log gets of a command line that is refused. */
export const loggedRefusal = async (argv: ReadonlyArray<string>): Promise<ReadonlyArray<string>> =>
  Result.match(
    toConfig(await invoke(argv), () => undefined),
    {
      onFailure: ({ lines }) => lines.map(wording),
      onSuccess: () => []
    }
  )

/** The message of a parser error, without program name and "try --help". */
export const parserError = ({ code, out, err }: Outcome): string => {
  const message = /^ghostunnel: error: (.*), try --help$/s.exec(err)?.[1]
  if (code !== 1 || out !== "" || message === undefined) throw new Error(`not a parser error (${code}): ${err}${out}`)
  return message
}

/** The same with the Go program's wording alone. */
export const refusal = (outcome: Outcome): string => wording(parserError(outcome))

/** The least that `server` needs to be accepted. */
export const server = ["server", "--listen=localhost:8443", "--target=localhost:8080"]

/** The least that `client` needs to parse. */
export const client = ["client", "--listen=localhost:8080", "--target=example.com:8443"]
