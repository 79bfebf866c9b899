/** Scripts with which shells complete the command line, made from the flag table: bash, zsh and fish. */
import { type FlagSpec, type FlagTable, isGroup, nextWords, sharedOf } from "./FlagSpec.ts"
import { builtIns, commandHelp } from "./Help.ts"

/** The shells a script can be made for. */
export type Shell = "bash" | "zsh" | "fish"

const isPath = (spec: FlagSpec): boolean => spec.metavar === "PATH"

const visible = (specs: ReadonlyArray<FlagSpec>): ReadonlyArray<FlagSpec> => specs.filter((spec) => !spec.hidden)
const forms = (spec: FlagSpec): ReadonlyArray<string> =>
  spec.arity === "switch" ? [`--${spec.name}`, `--no-${spec.name}`] : [`--${spec.name}`]

interface Described {
  readonly name: string
  readonly help: string
  readonly flags: ReadonlyArray<FlagSpec>
  /** The commands of a group. */
  readonly commands: ReadonlyArray<Described>
  readonly takesShared: boolean
}

interface Program {
  readonly shared: ReadonlyArray<FlagSpec>
  readonly commands: ReadonlyArray<Described>
}

const programOf = (table: FlagTable): Program => ({
  shared: [...builtIns, ...visible(table.shared)],
  commands: Object.keys(commandHelp)
    .filter((name) => !name.includes(" "))
    .map((name) => described(table, name))
})

const described = (table: FlagTable, name: string): Described => ({
  name: name.replace(/^.* /, ""),
  help: commandHelp[name] ?? "",
  flags: visible(table.commands[name] ?? []),
  commands: isGroup(table, name) ? nextWords(table, name).map((word) => described(table, `${name} ${word}`)) : [],
  takesShared: sharedOf(table, name).length > 0
})

const unique = (words: ReadonlyArray<string>): ReadonlyArray<string> => [...new Set(words)]
const named = (specs: ReadonlyArray<FlagSpec>): string => unique(specs.map((spec) => `--${spec.name}`)).join("|")

