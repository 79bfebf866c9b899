/** Numbers, sizes and times as the page shows them. */

const scaled = (number: number, units: ReadonlyArray<string>, step: number): string => {
  let rest = number
  let unit = 0
  while (rest >= step && unit < units.length - 1) {
    rest /= step
    unit++
  }
  const digits = rest === 0 || rest >= 100 || (unit === 0 && Number.isInteger(rest)) ? 0 : rest >= 10 ? 1 : 2
  return rest.toFixed(digits) + (units[unit] ?? "")
}

export const whole = (number: number): string => Math.round(number).toLocaleString("en")

export const bytes = (number: number): string => scaled(number, [" B", " kB", " MB", " GB", " TB", " PB"], 1000)

export const bytesPerSecond = (number: number): string => `${bytes(number)}/s`

/** A rate, by the minute where that is easier to read: 0.32/s is 19/min. */
export const perSecond = (number: number): string => {
  if (number <= 0) return "0/s"
  if (number >= 1) return scaled(number, ["/s", "k/s", "M/s"], 1000)
  const perMinute = number * 60
  return perMinute < 1 ? "< 1/min" : `${perMinute.toFixed(0)}/min`
}

export const duration = (seconds: number): string =>
  seconds === 0 ? "0 ms" : seconds < 1 ? scaled(seconds * 1e6, [" µs", " ms"], 1000) : scaled(seconds, [" s"], 1000)

/** A span of time, roughly, without its direction. */
export const timeLeft = (millis: number): string => {
  const minutes = Math.floor(Math.abs(millis) / 60_000)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days >= 10) return `${days} days`
  if (days > 0) return `${days} d ${hours % 24} h`
  if (hours > 0) return `${hours} h ${minutes % 60} min`
  return minutes > 0 ? `${minutes} min` : "less than a minute"
}

export const clock = (at: number): string => new Date(at).toLocaleTimeString("en-GB")

export const day = (at: number): string => `${new Date(at).toISOString().slice(0, 16).replace("T", " ")} UTC`
