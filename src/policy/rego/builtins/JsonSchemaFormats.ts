/** Formats of JSON Schema that are checked; others pass. */
import { isIPv4, isIPv6 } from "node:net"
import type { Value } from "../values/Value.ts"
import { parseTime, rfc3339 } from "./TimeLayout.ts"

/** Longer texts have no format. */
const longest = 4_096

const labels =
  /^(?=.{1,253}$)[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

const formats: Readonly<Record<string, (text: string) => boolean>> = {
  "date-time": (text) => parseTime(rfc3339, text) !== undefined,
  date: (text) => parseTime("2006-01-02", text) !== undefined,
  time: (text) => parseTime("15:04:05Z07:00", text) !== undefined || parseTime("15:04:05", text) !== undefined,
  hostname: (text) => labels.test(text),
  email: (text) => /^[^\s@<>]+@[^\s@<>]+$/.test(text),
  ipv4: isIPv4,
  ipv6: isIPv6,
  uri: (text) => /^[a-zA-Z][a-zA-Z0-9+.-]*:[^\s\\]*$/.test(text),
  "uri-reference": (text) => !/[\s\\]/.test(text),
  uuid: (text) => /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(text),
  "json-pointer": (text) => /^(?:\/(?:[^/~]|~[01])*)*$/.test(text)
}

/** Whether a string has the format; other values always have. */
export const hasFormat = (format: string, value: Value): boolean => {
  if (typeof value !== "string" || !Object.hasOwn(formats, format)) return true
  return value.length <= longest && formats[format]?.(value) !== false
}
