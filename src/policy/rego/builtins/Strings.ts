/** Built-ins over strings. They count in code points. */
import { any, arrayOf, boolean, mapOf, number, oneOf, setOfType, string } from "../Type.ts"
import { codePoints, sliceCodePoints } from "../values/CodePoints.ts"
import { toBigInt } from "../values/Decimal.ts"
import { roundFloat, toFloat } from "../values/Float.ts"
import { isArray, isSet, typeName, type Value } from "../values/Value.ts"
import { type Builtin, type BuiltinContext, define } from "./Builtin.ts"
import { formatted } from "./Format.ts"
import { Operands } from "./Operands.ts"

type TextFunction = (operands: Operands, context: BuiltinContext) => Value | undefined

/** A built-in whose operands are strings. */
const onStrings = (name: string, count: number, result: typeof string, call: TextFunction): Builtin =>
  define(name, new Array<typeof string>(count).fill(string), result, (args, context) => {
    const operands = new Operands(name, args)
    for (let position = 1; position <= count; position++) context.budget.spend(operands.string(position).length >> 6)
    return call(operands, context)
  })

const strings = oneOf(arrayOf(string), setOfType(string))

/** The members of an array or a set of strings. */
export const stringsOf = (operands: Operands, position: number, expected?: string): ReadonlyArray<string> => {
  const kind = isArray(operands.value(position)) ? "array" : "set"
  return operands.members(position, expected).map((member) => {
    if (typeof member === "string") return member
    return operands.wrong(position, `${kind} of strings`, `${kind} containing ${typeName(member)}`)
  })
}

const concat = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("concat", args)
  const separator = operands.string(1)
  const parts = stringsOf(operands, 2, "one of {set, array}")
  context.budget.allocate(parts.reduce((size, part) => size + part.length + separator.length, 0))
  return parts.join(separator)
}

/** The number without its fraction. */
const truncated = (operands: Operands): bigint => {
  const value = operands.number(1)
  const exact = toBigInt(value)
  if (exact !== undefined) return exact
  const float = toFloat(value) ?? operands.fail("number too large")
  return roundFloat(float, float.mantissa < 0n ? "up" : "down")
}

const formatInt = (args: ReadonlyArray<Value>): Value => {
  const operands = new Operands("format_int", args)
  const value = truncated(operands)
  const base = operands.value(2)
  if (base !== 2 && base !== 8 && base !== 10 && base !== 16) {
    return operands.wrong(2, "one of {2, 8, 10, 16}", typeName(base))
  }
  return value.toString(base)
}

/** The place of the text in code points, from a place in UTF-16 units. */
const place = (text: string, unit: number): number => (unit < 0 ? -1 : codePoints(text.slice(0, unit)))

const allPlaces = (text: string, search: string, context: BuiltinContext): ReadonlyArray<number> => {
  const places: Array<number> = []
  let [unit, count] = [0, 0]
  for (let found = text.indexOf(search); found >= 0; found = text.indexOf(search, found + step(text, found))) {
    context.budget.spend(1 + ((found - unit) >> 6))
    count += codePoints(text.slice(unit, found))
    unit = found
    places.push(count)
  }
  return places
}

const step = (text: string, unit: number): number => ((text.codePointAt(unit) ?? 0) > 0xffff ? 2 : 1)

const substring = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("substring", args)
  const text = operands.string(1)
  const [offset, length] = [operands.integer(2), operands.integer(3)]
  if (offset < 0) return operands.fail("negative offset")
  context.budget.spend(text.length >> 6)
  return sliceCodePoints(text, offset, length < 0 ? text.length : offset + length)
}

/** Upper and lower case as one code point each, whatever the language. */
const caseOf = (text: string, convert: (character: string) => string): string =>
  [...text]
    .map((character) => {
      const converted = convert(character)
      return codePoints(converted) === 1 ? converted : character === "İ" ? "i" : character
    })
    .join("")

const isAscii = (text: string): boolean => !/[^\0-\x7f]/.test(text)

const spaces = "\\t\\n\\v\\f\\r \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000"
const leadingSpace = new RegExp(`^[${spaces}]+`)

const trimEnd = (text: string, isCut: (character: string) => boolean): string => {
  const characters = [...text]
  let end = characters.length
  while (end > 0 && isCut(characters[end - 1] ?? "")) end--
  return end === characters.length ? text : characters.slice(0, end).join("")
}

const trimStart = (text: string, isCut: (character: string) => boolean): string => {
  let start = 0
  for (const character of text) {
    if (!isCut(character)) break
    start += character.length
  }
  return text.slice(start)
}

const cutset = (set: string): ((character: string) => boolean) => {
  const characters = new Set(set)
  return (character) => characters.has(character)
}

const isSpace = (character: string): boolean => leadingSpace.test(character)

const replaced = (text: string, search: string, replacement: string, context: BuiltinContext): string => {
  const count = search === "" ? codePoints(text) + 1 : text.split(search).length - 1
  context.budget.allocate(text.length + count * replacement.length)
  if (search !== "") return text.replaceAll(search, () => replacement)
  return `${replacement}${[...text].map((character) => `${character}${replacement}`).join("")}`
}

