/**
 * Formatting as `sprintf` does it: the verbs, flags and complaints of Go's package fmt, for the values a policy may pass.
 * Collections are passed as their text.
 */

import { toBigInt, toDouble } from "../values/Decimal.ts"
import { isDecimal, isNumber, type Value, valueText } from "../values/Value.ts"
import { exponential, fixed, general } from "./FormatFloat.ts"

interface Directive {
  readonly plus: boolean
  readonly minus: boolean
  readonly sharp: boolean
  readonly space: boolean
  readonly zero: boolean
  readonly width: number | undefined
  readonly precision: number | undefined
}

/** What Go is given for a value. */
type Argument =
  | { readonly kind: "int" | "*big.Int"; readonly value: bigint }
  | { readonly kind: "float64"; readonly value: number }
  | { readonly kind: "string"; readonly value: string }

const smallest = -(2n ** 63n)
const largest = 2n ** 63n - 1n

const argumentOf = (value: Value): Argument => {
  if (typeof value === "string") return { kind: "string", value }
  if (!isNumber(value)) return { kind: "string", value: valueText(value) }
  // An integer written with a point or an exponent is a float to Go.
  const written = !isDecimal(value) || /^-?\d+$/.test(value.text)
  const integer = written ? toBigInt(value) : undefined
  if (integer === undefined) {
    const float = toDouble(value)
    return Number.isFinite(float) ? { kind: "float64", value: float } : { kind: "string", value: valueText(value) }
  }
  return { kind: integer >= smallest && integer <= largest ? "int" : "*big.Int", value: integer }
}

const widest = 1_000_000

const pad = (text: string, { minus, width, zero }: Directive, numeric: boolean): string => {
  const missing = (width ?? 0) - [...text].length
  if (missing <= 0) return text
  if (minus) return text + " ".repeat(missing)
  if (!zero) return " ".repeat(missing) + text
  const sign = numeric && /^[+\- ]/.test(text) ? text.charAt(0) : ""
  return sign + "0".repeat(missing) + text.slice(sign.length)
}

const signed = (negative: boolean, { plus, space }: Directive): string =>
  negative ? "-" : plus ? "+" : space ? " " : ""

const prefixes: Readonly<Record<string, string>> = { x: "0x", X: "0X", o: "0", b: "0b" }

const integer = (value: bigint, base: number, verb: string, directive: Directive): string => {
  let digits = (value < 0n ? -value : value).toString(base)
  if (directive.precision !== undefined) digits = digits.padStart(directive.precision, "0")
  if (verb === "X") digits = digits.toUpperCase()
  const prefix = verb === "O" ? "0o" : directive.sharp ? (prefixes[verb] ?? "") : ""
  const zero = directive.zero && directive.precision === undefined && !directive.minus
  return pad(signed(value < 0n, directive) + prefix + digits, { ...directive, zero }, true)
}

const hex = (text: string, verb: string, { precision, sharp, space }: Directive): string => {
  const bytes = Buffer.from(text).subarray(0, precision)
  const pairs = [...bytes].map((byte) => byte.toString(16).padStart(2, "0"))
  const prefix = sharp ? "0x" : ""
  const joined = space ? pairs.map((pair) => prefix + pair).join(" ") : prefix + pairs.join("")
  return verb === "X" ? joined.toUpperCase() : joined
}

const quoted = (text: string, { plus, sharp }: Directive): string => {
  if (sharp && !/[`\u0000-\u0008\u000a-\u001f\u007f]/.test(text)) return `\`${text}\``
  const escapes: Readonly<Record<string, string>> = {
    "\x07": "\\a",
    "\b": "\\b",
    "\f": "\\f",
    "\n": "\\n",
    "\r": "\\r",
    "\t": "\\t",
    "\v": "\\v",
    '"': '\\"',
    "\\": "\\\\"
  }
  const body = [...text].map((character) => {
    const known = escapes[character]
    if (known !== undefined) return known
    const code = character.codePointAt(0) ?? 0
    if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, "0")}`
    if (!plus || code < 0x80) return character
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`
  })
  return `"${body.join("")}"`
}

/** `%!d(string=foo)`: a verb that the argument does not know. */
const wrongVerb = (verb: string, argument: Argument): string => {
  const value = argument.kind === "float64" ? general(argument.value, undefined, false) : String(argument.value)
  return `%!${verb}(${argument.kind}=${value})`
}

const ofString = (text: string, verb: string, directive: Directive): string | undefined => {
  const cut = directive.precision === undefined ? text : [...text].slice(0, directive.precision).join("")
  switch (verb) {
    case "v":
      return pad(directive.sharp ? quoted(text, { ...directive, sharp: false }) : cut, directive, false)
    case "s":
      return pad(cut, directive, false)
    case "q":
      return pad(quoted(cut, directive), directive, false)
    case "x":
    case "X":
      return pad(hex(text, verb, directive), directive, false)
  }
  return undefined
}

