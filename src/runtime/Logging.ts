/** The log: one line an event (contract: command line, section 6). Where it goes is decided by the layer. */

import { writeSync } from "node:fs"
import { Cause, Context, Effect, Layer, Logger } from "effect"
import { formatJson, type LogDetails } from "./JsonLine.ts"
import { wallMillis } from "./WallClock.ts"

/** Ghostunnel's own lines, or one JSON object a line. */
export type LogFormat = "text" | "json"

export class Log extends Context.Service<
  Log,
  {
    /**
     * Writes one line; `at` is the event's time in Unix milliseconds (with a fraction), now without it. Formats that show
     * more than a text take it from `details`. Never fails.
     */
    readonly line: (message: string, at?: number, details?: LogDetails) => void
  }
>()("ghostunnel/Log") {
  /** Standard output, written before `line` returns. A reader that went away ends the process. */
  static readonly layerStdoutAs = (format: LogFormat): Layer.Layer<Log> =>
    Layer.sync(Log, () => {
      const write = formatter(format)
      return {
        line: (message, at = wallMillis(), details) => writeStdout(`${write(process.pid, at, message, details)}\n`)
      }
    })

  /** Standard output in Ghostunnel's format. */
  static readonly layerStdout: Layer.Layer<Log> = Log.layerStdoutAs("text")

  /** Nothing is logged (`--quiet=all`). */
  static readonly layerSilent: Layer.Layer<Log> = Layer.succeed(Log, { line: () => {} })

  /**
   * Hands every line to the loggers of the program that embeds us, at level Info. They stamp it with the time it arrives
   * at; the event's own time is the annotation `at` where it is known, and details are annotations by their names. Not to be
   * combined with `layerEffectLogger`.
   */
  static readonly layerEffect: Layer.Layer<Log> = Layer.effect(
    Log,
    Effect.map(Effect.context<never>(), (context) => {
      const run = Effect.runForkWith(context)
      return {
        line: (message: string, at?: number, details?: LogDetails) => {
          const log = Effect.logInfo(escapeControls(message))
          const dated = at === undefined ? log : Effect.annotateLogs(log, "at", new Date(at).toISOString())
          run(details === undefined ? dated : Effect.annotateLogs(dated, annotations(details)))
        }
      }
    })
  )

  /** Sends what the control plane logs through Effect (`Effect.log*`) into this log instead of Effect's own console. */
  static readonly layerEffectLogger: Layer.Layer<never, never, Log> = Layer.unwrap(
    Effect.map(Log, (log) =>
      Logger.layer([
        Logger.make<unknown, void>(({ cause, date, logLevel, message }) => {
          const failure = cause.reasons.length === 0 ? "" : `: ${Cause.prettyErrors(cause).map(String).join(", ")}`
          const level = logLevel === "Error" || logLevel === "Fatal" ? "error" : logLevel === "Warn" ? "warn" : "info"
          log.line(messageText(message) + failure, date.getTime(), { level })
        })
      ])
    )
  )
}

const annotations = ({ event, fields }: LogDetails): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries({ event, ...fields }).filter(([, value]) => value !== undefined))

const messageText = (message: unknown): string =>
  (Array.isArray(message) ? message : [message])
    .map((part) => (typeof part === "string" ? part : part instanceof Error ? String(part) : JSON.stringify(part)))
    .join(" ")

// C0 and C1 controls, DEL, the Unicode line breaks, and the marks that reorder text on a screen.
const unsafe = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g
const short: ReadonlyMap<string, string> = new Map([
  ["\n", "\\n"],
  ["\r", "\\r"],
  ["\t", "\\t"]
])

/** The message with everything escaped that could break its line, drive a terminal or reorder text. */
export const escapeControls = (message: string): string =>
  message.replace(unsafe, (char) => {
    const code = char.charCodeAt(0)
    return (
      short.get(char) ??
      (code < 0x80 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`)
    )
  })

const pad = (n: number): string => (n < 10 ? `0${n}` : `${n}`)

let cachedSecond = Number.NaN
let cachedText = ""

/** Local time to the second, `YYYY/MM/DD HH:MM:SS`; remembers the last one, because lines come in bursts. */
const secondText = (second: number): string => {
  if (second !== cachedSecond) {
    const date = new Date(second * 1000)
    const day = `${String(date.getFullYear()).padStart(4, "0")}/${pad(date.getMonth() + 1)}/${pad(date.getDate())}`
    cachedText = `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
    cachedSecond = second
  }
  return cachedText
}

/** One line without its line break: `[<pid>] YYYY/MM/DD HH:MM:SS.uuuuuu <message>`, `at` in Unix milliseconds. */
export const formatLine = (pid: number, at: number, message: string): string => {
  const micros = Math.floor(at * 1000)
  const second = Math.floor(micros / 1e6)
  const fraction = String(micros - second * 1e6).padStart(6, "0")
  return `[${pid}] ${secondText(second)}.${fraction} ${escapeControls(message)}`
}

/** How a format writes one line without its line break: process id, time in Unix milliseconds, message, details. */
export const formatter = (format: LogFormat): typeof formatJson => (format === "json" ? formatJson : formatLine)

/** Ends the process as a program would that never heard of SIGPIPE, which Node ignores from the start. */
const dieOfSigpipe = (): never => {
  try {
    // The last listener's removal is what makes the signal's action the default one.
    const listener = () => {}
    process.on("SIGPIPE", listener)
    process.removeAllListeners("SIGPIPE")
    process.kill(process.pid, "SIGPIPE")
  } catch {
    // No such signal here: the exit code says it.
  }
  process.exit(141)
}

const codeOf = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined

const nap = new Int32Array(new SharedArrayBuffer(4))

const writeStdout = (line: string): void => {
  let rest = Buffer.from(line)
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(1, rest))
    } catch (error) {
      const code = codeOf(error)
      if (code === "EPIPE") dieOfSigpipe()
      // Someone made the pipe non-blocking and its reader is slow: wait as a blocking write would.
      if (code === "EAGAIN") Atomics.wait(nap, 0, 0, 1)
      // A full disk or a closed descriptor loses the line, not the tunnel.
      else if (code !== "EINTR") return
    }
  }
}
