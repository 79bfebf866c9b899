/**
 * Log lines as JSON (`--log-format=json`): one object a line with `time` (RFC 3339, UTC, microseconds), `level`, `event` (the
 * line's stable name), `message` (the text log's line), `pid`, and whatever the event knows of itself.
 */
import type { LogEvent } from "./LogEvent.ts"

export type LogLevel = "info" | "warn" | "error"

/** What a line is besides its name and its text. Values that are undefined are left out. */
export interface LogDetails {
  /** Told by the message's first word without it. */
  readonly level?: LogLevel
  readonly fields?: Readonly<Record<string, string | number | boolean | undefined>>
}

const levelOf = (message: string): LogLevel =>
  message.startsWith("error") ? "error" : message.startsWith("warning") ? "warn" : "info"

/** RFC 3339 in UTC with microseconds. */
export const rfc3339 = (at: number): string => {
  const micros = Math.floor(at * 1000)
  const second = Math.floor(micros / 1e6)
  const whole = new Date(second * 1000).toISOString().slice(0, -5)
  return `${whole}.${String(micros - second * 1e6).padStart(6, "0")}Z`
}

// What JSON leaves alone and a terminal does not: DEL, C1 controls, line breaks of Unicode, marks that reorder text.
const unsafe = /[\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g

/** One line without its line break; `at` in Unix milliseconds. Printable whatever is in the message and the fields. */
export const formatJson = (
  pid: number,
  at: number,
  event: LogEvent,
  message: string,
  { fields, level = levelOf(message) }: LogDetails = {}
): string => {
  const text = JSON.stringify({ time: rfc3339(at), level, event, message, pid, ...fields })
  return text.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
}
