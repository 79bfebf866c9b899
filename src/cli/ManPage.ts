/** The manual page that `--help-man` prints: the help's facts in roff. */
import type { FlagTable } from "./Argv.ts"
import type { FlagSpec } from "./FlagSpec.ts"
import { builtIns, commandHelp, description, meaning, notation, usage } from "./Help.ts"

const roff = (text: string): string =>
  text
    .replaceAll("\\", "\\e")
    .replaceAll("-", "\\-")
    .replace(/^([.'])/, "\\&$1")

const flags = (specs: ReadonlyArray<FlagSpec>): ReadonlyArray<string> =>
  specs
    .filter((spec) => !spec.hidden)
    .flatMap((spec) => [".TP", `\\fB${roff(notation(spec))}\\fR`, roff(meaning(spec))])

/** The page for this release. */
export const render = (table: FlagTable, version: string): string =>
  [
    `.TH ghostunnel 1 "" "${roff(version)}"`,
    `.SH "NAME"`,
    `ghostunnel \\- ${roff(description)}`,
    `.SH "SYNOPSIS"`,
    `\\fB${roff(usage(table, undefined))}\\fR`,
    `.SH "OPTIONS"`,
    ...flags([...builtIns, ...table.shared]),
    `.SH "COMMANDS"`,
    `.SS "help [<command>...]"`,
    roff(commandHelp.help ?? ""),
    ...Object.entries(table.commands).flatMap(([name, specs]) => [
      `.SS "${roff(usage(table, name).replace(/^ghostunnel /, ""))}"`,
      roff(commandHelp[name] ?? ""),
      ...flags(specs)
    ])
  ].join("\n")
