/**
 * Where Ghostunnel's parser ("kingpin") and `effect/cli` part: this pre-pass reads argv by kingpin's rules, refuses in its
 * words and in its order (docs/compatibility/command-line.md, 1.2), and hands on an argv that `effect/cli` cannot misread:
 * the command, then `--name=value` for every flag.
 */
import { type FlagSpec, type FlagTable, isGroup, nextWords, sharedOf } from "./FlagSpec.ts"
import { quote } from "./Grammar.ts"
import { commandHint, flagHint, shortFlagHint, withHint } from "./Suggestions.ts"

/** What is to be done with a command line. */
export type Reading =
  /** Well-formed as far as words go: `effect/cli` takes over with this argv. */
  | { readonly _tag: "Proceed"; readonly argv: ReadonlyArray<string> }
  /** A shell asks what could stand next. */
  | { readonly _tag: "Complete"; readonly candidates: ReadonlyArray<string> }
  /** Not well-formed; `hint` says whether the message ends in "try --help". */
  | { readonly _tag: "Refused"; readonly message: string; readonly hint: boolean }

/** Flags that stop everything else, with the argv that makes `effect/cli` do the same. */
const actions: Readonly<Record<string, ReadonlyArray<string>>> = {
  version: ["--version"],
  "help-long": ["--help-long"],
  "help-man": ["--help-man"],
  "help-custom-man": ["--help-man"],
  "completion-script-bash": ["--completion-script-bash"],
  "completion-script-zsh": ["--completion-script-zsh"],
  "completion-script-fish": ["--completion-script-fish"]
}
const switches = new Set([...Object.keys(actions), "help", "completion-bash"])

interface Given {
  readonly spec: FlagSpec
  /** The name as written, which may be an alias. */
  readonly name: string
  readonly value: string
}

interface Scan {
  readonly command: string | undefined
  readonly given: ReadonlyArray<Given>
  /** The first thing seen that stops everything else. */
  readonly action: Reading | undefined
  readonly help: boolean
  readonly complete: boolean
  readonly error: string | undefined
}

/** How often response files may be opened before a circle is assumed. */
const maxResponseFiles = 1000

type Token =
  | { readonly _tag: "Flag"; readonly name: string }
  /** `attached`: it stands behind the `=` of a switch. */
  | { readonly _tag: "Word"; readonly word: string; readonly attached?: true }
  | { readonly _tag: "Short"; readonly word: string }
  | { readonly _tag: "Bad"; readonly message: string }
  | undefined

/** Argv as a queue that opens response files when it comes to them. */
const lexer = (argv: ReadonlyArray<string>, readFile: (path: string) => string | undefined) => {
  let queue = [...argv]
  let attached: string | undefined
  let wordsOnly = false
  let opened = 0

  const expand = (word: string): boolean => {
    const content = opened++ < maxResponseFiles ? readFile(word.slice(1)) : undefined
    if (content === undefined) return false
    const lines = content.split(/\r?\n/).filter((line) => line.trim() !== "" && !line.startsWith("#"))
    queue = [...lines, ...queue]
    return true
  }

  /** The value of a flag that needs one, or `undefined` when there is none. */
  const value = (): string | undefined => {
    if (attached !== undefined) {
      const taken = attached
      attached = undefined
      return taken
    }
    while (queue[0]?.startsWith("@")) if (!expand(queue.shift() ?? "")) return undefined
    return queue[0]?.startsWith("-") ? undefined : queue.shift()
  }

  const next = (): Token => {
    if (attached !== undefined) return { _tag: "Word", word: value() ?? "", attached: true }
    const word = queue.shift()
    if (word === undefined) return undefined
    if (wordsOnly) return { _tag: "Word", word }
    if (word === "--") {
      wordsOnly = true
      return next()
    }
    if (word.startsWith("--")) {
      const equals = word.indexOf("=")
      if (equals >= 0) attached = word.slice(equals + 1)
      return { _tag: "Flag", name: equals < 0 ? word.slice(2) : word.slice(2, equals) }
    }
    if (word === "-") return { _tag: "Word", word: "" }
    if (word.startsWith("-")) return { _tag: "Short", word }
    if (!word.startsWith("@")) return { _tag: "Word", word }
    return expand(word) ? next() : { _tag: "Bad", message: `failed to open arguments file ${quote(word.slice(1))}` }
  }

  return { next, value }
}