/** bash splits `--flag=value` at the `=`, so both forms of giving a value look alike here. */
const bash = ({ commands, shared }: Program): string => {
  const every = [...shared, ...commands.flatMap((each) => [each, ...each.commands]).flatMap(({ flags }) => flags)]
  const groups = commands.filter((each) => each.commands.length > 0)
  const helpOnly = shared.filter((spec) => builtIns.includes(spec))
  const valued = every.filter((spec) => spec.arity !== "switch")
  const chosen = valued.filter((spec) => spec.choices.length > 0)
  const free = valued.filter((spec) => spec.choices.length === 0 && !isPath(spec))
  const names = commands.map(({ name }) => name)
  const words = (specs: ReadonlyArray<FlagSpec>) => specs.flatMap(forms).join(" ")
  return [
    "# bash completion for ghostunnel: source it, or put it into a completion directory",
    "_ghostunnel() {",
    `  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}"`,
    "  local word command='' flags IFS=$' \\t\\n'",
    "  COMPREPLY=()",
    `  if [[ $cur == "=" ]]; then cur=""; elif [[ $prev == "=" ]]; then prev="\${COMP_WORDS[COMP_CWORD-2]}"; fi`,
    '  case "$prev" in',
    `    ${named(valued.filter(isPath))})`,
    "      IFS=$'\\n'",
    '      COMPREPLY=($(compgen -f -- "$cur"))',
    "      compopt -o filenames 2>/dev/null",
    "      return ;;",
    ...unique(chosen.map(({ name }) => name)).map((name) => {
      const choices = chosen.find((spec) => spec.name === name)?.choices ?? []
      return `    --${name}) COMPREPLY=($(compgen -W "${choices.join(" ")}" -- "$cur")); return ;;`
    }),
    `    ${named(free)}) return ;;`,
    "  esac",
    `  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do`,
    '    case "$command $word" in',
    `      ${names.map((name) => `" ${name}"`).join("|")}) command="$word" ;;`,
    ...groups.map(
      ({ commands: inner, name }) =>
        `      ${inner.map((each) => `"${name} ${each.name}"`).join("|")}) command="$command $word" ;;`
    ),
    "    esac",
    "  done",
    '  case "$command" in',
    ...commands.flatMap(({ commands: inner, flags, name, takesShared }) => [
      `    ${name}) flags="${words([...(takesShared ? shared : helpOnly), ...flags])}" ;;`,
      ...inner.map((each) => `    "${name} ${each.name}") flags="${words([...helpOnly, ...each.flags])}" ;;`)
    ]),
    `    *) flags="${words(shared)}" ;;`,
    "  esac",
    `  if [[ $cur == -* ]]; then`,
    "    # What switches something off is only shown when asked for.",
    '    for word in $(compgen -W "$flags" -- "$cur"); do',
    '      [[ $word == --no-* && $cur != --no-* ]] || COMPREPLY+=("$word")',
    "    done",
    "  elif [[ -z $command || $command == help ]]; then",
    `    COMPREPLY=($(compgen -W "${names.join(" ")}" -- "$cur"))`,
    ...groups.flatMap(({ commands: inner, name }) => [
      `  elif [[ $command == ${name} ]]; then`,
      `    COMPREPLY=($(compgen -W "${inner.map((each) => each.name).join(" ")}" -- "$cur"))`
    ]),
    '  elif [[ $command == "policy test" ]]; then',
    "    IFS=$'\\n'",
    '    COMPREPLY=($(compgen -f -- "$cur"))',
    "    compopt -o filenames 2>/dev/null",
    "  fi",
    "}",
    "complete -F _ghostunnel ghostunnel"
  ].join("\n")
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`

const zsh = ({ commands, shared }: Program): string => {
  const escaped = (text: string) => text.replace(/[\\:[\]]/g, "\\$&")
  const spec = (flag: FlagSpec): string => {
    const help = `[${escaped(flag.help)}]`
    if (flag.arity === "switch") return quoted(`(--no-${flag.name})--${flag.name}${help}`)
    const action = flag.choices.length > 0 ? `(${flag.choices.join(" ")})` : isPath(flag) ? "_files" : " "
    return quoted(`${flag.arity === "list" ? "*" : ""}--${flag.name}=${help}:${flag.metavar}:${action}`)
  }
  const lines = (specs: ReadonlyArray<FlagSpec>) => specs.map((flag) => `    ${spec(flag)}`)
  return [
    "#compdef ghostunnel",
    "# zsh completion for ghostunnel: source it after compinit, or put it into a directory of fpath as _ghostunnel",
    "_ghostunnel() {",
    '  local curcontext="$curcontext" state line',
    "  local -a commands shared own",
    "  commands=(",
    ...commands.map(({ help, name }) => `    ${quoted(`${name}:${help.replaceAll(":", "\\:")}`)}`),
    "  )",
    "  shared=(",
    ...lines(shared),
    "  )",
    "  _arguments -C $shared '1:command:->command' '*::argument:->rest' && return",
    '  case "$state" in',
    "    command) _describe -t commands command commands ;;",
    "    rest)",
    '      case "$line[1]" in',
    "        help) _describe -t commands command commands; return ;;",
    ...commands
      .filter(({ flags }) => flags.length > 0)
      .flatMap(({ flags, name }) => [`        ${name}) own=(`, ...lines(flags), "        ) ;;"]),
    ...commands
      .filter((each) => each.commands.length > 0)
      .flatMap(({ commands: inner, name }) => [
        `        ${name}) shared=() own=(`,
        `          '1:command:(${inner.map((each) => each.name).join(" ")})'`,
        "          '*:path:_files'",
        ...lines(inner.flatMap(({ flags }) => flags)),
        "        ) ;;"
      ]),
    "      esac",
    "      _arguments $shared $own ;;",
    "  esac",
    "}",
    'if [[ "$funcstack[1]" = _ghostunnel ]]; then _ghostunnel "$@"; else compdef _ghostunnel ghostunnel; fi'
  ].join("\n")
}

const fish = ({ commands, shared }: Program): string => {
  const text = (words: string) => `'${words.replace(/[\\']/g, "\\$&")}'`
  const flag = (spec: FlagSpec, condition: string): string => {
    const value =
      spec.arity === "switch"
        ? ""
        : spec.choices.length > 0
          ? ` -x -a ${text(spec.choices.join(" "))}`
          : isPath(spec)
            ? " -r -F"
            : " -x"
    return `complete -c ghostunnel${condition} -l ${spec.name}${value} -d ${text(spec.help)}`
  }
  const none = text(`not __fish_seen_subcommand_from ${commands.map(({ name }) => name).join(" ")}`)
  return [
    "# fish completion for ghostunnel: source it, or put it into ~/.config/fish/completions as ghostunnel.fish",
    "complete -c ghostunnel -f",
    ...commands.map(({ help, name }) => `complete -c ghostunnel -n ${none} -a ${name} -d ${text(help)}`),
    `complete -c ghostunnel -n '__fish_seen_subcommand_from help' -a ${text(commands.map(({ name }) => name).join(" "))}`,
    ...shared.map((spec) => flag(spec, "")),
    ...commands.flatMap(({ commands: inner, flags, name }) => {
      const seen = `__fish_seen_subcommand_from ${name}`
      const missing = `not __fish_seen_subcommand_from ${inner.map((each) => each.name).join(" ")}`
      return [
        ...flags.map((spec) => flag(spec, ` -n '${seen}'`)),
        ...inner.flatMap((each) => [
          `complete -c ghostunnel -n '${seen}; and ${missing}' -a ${each.name} -d ${text(each.help)}`,
          ...each.flags.map((spec) => flag(spec, ` -n '${seen}; and __fish_seen_subcommand_from ${each.name}'`))
        ])
      ]
    }),
    "complete -c ghostunnel -n '__fish_seen_subcommand_from policy; and __fish_seen_subcommand_from test' -F"
  ].join("\n")
}

const scripts = { bash, zsh, fish } as const

/** The script for a shell. Flags that are hidden stay so. */
export const render = (table: FlagTable, shell: Shell): string => scripts[shell](programOf(table))
