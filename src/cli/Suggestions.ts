/** What a mistyped or misplaced word of the command line was probably meant to be. Follows the parser's own message. Pure. */
import { editDistance } from "../config/EditDistance.ts"
import { type FlagSpec, type FlagTable, nextWords } from "./FlagSpec.ts"

/** Flags of the Go program that this one does not have. */
const elsewhere = /^(?:pkcs11-|keychain-|eventlog$)/

/** Flags that belong to no table. */
const builtIns = ["help", "version"]

const specsOf = (table: FlagTable, command: string): ReadonlyArray<FlagSpec> =>
  Object.hasOwn(table.commands, command) ? (table.commands[command] ?? []) : []

/** What can be written of a flag: its name, of a switch the negated one too. */
const spellings = (specs: ReadonlyArray<FlagSpec>): ReadonlyArray<string> =>
  specs.flatMap(({ arity, hidden, name }) => (hidden ? [] : arity === "switch" ? [name, `no-${name}`] : [name]))

/** The word that is spelled almost like this one, or the only one that begins so. */
const nearest = (written: string, words: ReadonlyArray<string>): string | undefined => {
  if (written.length > 64) return undefined
  const limit = written.length < 5 ? 1 : 2
  const [best] = words
    .map((word) => ({ word, distance: editDistance(written, word, limit) }))
    .filter(({ distance }) => distance <= limit)
    .toSorted((a, b) => a.distance - b.distance)
  if (best !== undefined) return best.word
  const longer = written.length < 3 ? [] : words.filter((word) => word.startsWith(written))
  return longer.length === 1 ? longer[0] : undefined
}

const quoted = (commands: ReadonlyArray<string>): string => commands.map((command) => `'${command}'`).join(" and ")

/** For a long flag that this command, or the part before any command, does not have. */
export const flagHint = (written: string, table: FlagTable, command: string | undefined): string | undefined => {
  const here = [...table.shared, ...specsOf(table, command ?? "")]
  const isNamed = (name: string) => (spec: FlagSpec) => spec.name === name || spec.aliases.includes(name)
  const positive = written.replace(/^no-/, "")
  if (here.some(isNamed(positive))) return `--${positive} takes a value and cannot be negated`
  const owners = Object.keys(table.commands).filter((each) => specsOf(table, each).some(isNamed(positive)))
  if (owners.length > 0) {
    return command === undefined
      ? `--${written} is a flag of ${quoted(owners)}: give it after the command`
      : `--${written} belongs to ${quoted(owners)}`
  }
  if (elsewhere.test(written)) return `--${written} is not supported by this version`
  const near = nearest(written, [...spellings(here), ...builtIns])
  if (near !== undefined) return `did you mean '--${near}'?`
  for (const other of Object.keys(table.commands)) {
    const found = nearest(written, spellings(specsOf(table, other)))
    if (found !== undefined) return `did you mean '--${found}', a flag of '${other}'?`
  }
  return undefined
}

/** For a word with one dash. */
export const shortFlagHint = (word: string, table: FlagTable, command: string | undefined): string | undefined => {
  const name = word.replace(/^-+/, "").replace(/=.*$/s, "")
  if (name === "h" || name === "?") return "did you mean '--help'?"
  if (name === "v" || name === "V") return "did you mean '--version'?"
  const near = nearest(name, [...spellings([...table.shared, ...specsOf(table, command ?? "")]), ...builtIns])
  return name.length < 3 || near === undefined ? undefined : `did you mean '--${near}'?`
}

/** For a word where a command should be. */
export const commandHint = (word: string, table: FlagTable, group?: string): string | undefined => {
  const near = nearest(word, [...nextWords(table, group), ...(group === undefined ? ["help"] : [])])
  return near === undefined ? undefined : `did you mean ${JSON.stringify(near)}?`
}

/** A message with its hint, if there is one. */
export const withHint = (message: string, hint: string | undefined): string =>
  hint === undefined ? message : `${message} (${hint})`