/** Replaces all keys of the object at once: at each place the first key in order that fits. */
const replaceAll = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("strings.replace_n", args)
  const patterns = operands.object(1).sorted()
  const text = operands.string(2)
  const pairs = patterns.map(([key, value]): readonly [string, string] => {
    if (typeof key !== "string") return operands.wrongly(1, "non-string key found in pattern object")
    if (typeof value !== "string") return operands.wrongly(1, `non-string value found in pattern object`)
    return [key, value]
  })
  let result = ""
  let place = 0
  while (place <= text.length) {
    context.budget.spend(1 + pairs.length)
    const found = pairs.find(([key]) => text.startsWith(key, place))
    const character = place < text.length ? String.fromCodePoint(text.codePointAt(place) ?? 0) : ""
    if (found === undefined || found[0] === "") result += `${found?.[1] ?? ""}${character}`
    else result += found[1]
    place += found === undefined || found[0] === "" ? Math.max(1, character.length) : found[0].length
    context.budget.allocate(result.length >> 6)
  }
  return result
}

/** A string, or several in an array or a set. */
const oneOrMore = (operands: Operands, position: number): ReadonlyArray<string> => {
  const value = operands.value(position)
  if (typeof value === "string") return [value]
  return stringsOf(operands, position, "one of {string, set, array}")
}

const anyMatch = (name: string, matches: (text: string, part: string) => boolean): Builtin => {
  const texts = oneOf(string, setOfType(string), arrayOf(string))
  return define(name, [texts, texts], boolean, (args, context) => {
    const operands = new Operands(name, args)
    const [texts, parts] = [oneOrMore(operands, 1), oneOrMore(operands, 2)]
    context.budget.spend(texts.length * parts.length)
    return texts.some((text) => parts.some((part) => matches(text, part)))
  })
}

/** The text of a template string: its texts, and its expressions as sets of the value that each has, if it has one. */
const interpolated = (args: ReadonlyArray<Value>, context: BuiltinContext): Value => {
  const operands = new Operands("internal.template_string", args)
  const parts = operands.array(1).map((part) => {
    if (!isSet(part)) return formatted("%v", [part])
    const [member] = part.sorted()
    return member === undefined ? "<undefined>" : formatted("%v", [member])
  })
  context.budget.allocate(parts.reduce((size, part) => size + part.length, 0))
  return parts.join("")
}

export const stringBuiltins: ReadonlyArray<Builtin> = [
  define("concat", [string, strings], string, concat),
  define("format_int", [number, number], string, formatInt),
  onStrings("contains", 2, boolean, (of) => of.string(1).includes(of.string(2))),
  onStrings("startswith", 2, boolean, (of) => of.string(1).startsWith(of.string(2))),
  onStrings("endswith", 2, boolean, (of) => of.string(1).endsWith(of.string(2))),
  onStrings("indexof", 2, number, (of) => {
    if (of.string(2) === "") return of.fail("empty search character")
    return place(of.string(1), of.string(1).indexOf(of.string(2)))
  }),
  define("indexof_n", [string, string], arrayOf(number), (args, context) => {
    const operands = new Operands("indexof_n", args)
    if (operands.string(2) === "") return operands.fail("empty search character")
    return allPlaces(operands.string(1), operands.string(2), context)
  }),
  onStrings("lower", 1, string, (of) => {
    const text = of.string(1)
    return isAscii(text) ? text.toLowerCase() : caseOf(text, (character) => character.toLowerCase())
  }),
  onStrings("upper", 1, string, (of) => {
    const text = of.string(1)
    return isAscii(text) ? text.toUpperCase() : caseOf(text, (character) => character.toUpperCase())
  }),
  onStrings("replace", 3, string, (of, context) => replaced(of.string(1), of.string(2), of.string(3), context)),
  define("split", [string, string], arrayOf(string), (args, context) => {
    const operands = new Operands("split", args)
    const [text, separator] = [operands.string(1), operands.string(2)]
    context.budget.spend(text.length >> 3)
    return separator === "" ? [...text] : text.split(separator)
  }),
  define("sprintf", [string, arrayOf(any)], string, (args, context) => {
    const operands = new Operands("sprintf", args)
    const text = formatted(operands.string(1), operands.array(2))
    context.budget.allocate(text.length)
    return text
  }),
  define("internal.template_string", [arrayOf(any)], string, interpolated),
  define("substring", [string, number, number], string, substring),
  onStrings("trim", 2, string, (of) => {
    const isCut = cutset(of.string(2))
    return trimEnd(trimStart(of.string(1), isCut), isCut)
  }),
  onStrings("trim_left", 2, string, (of) => trimStart(of.string(1), cutset(of.string(2)))),
  onStrings("trim_right", 2, string, (of) => trimEnd(of.string(1), cutset(of.string(2)))),
  onStrings("trim_space", 1, string, (of) => trimEnd(trimStart(of.string(1), isSpace), isSpace)),
  onStrings("trim_prefix", 2, string, (of) =>
    of.string(1).startsWith(of.string(2)) ? of.string(1).slice(of.string(2).length) : of.string(1)
  ),
  onStrings("trim_suffix", 2, string, (of) =>
    of.string(1).endsWith(of.string(2))
      ? of.string(1).slice(0, of.string(1).length - of.string(2).length)
      : of.string(1)
  ),
  define("strings.reverse", [string], string, (args) =>
    [...new Operands("reverse", args).string(1)].reverse().join("")
  ),
  onStrings("strings.count", 2, number, (of) => {
    const [text, search] = [of.string(1), of.string(2)]
    return search === "" ? codePoints(text) + 1 : text.split(search).length - 1
  }),
  define("strings.replace_n", [mapOf(string, string), string], string, replaceAll),
  anyMatch("strings.any_prefix_match", (text, part) => text.startsWith(part)),
  anyMatch("strings.any_suffix_match", (text, part) => text.endsWith(part))
]
