/** Layouts of Go's package time: how its reference time, Mon Jan 2 15:04:05 MST 2006, would be written. */
import { type Civil, daysOf, weekdayOf } from "./CivilTime.ts"

/** Layouts that policies may name. */
const named: Readonly<Record<string, string>> = {
  ANSIC: "Mon Jan _2 15:04:05 2006",
  UnixDate: "Mon Jan _2 15:04:05 MST 2006",
  RubyDate: "Mon Jan 02 15:04:05 -0700 2006",
  RFC822: "02 Jan 06 15:04 MST",
  RFC822Z: "02 Jan 06 15:04 -0700",
  RFC850: "Monday, 02-Jan-06 15:04:05 MST",
  RFC1123: "Mon, 02 Jan 2006 15:04:05 MST",
  RFC1123Z: "Mon, 02 Jan 2006 15:04:05 -0700",
  RFC3339: "2006-01-02T15:04:05Z07:00",
  RFC3339Nano: "2006-01-02T15:04:05.999999999Z07:00"
}

export const rfc3339 = "2006-01-02T15:04:05Z07:00"
export const rfc3339Nano = "2006-01-02T15:04:05.999999999Z07:00"

/** The layout a text means: one that is named, or the text itself. */
export const layoutOf = (text: string): string => (Object.hasOwn(named, text) ? (named[text] ?? text) : text)

const months = "January February March April May June July August September October November December".split(" ")
const weekdays = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split(" ")

export const weekdayName = (civil: Civil): string => weekdays[weekdayOf(civil)] ?? ""

const elements =
  /January|Jan(?![a-z])|Monday|Mon(?![a-z])|MST|002|0[1-6]|__2|_2(?!006)|2006|15|[1-5]|PM|pm|[-Z]07(?::00:00|0000|:00|00)?|[.,](?:0+|9+)(?!\d)/g

/** A layout in pieces: elements, and text between them. */
const piecesOf = (layout: string): ReadonlyArray<{ readonly element: boolean; readonly text: string }> => {
  const pieces: Array<{ readonly element: boolean; readonly text: string }> = []
  let end = 0
  for (const { 0: text, index } of layout.matchAll(elements)) {
    if (index > end) pieces.push({ element: false, text: layout.slice(end, index) })
    pieces.push({ element: true, text })
    end = index + text.length
  }
  if (end < layout.length) pieces.push({ element: false, text: layout.slice(end) })
  return pieces
}

const two = (value: number): string => String(value).padStart(2, "0")

const hour12 = (hour: number): number => (hour % 12 === 0 ? 12 : hour % 12)

const dayOfYear = ({ day, month, year }: Civil): number => daysOf(year, month, day) - daysOf(year, 1, 1) + 1

const offsetText = (element: string, offset: number): string => {
  if (element.startsWith("Z") && offset === 0) return "Z"
  const [sign, seconds] = [offset < 0 ? "-" : "+", Math.abs(offset)]
  const fields = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map(two)
  const form = element.slice(3)
  const separator = form.includes(":") ? ":" : ""
  return sign + fields.slice(0, 1 + form.replaceAll(":", "").length / 2).join(separator)
}

const fraction = (element: string, nanosecond: number): string => {
  const digits = String(nanosecond)
    .padStart(9, "0")
    .slice(0, element.length - 1)
    .padEnd(element.length - 1, "0")
  if (element.charAt(1) === "0") return element.charAt(0) + digits
  const short = digits.replace(/0+$/, "")
  return short === "" ? "" : element.charAt(0) + short
}

