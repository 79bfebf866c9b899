/**
 * Ends the process after SIGQUIT or an uncaught error, with a stack dump on standard error and exit code 2 (docs/compatibility/command-line.md, 1.3). Log lines stay unchanged. A standard error that cannot be written to does not end the process.
 */
import { Option, Schema } from "effect"
import { endProcess } from "./EndProcess.ts"
import { LineQueue } from "./LineQueue.ts"
import { openOutput } from "./Output.ts"

/** The exit code in both cases. */
const CRASHED = 2

const Thread = Schema.Struct({
  header: Schema.Struct({ event: Schema.String, threadId: Schema.Unknown }),
  javascriptStack: Schema.Struct({ message: Schema.String, stack: Schema.Array(Schema.String) }),
  libuv: Schema.Array(Schema.Struct({ type: Schema.String, is_active: Schema.optionalKey(Schema.Boolean) }))
})

/** The parts of Node's diagnostic report to show; the rest contains arguments and variables, and so secrets. */
const Report = Schema.Struct({ ...Thread.fields, workers: Schema.Array(Thread) })

const counted = (names: ReadonlyArray<string>): string =>
  [...new Set(names)]
    .sort()
    .map((name) => `${names.filter((other) => other === name).length} ${name}`)
    .join(", ")

const threadText = (title: string, thread: typeof Thread.Type): string => {
  const { message, stack } = thread.javascriptStack
  const frames = stack.filter((frame) => frame.startsWith("at "))
  const active = thread.libuv.filter((handle) => handle.is_active === true).map(({ type }) => type)
  return [
    `${title}:`,
    ...(frames.length === 0 ? [`\t${message === "No stack." ? "waiting for events" : message}`] : []),
    ...frames.map((frame) => `\t${frame}`),
    `\tactive handles: ${active.length === 0 ? "none" : counted(active)}`
  ].join("\n")
}

/** Every thread of a diagnostic report: what it runs and what it waits for. Pure. */
export const dumpText = (report: unknown): string =>
  Option.match(Schema.decodeUnknownOption(Report)(report), {
    onNone: () => "no report of the threads is to be had",
    onSome: (all) =>
      [
        threadText("main thread", all),
        ...all.workers.map((worker) => {
          const name = /\[(.*)\]$/.exec(worker.header.event)?.[1] ?? ""
          return threadText(`worker thread ${String(worker.header.threadId)} [${name}]`, worker)
        })
      ].join("\n\n")
  })

/** The stack of an error and of what caused it, without its other properties. Pure. */
export const stackText = (error: unknown, depth = 0): string => {
  if (!(error instanceof Error)) return String(error)
  const own = error.stack ?? String(error)
  return error.cause === undefined || depth > 8 ? own : `${own}\ncaused by: ${stackText(error.cause, depth + 1)}`
}

/** Writes to standard error before the process ends; ignores errors. */
const say = (text: string): void => {
  const queue = new LineQueue(openOutput(2))
  queue.write(text)
  queue.flush()
}

/** Takes effect until the process ends. */
export const listenForCrashes = (): void => {
  // EPIPE and a full disk are errors too; a warning that Node fails to print must not end the process.
  process.stderr.on("error", () => {})
  process.on("uncaughtException", (error) => {
    say(`uncaught error: ${stackText(error)}\n`)
    endProcess(CRASHED)
  })
  try {
    process.on("SIGQUIT", () => {
      // Print this first: the report has to wait for every thread.
      say(`SIGQUIT: quit\nghostunnel, process ${process.pid}, node ${process.versions.node}\n\n`)
      // Do not resolve peer names for the report. Node's typings lack this option.
      Reflect.set(process.report, "excludeNetwork", true)
      process.report.excludeEnv = true
      say(`${dumpText(process.report.getReport())}\n`)
      endProcess(CRASHED)
    })
  } catch {
    // Not a signal of this platform.
  }
}