const scan = (argv: ReadonlyArray<string>, table: FlagTable, readFile: (path: string) => string | undefined): Scan => {
  const { next, value } = lexer(argv, readFile)
  const given: Array<Given> = []
  const helpWords: Array<string> = []
  let command: string | undefined
  let stop: ReadonlyArray<string> | "help" | undefined
  let help = false
  let complete = false

  const find = (name: string): FlagSpec | undefined =>
    [...table.shared, ...(table.commands[command ?? ""] ?? [])].find(
      (spec) => !spec.positional && (spec.name === name || spec.aliases.includes(name))
    )

  const flag = (written: string): string | undefined => {
    const direct = find(written)
    const inverted = direct === undefined && written.startsWith("no-") && !switches.has(written)
    const name = inverted ? written.slice(3) : written
    if (switches.has(name)) {
      stop ??= actions[name]
      help ||= name === "help"
      complete ||= name === "completion-bash" && !inverted
      return undefined
    }
    const spec = direct ?? (inverted ? find(name) : undefined)
    if (spec === undefined || (inverted && spec.arity !== "switch")) {
      return withHint(`unknown long flag '--${written}'`, flagHint(written, table, command))
    }
    const text = spec.arity === "switch" ? String(!inverted) : value()
    if (text === undefined) return `expected argument for flag '--${written}'`
    given.push({ spec, name, value: text })
    return undefined
  }

  const shortFlag = (word: string): string =>
    withHint(`unknown short flag '-${[...word][1] ?? ""}'`, shortFlagHint(word, table, command))

  const word = (text: string, attached = false): string | undefined => {
    if (command === "help") {
      helpWords.push(text)
      return undefined
    }
    const switchHint = attached ? "a switch takes no value: write --NAME or --no-NAME" : undefined
    const group = command !== undefined && isGroup(table, command) ? command : undefined
    if (command !== undefined && group === undefined) {
      const spec = table.commands[command]?.find((each) => each.positional && !given.some((one) => one.spec === each))
      if (spec === undefined || attached) return withHint(`unexpected ${text}`, switchHint)
      given.push({ spec, name: spec.name, value: text })
      return undefined
    }
    if ((text !== "help" || group !== undefined) && !nextWords(table, group).includes(text)) {
      return withHint(`expected command but got ${quote(text)}`, switchHint ?? commandHint(text, table, group))
    }
    command = group === undefined ? text : `${group} ${text}`
    if (text === "help") stop ??= "help"
    return undefined
  }

  const read = (token: NonNullable<Token>): string | undefined => {
    switch (token._tag) {
      case "Bad":
        return token.message
      case "Short":
        return shortFlag(token.word)
      case "Flag":
        return flag(token.name)
      case "Word":
        return word(token.word, token.attached)
    }
  }

  let error: string | undefined
  for (
    let token = next();
    token !== undefined && error === undefined;
    token = error === undefined ? next() : undefined
  ) {
    error = read(token)
  }
  const action = stop === "help" ? helpOn(helpWords, table) : stop && ({ _tag: "Proceed", argv: stop } as const)
  return { command, given, action, help, complete, error }
}

const helpArgv = (command: string | undefined): ReadonlyArray<string> =>
  command === undefined || command === "help" ? ["--help"] : [...command.split(" "), "--help"]

