/**
 * One flag, declared once: the `effect/cli` flag that decodes it, with a description from which `Argv.ts` takes its rules,
 * `Help.ts` its text and the sandbox what the flag needs.
 */
import { Config, type Duration, Effect, Redacted, Result } from "effect"
import { CliError, Flag } from "effect/cli"
import * as Grammar from "./Grammar.ts"

/** What a flag's value makes the process do that a sandbox would have to allow. */
export type SandboxNeed = "none" | "read" | "source" | "write" | "connect" | "bind" | "proxy" | "acme"

/** A flag as data. */
export interface FlagSpec {
  readonly name: string
  /** Further, hidden spellings. Each counts as a flag of its own for the rule against repeating. */
  readonly aliases: ReadonlyArray<string>
  /** A switch takes no value, a single one value, a list any number of flags with one value each. */
  readonly arity: "switch" | "single" | "list"
  /** Placeholder of the value in the help. */
  readonly metavar: string
  /** All its values, where they can be counted. */
  readonly choices: ReadonlyArray<string>
  readonly help: string
  /** The variable that stands in when the flag is absent. */
  readonly env: string | undefined
  readonly hidden: boolean
  readonly required: boolean
  /** Given as a word of its own, without its name. */
  readonly positional: boolean
  readonly sandbox: SandboxNeed
  /** The sentence that refuses a value, or `undefined` for a good one. */
  readonly refuse: (text: string) => string | undefined
}

/** The flags that may stand anywhere, and those that each command adds. Commands of a group have names of two words. */
export interface FlagTable {
  readonly shared: ReadonlyArray<FlagSpec>
  readonly commands: Readonly<Record<string, ReadonlyArray<FlagSpec>>>
}

/** Whether a word is the first of commands' names, and no command itself. */
export const isGroup = (table: FlagTable, word: string): boolean =>
  Object.keys(table.commands).some((name) => name.startsWith(`${word} `))

/** The words that may follow: commands and groups, or the commands of a group. */
export const nextWords = (table: FlagTable, group?: string): ReadonlyArray<string> => {
  const names = Object.keys(table.commands).map((name) => name.split(" "))
  return [
    ...new Set(
      names.flatMap(([first = "", second]) =>
        group === undefined ? [first] : first === group && second ? [second] : []
      )
    )
  ]
}

/** The shared flags that a command takes: those of a group do without them. */
export const sharedOf = (table: FlagTable, command: string | undefined): ReadonlyArray<FlagSpec> =>
  command?.includes(" ") || isGroup(table, command ?? "") ? [] : table.shared

/** A flag that `effect/cli` can parse, with its description. */
export type Declared<A> = Flag.Flag<A> & { readonly spec: FlagSpec }

/** What a declaration may say beside its name and kind. */
export interface Words {
  readonly help: string
  readonly metavar?: string
  readonly env?: string
  readonly aliases?: ReadonlyArray<string>
  readonly hidden?: boolean
  readonly sandbox?: SandboxNeed
}

const declare = <A>(
  flag: Flag.Flag<A>,
  name: string,
  arity: FlagSpec["arity"],
  words: Words,
  rules: Partial<Pick<FlagSpec, "required" | "refuse" | "choices" | "positional">> = {}
): Declared<A> => {
  const metavar = words.metavar ?? name.toUpperCase()
  const described = flag.pipe(Flag.withDescription(words.help), Flag.withMetavar(metavar))
  return Object.assign(words.hidden === true ? Flag.withHidden(described) : described, {
    spec: {
      name,
      aliases: words.aliases ?? [],
      arity,
      metavar,
      choices: rules.choices ?? [],
      help: words.help,
      env: words.env,
      hidden: words.hidden ?? false,
      required: rules.required ?? false,
      positional: rules.positional ?? false,
      sandbox: words.sandbox ?? "none",
      refuse: rules.refuse ?? (() => undefined)
    }
  })
}

