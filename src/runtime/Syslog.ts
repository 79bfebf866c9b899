/** The log in the local syslog (contract: command line, section 6.5). */
import { Effect, Layer, Result, Schema } from "effect"
import type { LogDetails } from "./JsonLine.ts"
import { escapeControls, formatter, Log, type LogFormat } from "./Logging.ts"
import { Native, type NativeCalls } from "./Native.ts"
import { wallMillis } from "./WallClock.ts"

/** No syslog took us; the message is the contract's. */
export class SyslogError extends Schema.TaggedError<SyslogError>()("SyslogError", { message: Schema.String }) {}

/** What can be chosen. */
export interface SyslogOptions {
  /** The program as it was invoked: the tag of every message. */
  readonly program: string
  /** How a line looks after the header; the contract's by default. */
  readonly format?: LogFormat
  /** Where syslog may listen; the places of the contract by default. */
  readonly paths?: ReadonlyArray<string>
}

const places = ["/dev/log", "/var/run/syslog", "/var/run/log"]

/** How long connecting and each write may take, in milliseconds: connecting a datagram socket never waits. */
const patience = { datagram: 100, stream: 20 } as const

/**
 * Lines go to syslog and nowhere else (contract: command line, section 6.5). A write that fails reconnects once and is
 * tried again, then the line is lost. Building it fails where no syslog answers.
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
      const drop = () => {
        if (connection !== undefined) native.close(connection)
        connection = undefined
      }
      yield* Effect.addFinalizer(() => Effect.sync(drop))
      return {
        line: (message: string, at: number = wallMillis(), details?: LogDetails) => {
          const bytes = Buffer.from(
            `${syslogHeader(options.program, process.pid, at)}${format(process.pid, at, message, details)}\n`
          )
          if (connection !== undefined && write(native, connection, bytes)) return
          drop()
          connection = connect()
          if (connection !== undefined && !write(native, connection, bytes)) drop()
        }
      }
    })
  )

/** Datagrams are tried at every place before streams are. */
const connectSyslog = (native: NativeCalls, paths: ReadonlyArray<string>): number | undefined => {
  for (const type of ["datagram", "stream"] as const) {
    for (const path of paths) {
      const connected = native.connectUnix(path, type, patience[type])
      if (Result.isSuccess(connected)) return connected.success
    }
  }
  return undefined
}

/** Whether all of it was taken. A stream may take it in parts. */
const write = (native: NativeCalls, fd: number, bytes: Uint8Array): boolean => {
  for (let rest = bytes; rest.length > 0; ) {
    const sent = native.send(fd, rest)
    if (Result.isFailure(sent) || sent.success <= 0) return false
    rest = rest.subarray(sent.success)
  }
  return true
}

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