const written = (element: string, civil: Civil, offset: number, zone: string): string => {
  switch (element) {
    case "2006":
      return String(civil.year).padStart(4, "0")
    case "06":
      return two(((civil.year % 100) + 100) % 100)
    case "January":
      return months[civil.month - 1] ?? ""
    case "Jan":
      return (months[civil.month - 1] ?? "").slice(0, 3)
    case "01":
      return two(civil.month)
    case "1":
      return String(civil.month)
    case "Monday":
      return weekdayName(civil)
    case "Mon":
      return weekdayName(civil).slice(0, 3)
    case "02":
      return two(civil.day)
    case "_2":
      return String(civil.day).padStart(2)
    case "2":
      return String(civil.day)
    case "002":
      return String(dayOfYear(civil)).padStart(3, "0")
    case "__2":
      return String(dayOfYear(civil)).padStart(3)
    case "15":
      return two(civil.hour)
    case "03":
      return two(hour12(civil.hour))
    case "3":
      return String(hour12(civil.hour))
    case "04":
      return two(civil.minute)
    case "4":
      return String(civil.minute)
    case "05":
      return two(civil.second)
    case "5":
      return String(civil.second)
    case "PM":
      return civil.hour < 12 ? "AM" : "PM"
    case "pm":
      return civil.hour < 12 ? "am" : "pm"
    case "MST":
      return zone
  }
  return /^[.,]/.test(element) ? fraction(element, civil.nanosecond) : offsetText(element, offset)
}

/** Writes a time by a layout. `offset` is in seconds east of Greenwich. */
export const formatTime = (layout: string, civil: Civil, offset: number, zone: string): string =>
  piecesOf(layout)
    .map(({ element, text }) => (element ? written(text, civil, offset, zone) : text))
    .join("")

/** Fields as they are read. */
interface Read {
  year: number
  month: number
  day: number
  yearDay: number | undefined
  hour: number
  minute: number
  second: number
  nanosecond: number
  afternoon: boolean | undefined
  offset: number
}

const patterns: Readonly<Record<string, RegExp>> = {
  "2006": /^\d{4}/,
  "06": /^\d{2}/,
  "01": /^\d{2}/,
  "1": /^\d{1,2}/,
  "02": /^\d{2}/,
  "2": /^\d{1,2}/,
  _2: /^ ?\d{1,2}/,
  "002": /^\d{3}/,
  __2: /^ {0,2}\d{1,3}/,
  "15": /^\d{2}/,
  "03": /^\d{2}/,
  "3": /^\d{1,2}/,
  "04": /^\d{2}/,
  "4": /^\d{1,2}/,
  "05": /^\d{2}/,
  "5": /^\d{1,2}/,
  PM: /^(?:AM|PM)/,
  pm: /^(?:am|pm)/,
  MST: /^(?:GMT[+-]\d{1,2}|[A-Z]{3,5}|[+-]\d{2})/,
  "07": /^[+-]\d{2}/,
  "0700": /^[+-]\d{4}/,
  "07:00": /^[+-]\d{2}:\d{2}/,
  "070000": /^[+-]\d{6}/,
  "07:00:00": /^[+-]\d{2}:\d{2}:\d{2}/
}

const nameAt = (
  names: ReadonlyArray<string>,
  text: string,
  short: boolean
): { index: number; length: number } | undefined => {
  const shown = names.map((name) => (short ? name.slice(0, 3) : name).toLowerCase())
  const index = shown.findIndex((name) => text.toLowerCase().startsWith(name))
  return index < 0 ? undefined : { index, length: shown[index]?.length ?? 0 }
}

const offsetIn = (text: string): number | undefined => {
  const [hours = 0, minutes = 0, seconds = 0] = (text.slice(1).replaceAll(":", "").match(/../g) ?? []).map(Number)
  if (hours > 24 || minutes > 59 || seconds > 59) return undefined
  return (hours * 3600 + minutes * 60 + seconds) * (text.startsWith("-") ? -1 : 1)
}

const fractionOf = (digits: string): number => Number(digits.slice(0, 9).padEnd(9, "0"))