const bases: Readonly<Record<string, number>> = { d: 10, v: 10, b: 2, o: 8, O: 8, x: 16, X: 16 }

const character = (value: bigint): string =>
  value < 0n || value > 0x10ffffn || (value >= 0xd800n && value < 0xe000n)
    ? "\ufffd"
    : String.fromCodePoint(Number(value))

const ofInteger = (argument: Argument & { value: bigint }, verb: string, directive: Directive): string | undefined => {
  const base = bases[verb]
  if (base !== undefined) return integer(argument.value, base, verb, directive)
  if (argument.kind === "*big.Int") return verb === "s" ? integer(argument.value, 10, verb, directive) : undefined
  switch (verb) {
    case "c":
      return pad(character(argument.value), directive, false)
    case "q":
      return pad(`'${character(argument.value).replace(/['\\]/, "\\$&")}'`, directive, false)
    case "U": {
      const code = `U+${argument.value
        .toString(16)
        .toUpperCase()
        .padStart(directive.precision ?? 4, "0")}`
      return pad(directive.sharp ? `${code} '${character(argument.value)}'` : code, directive, false)
    }
  }
  return undefined
}

const ofFloat = (value: number, verb: string, directive: Directive): string | undefined => {
  const magnitude = Math.abs(value)
  const sign = signed(value < 0 || Object.is(value, -0), directive)
  const done = (text: string) => pad(sign + text, directive, true)
  switch (verb) {
    case "v":
    case "g":
      return done(general(magnitude, directive.precision, directive.sharp))
    case "G":
      return done(general(magnitude, directive.precision, directive.sharp).toUpperCase())
    case "e":
      return done(exponential(magnitude, directive.precision ?? 6))
    case "E":
      return done(exponential(magnitude, directive.precision ?? 6).toUpperCase())
    case "f":
    case "F":
      return done(fixed(magnitude, directive.precision ?? 6))
  }
  return undefined
}

const one = (argument: Argument, verb: string, directive: Directive): string => {
  if (verb === "T") return pad(argument.kind, directive, false)
  const text =
    argument.kind === "string"
      ? ofString(argument.value, verb, directive)
      : argument.kind === "float64"
        ? ofFloat(argument.value, verb, directive)
        : ofInteger(argument, verb, directive)
  return text ?? wrongVerb(verb, argument)
}

const directiveSyntax = /%([+\-# 0]*)(\[\d+\])?(\*|\d+)?(?:(\.)(\[\d+\])?(\*|\d+)?)?(\[\d+\])?([\s\S]?)/gu

/** The text for a format and its arguments. What does not fit shows in the text, as in Go: `%!d(string=a)`. */
export const formatted = (format: string, args: ReadonlyArray<Value>): string => {
  let next = 0
  let reordered = false
  const jump = (index: string | undefined) => {
    if (index === undefined) return
    next = Number(index.slice(1, -1)) - 1
    reordered = true
  }
  const size = (text: string | undefined): number | undefined => {
    if (text === undefined) return undefined
    const value = text === "*" ? args[next++] : Number(text)
    return typeof value === "number" && Math.abs(value) <= widest ? value : undefined
  }
  const text = format.replace(
    directiveSyntax,
    (
      _,
      flags: string,
      first?: string,
      width?: string,
      point?: string,
      second?: string,
      precision?: string,
      third?: string,
      verb?: string
    ) => {
      jump(first)
      const wide = size(width)
      jump(second)
      const precise = point === undefined ? undefined : (size(precision) ?? 0)
      jump(third)
      if (verb === undefined || verb === "") return "%!(NOVERB)"
      if (verb === "%") return "%"
      if (next < 0 || (reordered && next >= args.length)) return `%!${verb}(BADINDEX)`
      const value = args[next]
      if (value === undefined) return `%!${verb}(MISSING)`
      next++
      const minus = flags.includes("-") || (wide ?? 0) < 0
      const directive: Directive = {
        plus: flags.includes("+"),
        minus,
        sharp: flags.includes("#"),
        space: flags.includes(" "),
        zero: flags.includes("0") && !minus,
        width: wide === undefined ? undefined : Math.abs(wide),
        precision: precise
      }
      return one(argumentOf(value), verb, directive)
    }
  )
  if (reordered || next >= args.length) return text
  const extra = args.slice(next).map((value) => {
    const argument = argumentOf(value)
    return `${argument.kind}=${one(argument, "v", plain)}`
  })
  return `${text}%!(EXTRA ${extra.join(", ")})`
}

const plain: Directive = {
  plus: false,
  minus: false,
  sharp: false,
  space: false,
  zero: false,
  width: undefined,
  precision: undefined
}
