/** Instants as dates and clocks of a time zone (the proleptic Gregorian calendar). Nanoseconds are counted from 1970. */

/** What calendar and clock show. */
export interface Civil {
  readonly year: number
  /** From 1. */
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly nanosecond: number
}

/** A time zone: seconds east of Greenwich at an instant, and what the zone is called then. */
export interface Zone {
  readonly offsetAt: (nanoseconds: bigint) => number
  readonly nameAt: (nanoseconds: bigint) => string
}

const perSecond = 1_000_000_000n
const daySeconds = 86_400

export const earliest = -(2n ** 63n)
export const latest = 2n ** 63n - 1n

const floorDivide = (value: bigint, by: bigint): bigint => (value - (((value % by) + by) % by)) / by

/** Days from 1 January 1970. Months and days beyond their range count on. */
export const daysOf = (year: number, month: number, day: number): number => {
  const months = year * 12 + (month - 1)
  const y = Math.floor(months / 12)
  const m = months - y * 12 + 1
  const shifted = m <= 2 ? y - 1 : y
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (m > 2 ? m - 3 : m + 9) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

const dateOf = (days: number): { readonly year: number; readonly month: number; readonly day: number } => {
  const shifted = days + 719_468
  const era = Math.floor(shifted / 146_097)
  const dayOfEra = shifted - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1
  }
}

/** Date and clock at an instant, so many seconds east of Greenwich. */
export const civilAt = (nanoseconds: bigint, offset: number): Civil => {
  const seconds = floorDivide(nanoseconds, perSecond)
  const local = Number(seconds) + offset
  const days = Math.floor(local / daySeconds)
  const rest = local - days * daySeconds
  return {
    ...dateOf(days),
    hour: Math.floor(rest / 3600),
    minute: Math.floor((rest % 3600) / 60),
    second: rest % 60,
    nanosecond: Number(nanoseconds - seconds * perSecond)
  }
}

/** The instant at which clocks so many seconds east of Greenwich show this. Fields beyond their range count on. */
export const instantOf = ({ day, hour, minute, month, nanosecond, second, year }: Civil, offset: number): bigint =>
  BigInt(daysOf(year, month, day) * daySeconds + hour * 3600 + minute * 60 + second - offset) * perSecond +
  BigInt(nanosecond)

/** The instant at which clocks of the zone show this. */
export const instantIn = (civil: Civil, zone: Zone): bigint => {
  const utc = instantOf(civil, 0)
  // Around a change of the clocks the first guess may be of the other side.
  const first = zone.offsetAt(utc - BigInt(zone.offsetAt(utc)) * perSecond)
  const guess = instantOf(civil, first)
  const second = zone.offsetAt(guess)
  return second === first ? guess : instantOf(civil, second)
}

/** 0 is Sunday. */
export const weekdayOf = ({ day, month, year }: Civil): number => (((daysOf(year, month, day) + 4) % 7) + 7) % 7

export const utc: Zone = { offsetAt: () => 0, nameAt: () => "UTC" }

const zones = new Map<string, Zone>()
const mostZones = 64

const part = (formatter: Intl.DateTimeFormat, nanoseconds: bigint): string => {
  const milliseconds = Number(floorDivide(nanoseconds, 1_000_000n))
  return formatter.formatToParts(milliseconds).find(({ type }) => type === "timeZoneName")?.value ?? ""
}

/** `GMT+05:30`, `GMT-07:52:58`, `GMT`. */
const offsetOf = (text: string): number => {
  const found = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text)
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = found ?? []
  return (Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * (sign === "-" ? -1 : 1)
}

/** The zone of the IANA data base with this name; undefined when there is none. */
export const zoneOf = (name: string): Zone | undefined => {
  if (name === "" || name === "UTC") return utc
  const known = zones.get(name)
  if (known !== undefined) return known
  try {
    const timeZone = name === "Local" ? undefined : name
    const offsets = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "longOffset" })
    const names = new Intl.DateTimeFormat("en-US", { timeZone, timeZoneName: "short" })
    const zone: Zone = {
      offsetAt: (nanoseconds) => offsetOf(part(offsets, nanoseconds)),
      nameAt: (nanoseconds) => part(names, nanoseconds)
    }
    if (zones.size >= mostZones) zones.clear()
    zones.set(name, zone)
    return zone
  } catch {
    return undefined
  }
}
