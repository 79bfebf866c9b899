/** Writes the log to the local syslog (docs/compatibility/command-line.md, 6.5). */
import { Effect, Layer, Result, Schema } from "effect"
import { LineQueue, type Taken } from "./LineQueue.ts"
import { escapeControls, formatter, Log, type LogFormat, queued } from "./Logging.ts"
import { Native, type NativeCalls } from "./Native.ts"
import { Constant } from "./native/LibC.ts"

/** No syslog accepted the connection; the message is the Go program's. */
export class SyslogError extends Schema.TaggedError<SyslogError>()("SyslogError", { message: Schema.String }) {}

/** Options. */
export interface SyslogOptions {
  /** The program as it was invoked: the tag of every message. */
  readonly program: string
  /** How a line looks after the header; the Go program's by default. */
  readonly format?: LogFormat
  /** Where syslog may listen; the places of the Go program by default. */
  readonly paths?: ReadonlyArray<string>
}

const places = ["/dev/log", "/var/run/syslog", "/var/run/log"]

/** How long connecting may take, in milliseconds: a datagram socket never waits. */
const patience = 20
/** How long a syslog that let us wait for a connection is left alone, in milliseconds. */
const PAUSE = 1_000

/**
 * Lines go to syslog and nowhere else (docs/compatibility/command-line.md, 6.5). A write that fails reconnects once and is
 * tried again, then the line is lost; lines that syslog does not take yet wait for it. Building it fails where no syslog
 * answers.
 */
export const layerSyslog = (options: SyslogOptions): Layer.Layer<Log, SyslogError, Native> =>
  Layer.effect(
    Log,
    Effect.gen(function* () {
      const native = yield* Native
      const format = formatter(options.format ?? "text")
      const connect = () => connectSyslog(native, options.paths ?? places)
      const first = connect()
      if (first === undefined) return yield* new SyslogError({ message: "Unix syslog delivery error" })
      let connection: number | undefined = first
      let notBefore = 0
      const drop = () => {
        if (connection !== undefined) native.close(connection)
        connection = undefined
      }
      const reconnect = () => {
        drop()
        const began = performance.now()
        if (began < notBefore) return
        connection = connect()
        const now = performance.now()
        if (now - began >= patience / 2) notBefore = now + PAUSE
      }
      const write = (bytes: Uint8Array, from: number): Taken =>
        connection === undefined ? "failed" : writeTo(native, connection, bytes, from)
      const queue = new LineQueue((line, from) => {
        const taken = write(line, from)
        if (typeof taken === "number") return taken
        reconnect()
        const again = write(line, 0)
        if (typeof again !== "number") drop()
        return again
      })
      const callOff = queue.flushAtExit()
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => {
          callOff()
          queue.flush()
          drop()
        })
      )
      return queued(
        queue,
        (event, message, at, details) =>
          `${syslogHeader(options.program, process.pid, at)}${format(process.pid, at, event, message, details)}\n`
      )
    })
  )

/** Try datagrams at every path before streams. */
const connectSyslog = (native: NativeCalls, paths: ReadonlyArray<string>): number | undefined => {
  for (const type of ["datagram", "stream"] as const) {
    for (const path of paths) {
      const connected = native.connectUnix(path, type, patience)
      if (Result.isSuccess(connected)) return connected.success
    }
  }
  return undefined
}

/** A stream may accept a line in parts. */
const writeTo = (native: NativeCalls, fd: number, line: Uint8Array, from: number): Taken =>
  Result.match(native.sendNow(fd, line.subarray(from)), {
    onSuccess: (sent) => from + sent,
    onFailure: ({ errno }) => (errno === Constant.EAGAIN ? from : "failed")
  })

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

/** Facility DAEMON, severity INFO. */
const PRIORITY = 30

/** What comes before a line: `<30>Jan _2 HH:MM:SS PROGRAM[PID]: `, local time, the day padded with a space. */
export const syslogHeader = (program: string, pid: number, at: number): string => {
  const date = new Date(at)
  const two = (n: number) => String(n).padStart(2, "0")
  const day = String(date.getDate()).padStart(2, " ")
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
  return `<${PRIORITY}>${months[date.getMonth()]} ${day} ${time} ${escapeControls(program)}[${pid}]: `
}