/** `help` parses its words as if they were a command line. */
const helpOn = (words: ReadonlyArray<string>, table: FlagTable): Reading => {
  const { command, error } = scan(words, table, () => undefined)
  return error === undefined
    ? { _tag: "Proceed", argv: helpArgv(command) }
    : { _tag: "Refused", message: error, hint: false }
}

/** The first value that is refused, in the order in which the values were given. */
const refusedValue = (given: ReadonlyArray<Given>): string | undefined => {
  const seen = new Set<string>()
  for (const { name, spec, value } of given) {
    if (spec.arity !== "list" && seen.has(name)) return `flag '${name}' cannot be repeated`
    seen.add(name)
    const refused = spec.refuse(value)
    if (refused !== undefined) return refused
  }
  return undefined
}

/** A group without its command, or a shared flag where a command takes none. */
const misplaced = (table: FlagTable, { command, given }: Scan): string | undefined => {
  if (command === undefined) return undefined
  if (isGroup(table, command)) return `expected command after "${command}": ${nextWords(table, command).join(" or ")}`
  const shared = sharedOf(table, command)
  const own = table.commands[command] ?? []
  const stray = given.find(({ spec }) => !own.includes(spec) && !shared.includes(spec))
  return stray === undefined ? undefined : `'${command}' does not take the flag '--${stray.name}'`
}

const missingFlags = (table: FlagTable, { command, given }: Scan): string | undefined => {
  const missing = (table.commands[command ?? ""] ?? []).filter(
    (spec) => spec.required && !given.some((one) => one.spec === spec)
  )
  const [word] = missing.filter((spec) => spec.positional)
  if (word !== undefined) return `required argument '${word.name}' not provided`
  return missing.length === 0
    ? undefined
    : `required flag(s) ${missing.map((spec) => `'--${spec.name}'`).join(", ")} not provided`
}

/** `--name=value` for every flag; of aliases that mean the same single value, the last one counts. */
const normalised = ({ command, given }: Scan): ReadonlyArray<string> => {
  const kept = given.filter(
    ({ spec }, index) => spec.arity === "list" || !given.slice(index + 1).some((later) => later.spec === spec)
  )
  return [...(command?.split(" ") ?? []), ...kept.map(({ spec, value }) => `--${spec.name}=${value}`)]
}

/** What could follow these words: flags once a word starts with `-`, commands before there is one. */
const candidates = (argv: ReadonlyArray<string>, table: FlagTable, { command }: Scan): ReadonlyArray<string> => {
  const last = argv.filter((word) => word !== "--completion-bash").at(-1) ?? ""
  const flags = [...sharedOf(table, command), ...(table.commands[command ?? ""] ?? [])]
    .filter((spec) => !spec.hidden)
    .map((spec) => `--${spec.name}`)
  const group = command !== undefined && isGroup(table, command) ? command : undefined
  const isCommand = (command === undefined || group !== undefined) && !last.startsWith("-")
  const words = isCommand ? [...(group === undefined ? ["help"] : []), ...nextWords(table, group)] : flags
  return words.filter((word) => (word === last ? false : last.startsWith("-") ? word.startsWith(last) : true))
}

/** Reads a command line. Response files are read by `readFile`, which gives `undefined` for what it cannot open. */
export const read = (
  argv: ReadonlyArray<string>,
  table: FlagTable,
  readFile: (path: string) => string | undefined
): Reading => {
  const scanned = scan(argv, table, readFile)
  if (scanned.complete) return { _tag: "Complete", candidates: candidates(argv, table, scanned) }
  if (scanned.action !== undefined) return scanned.action
  if (scanned.error !== undefined) return { _tag: "Refused", message: scanned.error, hint: true }
  if (scanned.help) return { _tag: "Proceed", argv: helpArgv(scanned.command) }
  const refused = refusedValue(scanned.given) ?? misplaced(table, scanned) ?? missingFlags(table, scanned)
  return refused === undefined
    ? { _tag: "Proceed", argv: normalised(scanned) }
    : { _tag: "Refused", message: refused, hint: true }
}