/** The sentence that refuses a value of a flag, with the flag's name and what to write instead. */
const named = <A>(name: string, grammar: Grammar.Grammar<A>, text: string, sentence: string): string => {
  if (grammar.namesFlag === true) return sentence
  const advice = grammar.advice?.(text)
  return `${sentence} (--${name}${advice === undefined ? "" : `: ${advice}`})`
}

const refusal =
  <A>(name: string, grammar: Grammar.Grammar<A>) =>
  (text: string): string | undefined =>
    Result.match(grammar(text), {
      onFailure: (sentence) => named(name, grammar, text, sentence),
      onSuccess: () => undefined
    })

const ruled = <A>(name: string, grammar: Grammar.Grammar<A>): Pick<FlagSpec, "refuse" | "choices"> => ({
  refuse: refusal(name, grammar),
  choices: grammar.choices ?? []
})

const invalid = (option: string, value: string, expected: string): CliError.InvalidValue =>
  new CliError.InvalidValue({ option, value, expected, kind: "flag" })

const decoded = <A>(name: string, grammar: Grammar.Grammar<A>): Flag.Flag<A> =>
  Flag.String(name).pipe(
    Flag.mapEffect((text) =>
      Effect.mapError(Effect.fromResult(grammar(text)), (sentence) =>
        invalid(name, text, named(name, grammar, text, sentence))
      )
    )
  )

/** A value read by a grammar, with a default. */
export const value = <A>(name: string, grammar: Grammar.Grammar<A>, byDefault: A, words: Words): Declared<A> =>
  declare(decoded(name, grammar).pipe(Flag.withDefault(byDefault)), name, "single", words, ruled(name, grammar))

/** A text; absent and empty are the same. */
export const text = (name: string, words: Words): Declared<string> => {
  const flag = Flag.String(name)
  const withEnv = words.env === undefined ? flag : Flag.withFallbackConfig(flag, Config.String(words.env))
  return declare(withEnv.pipe(Flag.withDefault("")), name, "single", words)
}

/** A text that must be given, though it may be empty. */
export const requiredText = (name: string, words: Words): Declared<string> =>
  declare(Flag.String(name), name, "single", words, { required: true })

/** A text that must be given, as a word of its own. */
export const argument = (name: string, words: Words): Declared<string> =>
  declare(Flag.String(name), name, "single", { ...words, hidden: true }, { required: true, positional: true })

/** A text that must not be shown. */
export const secret = (name: string, env: string, words: Words): Declared<Redacted.Redacted<string>> =>
  declare(
    Flag.Redacted(name).pipe(Flag.withFallbackConfig(Config.Redacted(env)), Flag.withDefault(Redacted.make(""))),
    name,
    "single",
    { ...words, env }
  )

/** On, off (`--no-…`), or absent, which is off. */
export const toggle = (name: string, words: Words): Declared<boolean> =>
  declare(Flag.Boolean(name).pipe(Flag.withDefault(false)), name, "switch", words)

/** A duration. */
export const duration = (name: string, byDefault: Duration.Duration, words: Words): Declared<Duration.Duration> =>
  value(name, Grammar.duration, byDefault, { metavar: "DURATION", ...words })

/** A flag that may be given any number of times. */
export const list = <A>(name: string, grammar: Grammar.Grammar<A>, words: Words): Declared<ReadonlyArray<A>> =>
  declare(decoded(name, grammar).pipe(Flag.atLeast(0)), name, "list", words, ruled(name, grammar))

/** A value that is looked at once more, with effects, when the whole command line is known to be well-formed. */
export const checked = <A, B>(
  name: string,
  grammar: Grammar.Grammar<A>,
  check: (value: A) => Effect.Effect<B, string>,
  words: Words
): Declared<B | undefined> =>
  declare(
    decoded(name, grammar).pipe(
      Flag.mapEffect((value) =>
        Effect.mapError(check(value), (sentence) => invalid(name, "", `${sentence} (--${name})`))
      ),
      Flag.withDefault(undefined)
    ),
    name,
    "single",
    words,
    ruled(name, grammar)
  )
