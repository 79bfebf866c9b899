/** The help text (docs/compatibility/command-line.md, 1.9): one long text for everything, in two columns. */
import { grouped } from "./FlagGroups.ts"
import { type FlagSpec, type FlagTable, isGroup, sharedOf } from "./FlagSpec.ts"

/** What stands under "Commands:" for each command. */
export const commandHelp: Readonly<Record<string, string>> = {
  help: "Show help.",
  server: "Server mode: a TLS listener in front of a plaintext target.",
  client: "Client mode: a plaintext listener in front of a TLS target.",
  policy: "Evaluate and test access policies.",
  "policy eval":
    "Decide on a certificate by a policy, and explain a denial. Exit code 0: allowed, 1: denied, 2: no answer.",
  "policy test": "Run the test_* rules of a policy. Exit code 0: all passed, 1: one failed, 2: no answer."
}

/** What the program is, in one line. */
export const description = "A TLS proxy with mutual authentication for programs that speak plaintext."

const builtIn = (name: string, help: string): FlagSpec => ({
  name,
  aliases: [],
  arity: "switch",
  metavar: "",
  choices: [],
  help,
  env: undefined,
  hidden: false,
  required: false,
  positional: false,
  sandbox: "none",
  refuse: () => undefined
})

/** `--help` and `--version`, which belong to no table. */
export const builtIns = [builtIn("help", "Show this help."), builtIn("version", "Show the version.")]

/** A flag as the help writes it: `--name=PLACEHOLDER`, `--[no-]name`, lists with an ellipsis. */
export const notation = (spec: FlagSpec): string =>
  spec.positional
    ? `<${spec.metavar}>`
    : spec.arity === "switch"
      ? `--[no-]${spec.name}`
      : `--${spec.name}=${spec.metavar}${spec.arity === "list" ? " ..." : ""}`

/** The meaning of a flag, with the variable that stands in for it. */
export const meaning = (spec: FlagSpec): string => (spec.env === undefined ? spec.help : `${spec.help} ($${spec.env})`)

/** The line that shows how the program, or one command of it, is used. */
export const usage = (table: FlagTable, command: string | undefined): string => {
  const required = (command === undefined ? [] : (table.commands[command] ?? [])).filter((spec) => spec.required)
  return command === undefined
    ? "ghostunnel [<flags>] <command> [<args> ...]"
    : isGroup(table, command)
      ? `ghostunnel ${command} <command> [<args> ...]`
      : ["ghostunnel", command, ...required.map(notation), "[<flags>]"].join(" ")
}

/** Breaks a text at its spaces. */
export const wrap = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  let line = ""
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === "" ? word : `${line} ${word}`
  }
  return [...lines, line]
}

/** The column in which the meanings start; longer notations get a line of their own. */
const column = 30

const flagLines = (specs: ReadonlyArray<FlagSpec>, indent: number, width: number): ReadonlyArray<string> =>
  specs.flatMap((spec) => {
    const left = `${" ".repeat(indent)}${notation(spec)}`
    const right = wrap(meaning(spec), Math.max(20, width - column)).map((line) => `${" ".repeat(column)}${line}`)
    return left.length > column - 2 ? [left, ...right] : [left + (right[0] ?? "").slice(left.length), ...right.slice(1)]
  })

const groupLines = (specs: ReadonlyArray<FlagSpec>, indent: number, width: number): ReadonlyArray<string> =>
  grouped(specs).flatMap(({ flags, title }) => [
    "",
    `${" ".repeat(indent)}${title}:`,
    ...flagLines(flags, indent + 2, width)
  ])

/** All commands; for a group, or a command of one, those of the group. */
const shownCommands = (table: FlagTable, command: string | undefined) => {
  const first = command?.split(" ")[0] ?? ""
  const all = Object.entries(table.commands)
  return isGroup(table, first) ? all.filter(([name]) => name.startsWith(`${first} `)) : all
}

/** The whole text for the program, or for one command of it. */
export const render = (table: FlagTable, command: string | undefined, width: number): string =>
  [
    ...wrap(`usage: ${usage(table, command)}`, width),
    "",
    ...wrap(command === undefined ? description : (commandHelp[command] ?? ""), width),
    "",
    "Flags:",
    ...flagLines(builtIns, 4, width),
    ...groupLines([...sharedOf(table, command), ...(table.commands[command ?? ""] ?? [])], 2, width),
    "",
    "Commands:",
    "  help [<command>...]",
    `    ${commandHelp.help}`,
    ...shownCommands(table, command).flatMap(([name, specs]) => [
      "",
      ...wrap(usage(table, name).replace(/^ghostunnel /, ""), width - 2).map((line) => `  ${line}`),
      ...wrap(commandHelp[name] ?? "", width - 4).map((line) => `    ${line}`),
      ...groupLines(specs, 4, width)
    ])
  ].join("\n")
