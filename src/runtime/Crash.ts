/**
 * How the process ends when it must not go on: SIGQUIT and errors nobody caught leave a stack dump on standard error and
 * exit code 2 (contract: command line, section 1.3). The log's own lines stay what they are. That standard error cannot be
 * written to is no reason.
 */
import { Option, Schema } from "effect"
import { endProcess } from "./EndProcess.ts"
import { LineQueue } from "./LineQueue.ts"
import { openOutput } from "./Output.ts"

/** The exit code of both. */
const CRASHED = 2

const Thread = Schema.Struct({
  header: Schema.Struct({ event: Schema.String, threadId: Schema.Unknown }),
  javascriptStack: Schema.Struct({ message: Schema.String, stack: Schema.Array(Schema.String) }),
  libuv: Schema.Array(Schema.Struct({ type: Schema.String, is_active: Schema.optionalKey(Schema.Boolean) }))
})

/** The parts of Node's diagnostic report that are shown; the rest holds arguments and variables, secrets among them. */
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

/** Writes to standard error before the process ends, unless nobody reads it. */
const say = (text: string): void => {
  const queue = new LineQueue(openOutput(2))
  queue.write(text)
  queue.flush()
}

/** From now on until the end of the process. */
export const listenForCrashes = (): void => {
  // A reader that went away and a disk that is full are errors too: no warning of Node's, of any thread, is worth an end.
  process.stderr.on("error", () => {})
  process.on("uncaughtException", (error) => {
    say(`uncaught error: ${stackText(error)}\n`)
    endProcess(CRASHED)
  })
  try {
    process.on("SIGQUIT", () => {
      // At once: the report has to wait for every thread.
      say(`SIGQUIT: quit\nghostunnel, process ${process.pid}, node ${process.versions.node}\n\n`)
      // Names of peers are not looked up for it; the typings do not know this one.
      Reflect.set(process.report, "excludeNetwork", true)
      process.report.excludeEnv = true
      say(`${dumpText(process.report.getReport())}\n`)
      endProcess(CRASHED)
    })
  } catch {
    // Not a signal of this platform.
  }
}
