/** Built-ins over regular expressions of RE2's syntax; matching takes time linear in the text. */
import { RE2JS } from "re2js"
import { any, arrayOf, boolean, number, string } from "../Type.ts"
import type { Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, BuiltinError, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

/** Patterns that were compiled lately. */
const compiled = new Map<string, RE2JS>()
const mostCompiled = 256
const longestPattern = 64 * 1024

/** Compiles a pattern; undefined when it is no pattern. */
export const compile = (pattern: string): RE2JS | undefined => {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  if (pattern.length > longestPattern) return undefined
  try {
    const made = RE2JS.compile(pattern)
    if (compiled.size >= mostCompiled) compiled.clear()
    compiled.set(pattern, made)
    return made
  } catch {
    return undefined
  }
}

/** The compiled pattern, with the work of matching this text paid for. */
export const pattern = (name: string, source: string, text: string, context: BuiltinContext): RE2JS => {
  const regex = compile(source)
  if (regex === undefined)
    throw new BuiltinError("builtin", `${name}: error parsing regexp: \`${source.slice(0, 200)}\``)
  context.budget.spend(1 + Math.ceil((text.length * regex.programSize()) / 256))
  return regex
}

interface Match {
  readonly start: number
  readonly end: number
  /** The text of each group; undefined for one that took no part. */
  readonly groups: ReadonlyArray<string | undefined>
  readonly named: ReadonlyMap<string, string | undefined>
}

/** Up to `limit` matches from left to right; all when it is negative. An empty match right after a match does not count. */
const matches = (regex: RE2JS, text: string, limit: number, context: BuiltinContext): ReadonlyArray<Match> => {
  const found: Array<Match> = []
  const matcher = regex.matcher(text)
  const names = Object.entries(regex.namedGroups())
  let last = -1
  while ((limit < 0 || found.length < limit) && matcher.find()) {
    context.budget.spend(1)
    const [start, end] = [matcher.start(), matcher.end()]
    if (start === end && start === last) continue
    last = end
    const groups = Array.from({ length: matcher.groupCount() + 1 }, (_, index) => matcher.group(index) ?? undefined)
    found.push({ start, end, groups, named: new Map(names.map(([name, index]) => [name, groups[index]])) })
  }
  return found
}

const reference = /\$(?:\$|\{(\w+)\}|(\w+))/g

/** A replacement with `$1`, `$name`, `${name}` and `$$` filled in. */
const expand = (template: string, match: Match): string =>
  template.replace(reference, (whole, braced?: string, bare?: string) => {
    const name = braced ?? bare
    if (name === undefined) return whole === "$$" ? "$" : whole
    return (/^\d+$/.test(name) ? match.groups[Number(name)] : match.named.get(name)) ?? ""
  })

const replace = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("regex.replace", args)
  const [text, source, template] = [operands.string(1), operands.string(2), operands.string(3)]
  const regex = pattern("regex.replace", source, text, context)
  const parts: Array<string> = []
  let place = 0
  for (const match of matches(regex, text, -1, context)) {
    const replacement = expand(template, match)
    context.budget.allocate(replacement.length)
    parts.push(text.slice(place, match.start), replacement)
    place = match.end
  }
  return parts.join("") + text.slice(place)
}

const split = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("regex.split", args)
  const [source, text] = [operands.string(1), operands.string(2)]
  if (source !== "" && text === "") return [""]
  const parts: Array<string> = []
  let [place, last] = [0, 0]
  for (const match of matches(pattern("regex.split", source, text, context), text, -1, context)) {
    last = match.start
    if (match.end !== 0) parts.push(text.slice(place, match.start))
    place = match.end
  }
  return last === text.length ? parts : [...parts, text.slice(place)]
}

const template = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("regex.template_match", args)
  const [source, text, open, close] = [operands.string(1), operands.string(2), operands.string(3), operands.string(4)]
  if ([...open].length !== 1) return operands.fail("start delimiter has to be exactly one character long")
  if ([...close].length !== 1) return operands.fail("end delimiter has to be exactly one character long")
  let result = "^"
  let rest = source
  for (let start = rest.indexOf(open); start >= 0; start = rest.indexOf(open)) {
    const end = closing(rest, start, open, close) ?? operands.fail(`unbalanced braces in "${source}"`)
    result += `${RE2JS.quote(rest.slice(0, start))}(${rest.slice(start + open.length, end)})`
    rest = rest.slice(end + close.length)
  }
  if (rest.includes(close)) return operands.fail(`unbalanced braces in "${source}"`)
  const regex = pattern("regex.template_match", `${result}${RE2JS.quote(rest)}$`, text, context)
  return regex.matcher(text).find()
}

/** Where the delimiter that belongs to the one at `start` is. */
const closing = (text: string, start: number, open: string, close: string): number | undefined => {
  let depth = 0
  for (let place = start; place < text.length; place++) {
    if (text.startsWith(open, place)) depth++
    else if (text.startsWith(close, place) && --depth === 0) return place
  }
  return undefined
}

const matching = (name: string): Builtin =>
  define(name, [string, string], boolean, (args, context) => {
    const operands = new Operands(name, args)
    const [source, text] = [operands.string(1), operands.string(2)]
    return pattern(name, source, text, context).matcher(text).find()
  })

export const regexBuiltins: ReadonlyArray<Builtin> = [
  matching("regex.match"),
  matching("re_match"),
  define("regex.is_valid", [any], boolean, ([source]) => typeof source === "string" && compile(source) !== undefined),
  define("regex.find_n", [string, string, number], arrayOf(string), (args, context) => {
    const operands = new Operands("regex.find_n", args)
    const [source, text, limit] = [operands.string(1), operands.string(2), operands.integer(3)]
    const regex = pattern("regex.find_n", source, text, context)
    return matches(regex, text, limit, context).map(({ end, start }) => text.slice(start, end))
  }),
  define("regex.find_all_string_submatch_n", [string, string, number], arrayOf(arrayOf(string)), (args, context) => {
    const operands = new Operands("regex.find_all_string_submatch_n", args)
    const [source, text, limit] = [operands.string(1), operands.string(2), operands.integer(3)]
    const regex = pattern("regex.find_all_string_submatch_n", source, text, context)
    return matches(regex, text, limit, context).map(({ groups }) => groups.map((group) => group ?? ""))
  }),
  define("regex.replace", [string, string, string], string, replace),
  define("regex.split", [string, string], arrayOf(string), split),
  define("regex.template_match", [string, string, string, string], boolean, template)
]
