/** Wording and streams of what the command line itself prints (docs/compatibility/command-line.md, 1.3). */
import { Console, Effect } from "effect"
import type { CliError, CliOutput } from "effect/cli"
import type { FlagTable } from "./FlagSpec.ts"
import * as Help from "./Help.ts"

/** The terminal as far as text is concerned. */
export interface Screen {
  /** The name the program was called by. */
  readonly program: string
  readonly width: number
}

/** `$COLUMNS`, else the terminal's width, else 80. */
export const screenWidth = (columns: string | undefined): number => {
  const asked = Number(columns)
  return Number.isInteger(asked) && asked > 0 ? asked : (process.stdout.columns ?? process.stderr.columns ?? 80)
}

/** A refused command line, on stderr. */
export const refuse = (screen: Screen, message: string, hint: boolean): Effect.Effect<void> =>
  Console.error(`${screen.program}: error: ${message}${hint ? ", try --help" : ""}`)

/** What `--version` says (docs/compatibility/command-line.md, 1.2). */
export const versionLine = (release: string): string =>
  `rev ${release} built with ${process.release.name}${process.versions.node} (pkcs11: false, keychain: false)`

/** `Argv.ts` has refused almost everything before `effect/cli` sees it; a value may still be. */
const sentence = (error: CliError.NonShowHelpErrors | undefined): string =>
  error === undefined ? "bad usage" : error._tag === "InvalidValue" ? error.expected : error.message

/** Lets `effect/cli` speak in the Go program's words: on stdout what was asked for, but for the version; the rest on stderr. */
export const presenter = (screen: Screen, table: FlagTable): CliOutput.Presenter => ({
  present: (event) => {
    switch (event._tag) {
      case "Help":
        return Effect.suspend(() => {
          const text = Help.render(table, event.commandPath.slice(1).join(" ") || undefined, screen.width)
          return event.reason === "Requested" ? Console.log(text) : Console.error(text)
        })
      case "InvalidInvocation":
        return refuse(screen, sentence(event.errors[0]), true)
      case "Version":
        return Console.error(versionLine(event.version))
    }
  }
})
