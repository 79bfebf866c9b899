/** Built-ins over instants, in nanoseconds since 1970. */
import { type any, arrayOf, number, oneOf, string, tuple } from "../Type.ts"
import { fromBigInt, toBigInt } from "../values/Decimal.ts"
import { isArray, isNumber, type Value } from "../values/Value.ts"
import { type Builtin, define } from "./Builtin.ts"
import { type Civil, civilAt, earliest, instantIn, instantOf, latest, utc, type Zone, zoneOf } from "./CivilTime.ts"
import { Operands } from "./Operands.ts"
import { formatTime, layoutOf, parseTime, rfc3339, rfc3339Nano, weekdayName } from "./TimeLayout.ts"

/** An instant with the zone and layout that come with it. */
interface Moment {
  readonly at: bigint
  readonly zone: Zone
  readonly layout: string
}

const moment = (operands: Operands, position: number): Moment => {
  const value = operands.value(position)
  const [at, zoneName = "", layout = ""] = isArray(value) ? value : [value]
  if (!isNumber(at)) return operands.wrong(position, "either number (ns) or [number (ns), string (tz)]")
  if (typeof zoneName !== "string" || typeof layout !== "string") {
    return operands.wrong(position, "either number (ns) or [number (ns), string (tz)]")
  }
  const nanoseconds = toBigInt(at) ?? operands.wrong(position, "integer number", "floating-point number")
  if (nanoseconds < earliest || nanoseconds > latest) return operands.fail("timestamp too big")
  const zone = zoneOf(zoneName) ?? operands.fail(`unknown time zone ${zoneName.slice(0, 200)}`)
  return { at: nanoseconds, zone, layout: layout === "" ? rfc3339Nano : layoutOf(layout) }
}

const civil = ({ at, zone }: Moment): Civil => civilAt(at, zone.offsetAt(at))

const inRange = (operands: Operands, at: bigint): Value =>
  at < earliest || at > latest ? operands.fail("time outside of valid range") : fromBigInt(at)

const parse = (operands: Operands, layout: string, text: string): Value => {
  const read = parseTime(layout, text)
  if (read === undefined)
    return operands.fail(`parsing time ${JSON.stringify(text)} as ${JSON.stringify(layout)}: cannot parse`)
  return inRange(operands, instantOf(read.civil, read.offset))
}

const unitsOf: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1_000n,
  "\u00b5s": 1_000n,
  "\u03bcs": 1_000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n
}

const durationSyntax = /^[+-]?(?:0|(?:(?:\d+\.?\d*|\.\d+)(?:ns|us|\u00b5s|\u03bcs|ms|s|m|h))+)$/
const durationPart = /(\d*)\.?(\d*)(ns|us|\u00b5s|\u03bcs|ms|s|m|h)/g

const duration = (operands: Operands): Value => {
  const text = operands.string(1)
  if (text.length > 256 || !durationSyntax.test(text))
    return operands.fail(`time: invalid duration ${JSON.stringify(text.slice(0, 200))}`)
  let total = 0n
  for (const [, whole = "", rest = "", unit = ""] of text.matchAll(durationPart)) {
    const size = unitsOf[unit] ?? 0n
    total += BigInt(whole || "0") * size + (BigInt(rest || "0") * size) / 10n ** BigInt(rest.length)
  }
  const signed = text.startsWith("-") ? -total : total
  return signed < earliest || signed > latest ? operands.fail("time: invalid duration") : fromBigInt(signed)
}

const addDate = (operands: Operands): Value => {
  const start = moment(operands, 1)
  const from = civil(start)
  const [years, months, days] = [operands.integer(2), operands.integer(3), operands.integer(4)]
  const most = 10_000_000
  if ([years, months, days].some((each) => Math.abs(each) > most)) return operands.fail("time outside of valid range")
  const date = { ...from, year: from.year + years, month: from.month + months, day: from.day + days }
  return inRange(operands, instantIn(date, start.zone))
}

const daysOfMonth = (year: number, month: number): number =>
  Number(
    (instantOf({ ...midnight, year, month: month + 1 }, 0) - instantOf({ ...midnight, year, month }, 0)) / dayLength
  )

const midnight: Civil = { year: 1970, month: 1, day: 1, hour: 0, minute: 0, second: 0, nanosecond: 0 }
const dayLength = 86_400_000_000_000n

/** Years, months, days, hours, minutes and seconds between two instants, both seen in the first one's zone. */
const difference = (operands: Operands): Value => {
  const [one, other] = [moment(operands, 1), moment(operands, 2)]
  const [early, late] = one.at <= other.at ? [one, other] : [other, one]
  const [a, b] = [civil({ ...early, zone: one.zone }), civil({ ...late, zone: one.zone })]
  let [year, month, day] = [b.year - a.year, b.month - a.month, b.day - a.day]
  let [hour, minute, second] = [b.hour - a.hour, b.minute - a.minute, b.second - a.second]
  if (second < 0) [second, minute] = [second + 60, minute - 1]
  if (minute < 0) [minute, hour] = [minute + 60, hour - 1]
  if (hour < 0) [hour, day] = [hour + 24, day - 1]
  if (day < 0) [day, month] = [day + daysOfMonth(a.year, a.month), month - 1]
  if (month < 0) [month, year] = [month + 12, year - 1]
  return [year, month, day, hour, minute, second]
}

const onOperands = (
  name: string,
  args: ReadonlyArray<typeof any>,
  result: typeof any,
  call: (operands: Operands) => Value
): Builtin => define(name, args, result, (values) => call(new Operands(name, values)))

const instant = oneOf(number, tuple(number, string))
const instantWithLayout = oneOf(number, tuple(number, string), tuple(number, string, string))

export const times: ReadonlyArray<Builtin> = [
  define("time.now_ns", [], number, (_, { now }) => fromBigInt(now)),
  onOperands("time.parse_ns", [string, string], number, (of) => parse(of, layoutOf(of.string(1)), of.string(2))),
  onOperands("time.parse_rfc3339_ns", [string], number, (of) => parse(of, rfc3339, of.string(1))),
  onOperands("time.parse_duration_ns", [string], number, duration),
  onOperands("time.date", [instant], tuple(number, number, number), (of) => {
    const { day, month, year } = civil(moment(of, 1))
    return [year, month, day]
  }),
  onOperands("time.clock", [instant], tuple(number, number, number), (of) => {
    const { hour, minute, second } = civil(moment(of, 1))
    return [hour, minute, second]
  }),
  onOperands("time.weekday", [instant], string, (of) => weekdayName(civil(moment(of, 1)))),
  onOperands("time.add_date", [instant, number, number, number], number, addDate),
  onOperands("time.diff", [instant, instant], arrayOf(number), difference),
  onOperands("time.format", [instantWithLayout], string, (of) => {
    const { at, layout, zone } = moment(of, 1)
    return formatTime(layout, civilAt(at, zone.offsetAt(at)), zone.offsetAt(at), zone === utc ? "UTC" : zone.nameAt(at))
  })
]