/** Reads one element from the start of the text; how long it was, or undefined when it is not there. */
const take = (element: string, text: string, read: Read, followed: boolean): number | undefined => {
  if (element === "January" || element === "Jan") {
    const found = nameAt(months, text, element === "Jan")
    if (found !== undefined) read.month = found.index + 1
    return found?.length
  }
  if (element === "Monday" || element === "Mon") return nameAt(weekdays, text, element === "Mon")?.length
  if (/^[.,]/.test(element)) return takeFraction(element, text, read)
  if (element.startsWith("Z") && text.startsWith("Z")) return 1
  const found = patterns[element.replace(/^[-Z](?=07)/, "")]?.exec(text)?.[0]
  if (found === undefined) return undefined
  const value = Number(found)
  switch (element) {
    case "2006":
      read.year = value
      return found.length
    case "06":
      read.year = value >= 69 ? 1900 + value : 2000 + value
      return found.length
    case "01":
    case "1":
      read.month = value
      return value >= 1 && value <= 12 ? found.length : undefined
    case "02":
    case "2":
    case "_2":
      read.day = value
      return found.length
    case "002":
    case "__2":
      read.yearDay = value
      return found.length
    case "15":
      read.hour = value
      return value < 24 ? found.length : undefined
    case "03":
    case "3":
      read.hour = value
      return value <= 12 ? found.length : undefined
    case "04":
    case "4":
      read.minute = value
      return value < 60 ? found.length : undefined
    case "05":
    case "5": {
      read.second = value
      if (value >= 60) return undefined
      // A fraction may follow although the layout has none.
      const more = followed ? null : /^[.,](\d+)/.exec(text.slice(found.length))
      if (more !== null) read.nanosecond = fractionOf(more[1] ?? "")
      return found.length + (more?.[0].length ?? 0)
    }
    case "PM":
    case "pm":
      read.afternoon = /^p/i.test(found)
      return found.length
    case "MST":
      if (/^GMT[+-]/.test(found)) read.offset = Number(found.slice(3)) * 3600
      return found.length
  }
  const offset = offsetIn(found)
  if (offset === undefined) return undefined
  read.offset = offset
  return found.length
}

const takeFraction = (element: string, text: string, read: Read): number | undefined => {
  const optional = element.charAt(1) === "9"
  const found = optional ? /^[.,](\d*)/.exec(text) : new RegExp(`^[.,](\\d{${element.length - 1}})`).exec(text)
  if (found === null) return optional ? 0 : undefined
  read.nanosecond = fractionOf(found[1] ?? "")
  return found[0].length
}

const daysIn = (year: number, month: number): number => daysOf(year, month + 1, 1) - daysOf(year, month, 1)

/** Reads a time by a layout; undefined when the text does not fit or is no time. */
export const parseTime = (
  layout: string,
  text: string
): { readonly civil: Civil; readonly offset: number } | undefined => {
  const read: Read = {
    year: 0,
    month: 1,
    day: 1,
    yearDay: undefined,
    hour: 0,
    minute: 0,
    second: 0,
    nanosecond: 0,
    afternoon: undefined,
    offset: 0
  }
  let rest = text
  const pieces = piecesOf(layout)
  for (const [index, piece] of pieces.entries()) {
    const next = pieces[index + 1]
    const followed = next?.element === true && /^[.,]/.test(next.text)
    const length = piece.element
      ? take(piece.text, rest, read, followed)
      : rest.startsWith(piece.text)
        ? piece.text.length
        : undefined
    if (length === undefined) return undefined
    rest = rest.slice(length)
  }
  if (rest !== "") return undefined
  if (read.afternoon === true && read.hour < 12) read.hour += 12
  else if (read.afternoon === false && read.hour === 12) read.hour = 0
  if (read.yearDay !== undefined) {
    if (read.yearDay < 1 || read.yearDay > daysOf(read.year + 1, 1, 1) - daysOf(read.year, 1, 1)) return undefined
    return { civil: { ...read, month: 1, day: read.yearDay }, offset: read.offset }
  }
  if (read.day < 1 || read.day > daysIn(read.year, read.month)) return undefined
  return { civil: read, offset: read.offset }
}
