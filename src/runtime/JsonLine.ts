/**
 * Log lines as JSON (`--log-format=json`): one object a line with `time` (RFC 3339, UTC, microseconds), `level`, `event`
 * where the line has a stable name, `message` (the text log's line), `pid`, and whatever the event knows of itself.
 */

export type LogLevel = "info" | "warn" | "error"

/** What a line is besides its text. Values that are undefined are left out. */
export interface LogDetails {
  /** Stable name of the event. */
  readonly event?: string | undefined
  /** Told by the message's first word without it. */
  readonly level?: LogLevel
  readonly fields?: Readonly<Record<string, string | number | boolean | undefined>>
}

/** Names of the contract's fixed lines (command line, sections 5 and 6.2) by how they begin. */
const named: ReadonlyArray<readonly [beginning: string, event: string]> = [
  ["starting ghostunnel in ", "starting"],
  ["setting up landlock rules", "sandbox"],
  ["note: using pkcs11, skipping landlock", "sandbox"],
  ["note: kernel does not support landlock", "sandbox"],
  ["warning: unable to set up landlock", "sandbox"],
  ["landlock ABI ", "sandbox"],
  ["metrics enabled; ", "metrics"],
  ["using target address ", "target"],
  ["using proxy ", "proxy"],
  ["listening for connections on ", "listening"],
  ["loaded certificate: ", "certificate_loaded"],
  ["error reloading TLS configuration", "reload_failed"],
  ["reloading configuration complete", "reloaded"],
  ["shutdown was requested via status endpoint", "shutdown_requested"],
  ["shutdown request processing", "shutdown"],
  ["shutdown proxy, waiting for drain", "draining"],
  ["graceful shutdown timeout", "forced_exit"],
  ["error: worker thread ", "worker_lost"],
  ["error: cannot replace worker thread ", "worker_lost"],
  ["http: ", "status_http"]
]

/** The stable name of a line that does not bring its own. */
export const eventOf = (message: string): string | undefined => {
  if (/^received .*, reloading /.test(message)) return "reload"
  if (/^received .*, shutting down$/.test(message)) return "shutdown"
  if (message.endsWith(" as certificate source") || message.startsWith("no cert source configured")) {
    return "certificate_source"
  }
  return named.find(([beginning]) => message.startsWith(beginning))?.[1]
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
export const formatJson = (pid: number, at: number, message: string, details: LogDetails = {}): string => {
  const { event = eventOf(message), fields, level = levelOf(message) } = details
  const text = JSON.stringify({ time: rfc3339(at), level, event, message, pid, ...fields })
  return text.replace(unsafe, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`)
}
