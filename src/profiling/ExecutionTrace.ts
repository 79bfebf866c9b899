/** An execution trace of the main thread in Chrome's JSON, as Perfetto reads it: `go tool trace` has another format. */
import { Session } from "node:inspector/promises"

const categories = ["v8", "node", "node.perf", "node.http", "node.net.native", "node.dns.native", "node.environment"]

/** Events that a trace keeps, some 20 MB; later ones are left out. */
const mostEvents = 100_000

/** A running trace. */
export interface Trace {
  /** Stops the trace and returns the file. */
  readonly stop: () => Promise<string>
}

/** Starts the trace; rejects if one is running. */
export const start = async (): Promise<Trace> => {
  const session = new Session()
  session.connect()
  const events: Array<unknown> = []
  const complete = Promise.withResolvers<void>()
  session.on("NodeTracing.dataCollected", ({ params }) => {
    for (const event of params.value) if (events.length < mostEvents) events.push(event)
  })
  session.on("NodeTracing.tracingComplete", () => complete.resolve())
  try {
    await session.post("NodeTracing.start", { traceConfig: { includedCategories: categories } })
  } catch (cause) {
    session.disconnect()
    throw cause
  }
  return {
    stop: async () => {
      try {
        await session.post("NodeTracing.stop")
        await complete.promise
        return JSON.stringify({ traceEvents: events })
      } finally {
        session.disconnect()
      }
    }
  }
}
