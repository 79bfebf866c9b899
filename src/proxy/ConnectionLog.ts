/** Words connection records as the log's lines and applies the `--quiet` classes (docs/compatibility/command-line.md, 6). */

import { formatNanos } from "../config/GoDuration.ts"
import type { QuietClass } from "../config/TunnelConfig.ts"
import type { Log, LogFormat } from "../runtime/Logging.ts"
import { eventNames, eventsOf } from "./ConnectionFields.ts"
import type { ConnectionRecord, PipeEnd, RecordInterest } from "./ConnectionRecord.ts"

const units = ["KiB", "MiB", "GiB", "TiB", "PiB", "EiB"] as const

/** `512 bytes`, `2.9 KiB`, `4.0 MiB`. */
export const formatBytes = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} bytes`
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024
    unit++
  }
  return `${value.toFixed(1)} ${units[unit]}`
}

/** Whole milliseconds from one millisecond on, Go style. */
export const formatOpen = (nanos: number): string =>
  formatNanos(nanos > 1e6 ? Math.round(nanos / 1e6) * 1e6 : Math.round(nanos))

const end = ({ address, network, peer }: PipeEnd): string => `${network}:${address} [${peer}]`

/** The line of one record, without the log's own prefix. Only the JSON log shows `Aborted`. */
export const line = (record: ConnectionRecord): string => {
  switch (record._tag) {
    case "Opened":
      return `opening pipe: ${end(record.accepted)} <-> ${end(record.dialled)} `
    case "Closed": {
      const stats = `forwarded ${formatBytes(record.forwarded)}, returned ${formatBytes(record.returned)}, open ${formatOpen(record.nanos)}`
      return `closed pipe: ${end(record.accepted)} <-> ${end(record.dialled)} [${stats}]`
    }
    case "Aborted":
      return `cut connection of ${record.facts?.client.address ?? "an unknown client"}`
    case "HandshakeFailed":
      return `error on TLS handshake from ${record.remote.address}: ${record.message}`
    case "DialFailed":
      return `error on dial: ${record.message}`
    case "PrefixFailed":
      return record.message
    case "CopyFailed":
      return `error during copy: ${record.message}`
    case "AcceptFailed":
      return `error accepting connection: ${record.message}`
    case "RevocationUnknown":
      return `warning: admitting peers whose revocation status is unknown (--crl-mode=warn): ${record.why}`
  }
}

/** The class that silences a record besides `all`. */
export const quietClass = (record: ConnectionRecord): QuietClass => {
  switch (record._tag) {
    case "Opened":
    case "Closed":
    case "Aborted":
      return "conns"
    case "HandshakeFailed":
      return "handshake-errs"
    case "RevocationUnknown":
      return "all"
    default:
      return "conn-errs"
  }
}

/** What every thread has to say once is said once: whether a record is the first of its kind. */
const firstOfItsKind = () => {
  let newest = 0
  const said = new Set<string>()
  return (record: ConnectionRecord): boolean => {
    if (record._tag !== "RevocationUnknown") return true
    if (record.generation > newest) said.clear()
    newest = Math.max(newest, record.generation)
    const known = record.generation < newest || said.has(record.why)
    said.add(record.why)
    return !known
  }
}

/** What the log wants from the threads. */
export const interestOf = (quiet: ReadonlyArray<QuietClass>, format: LogFormat): RecordInterest => {
  const silenced = (...classes: ReadonlyArray<QuietClass>) => classes.every((each) => quiet.includes(each))
  const silent = silenced("all") || silenced("conns", "conn-errs", "handshake-errs")
  return { pipes: !silent && !silenced("conns"), facts: !silent && format === "json" }
}

/** Where threads put their records: silenced ones cost no formatting. `target` is what the configuration calls it. */
export const sink = (
  write: Log["Service"]["line"],
  quiet: ReadonlyArray<QuietClass>,
  format: LogFormat,
  target: string
): ((record: ConnectionRecord) => void) => {
  const silenced = new Set(quiet)
  if (silenced.has("all")) return () => {}
  const isNews = firstOfItsKind()
  return (record) => {
    if (silenced.has(quietClass(record)) || !isNews(record)) return
    if (format === "json") {
      const text = line(record)
      for (const event of eventsOf(record, target)) write(event.event, event.message ?? text, record.at, event)
    } else if (record._tag !== "Aborted") write(eventNames[record._tag], line(record), record.at)
  }
}
