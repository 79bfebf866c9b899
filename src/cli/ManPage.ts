/** The manual page that `--help-man` prints: the help's facts in roff. */
import { grouped } from "./FlagGroups.ts"
import type { FlagSpec, FlagTable } from "./FlagSpec.ts"
import { builtIns, commandHelp, description, meaning, notation, usage, wrap } from "./Help.ts"

const roff = (text: string): string => text.replaceAll("\\", "\\e").replaceAll("-", "\\-")

/** A paragraph; no line of it may look like a request. */
const prose = (text: string): string =>
  wrap(roff(text), 80)
    .map((line) => line.replace(/^([.'])/, "\\&$1"))
    .join("\n")

const item = (term: string, text: string): ReadonlyArray<string> => [".TP", `\\fB${roff(term)}\\fR`, prose(text)]

const flags = (specs: ReadonlyArray<FlagSpec>): ReadonlyArray<string> =>
  specs.flatMap((spec) => item(notation(spec), meaning(spec)))

const groups = (specs: ReadonlyArray<FlagSpec>): ReadonlyArray<string> =>
  grouped(specs).flatMap((group) => [`.SS "${roff(group.title)}"`, ...flags(group.flags)])

const exitCodes: ReadonlyArray<readonly [string, string]> = [
  [
    "0",
    "Help or version was shown, a policy allowed or its tests passed, or the tunnel was shut down and all of its connections had ended."
  ],
  [
    "1",
    "The command line or what it names is wrong, a policy denied or a test of it failed, or connections were cut at the end of --shutdown-timeout."
  ],
  ["2", "A policy gave no answer, or the program crashed, or was told to by SIGQUIT."]
]

const signals: ReadonlyArray<readonly [string, string]> = [
  ["SIGTERM, SIGINT", "Stop accepting and wait for open connections. A second one kills."],
  ["SIGHUP, SIGUSR1", "Read certificate, key and CA bundle again; open connections go on."],
  ["SIGQUIT", "Print what the process waits for, and exit with 2."]
]

const items = (rows: ReadonlyArray<readonly [string, string]>) => rows.flatMap(([term, text]) => item(term, text))

/** The page for this release. */
export const render = (table: FlagTable, version: string): string => {
  const variables = [...table.shared, ...Object.values(table.commands).flat()].flatMap((spec) =>
    spec.env === undefined || spec.hidden ? [] : [[spec.env, `Stands in for --${spec.name}.`] as const]
  )
  return [
    `.TH GHOSTUNNEL 1 "" "ghostunnel ${roff(version)}" "User Commands"`,
    ".SH NAME",
    prose(`ghostunnel - ${description.replace(/\.$/, "")}`),
    ".SH SYNOPSIS",
    `\\fB${roff(usage(table, undefined))}\\fR`,
    ...Object.keys(table.commands).flatMap((name) => [".br", `\\fB${roff(usage(table, name))}\\fR`]),
    ".SH DESCRIPTION",
    ...Object.keys(table.commands).flatMap((name) => item(name, commandHelp[name] ?? "")),
    ".SH OPTIONS",
    "These stand before or after the command.",
    ...flags(builtIns),
    ...groups(table.shared),
    ...Object.entries(table.commands).flatMap(([name, specs]) => [
      `.SH "OPTIONS OF ${name.toUpperCase()}"`,
      prose(commandHelp[name] ?? ""),
      ...groups(specs)
    ]),
    ".SH ENVIRONMENT",
    ...items(variables),
    `.SH "EXIT STATUS"`,
    ...items(exitCodes),
    ".SH SIGNALS",
    ...items(signals)
  ].join("\n")
}
