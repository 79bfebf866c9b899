/** The log: one line an event (docs/compatibility/command-line.md, 6). Where it goes is decided by the layer. */

import { Cause, Context, Effect, Layer, Logger } from "effect"
import { formatJson, type LogDetails } from "./JsonLine.ts"
import type { LineQueue } from "./LineQueue.ts"
import type { LogEvent } from "./LogEvent.ts"
import { Stdout } from "./Stdout.ts"
import { wallMillis } from "./WallClock.ts"

/** Ghostunnel's own lines, or one JSON object a line. */
export type LogFormat = "text" | "json"

export class Log extends Context.Service<
  Log,
  {
    /**
     * Writes one line; `at` is the event's time in Unix milliseconds (with a fraction), now without it. Formats that show
     * more than a text show the event's name and take the rest from `details`. Never fails.
     */
    readonly line: (event: LogEvent, message: string, at?: number, details?: LogDetails) => void
    /**
     * Calls back once the lines that wait for the log's reader are few: at once if they are. What makes more lines is to
     * wait for it. Absent where lines never wait.
     */
    readonly whenRoom?: (then: () => void) => void
  }
>()("ghostunnel/Log") {
  /**
   * Standard output, written before `line` returns as long as its reader reads. A reader that went away ends the process.
   */
  static readonly layerStdoutAs = (format: LogFormat): Layer.Layer<Log> =>
    Layer.effect(
      Log,
      Effect.map(Stdout, (queue) => {
        const write = formatter(format)
        return queued(queue, (event, message, at, details) => `${write(process.pid, at, event, message, details)}\n`)
      })
    ).pipe(Layer.provide(Stdout.layer))

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
        line: (event: LogEvent, message: string, at?: number, details?: LogDetails) => {
          const log = Effect.logInfo(escapeControls(message))
          const dated = at === undefined ? log : Effect.annotateLogs(log, "at", new Date(at).toISOString())
          run(Effect.annotateLogs(dated, annotations(event, details)))
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
          log.line("internal", messageText(message) + failure, date.getTime(), { level })
        })
      ])
    )
  )
}

const annotations = (event: LogEvent, { fields }: LogDetails = {}): Readonly<Record<string, unknown>> =>
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

/** How a format writes one line without its line break: process id, time in Unix milliseconds, event, message, details. */
export const formatter = (format: LogFormat): typeof formatJson =>
  format === "json" ? formatJson : (pid, at, _event, message) => formatLine(pid, at, message)

/** A log of the lines that `text` makes of events. Once they had to be refused, one line says how many are missing there. */
export const queued = (
  queue: LineQueue,
  text: (event: LogEvent, message: string, at: number, details?: LogDetails) => string
): Log["Service"] => {
  let lost = 0
  const line = (event: LogEvent, message: string, at: number = wallMillis(), details?: LogDetails): void => {
    if (queue.write(text(event, message, at, details))) return
    lost++
    if (lost === 1) queue.whenRoom(tellLoss)
  }
  const tellLoss = () => {
    const lines = lost
    lost = 0
    line("lines_lost", `warning: log lines lost because the log was not read: ${lines}`, undefined, {
      fields: { lines }
    })
  }
  return { line, whenRoom: (then) => queue.whenRoom(then) }
}
