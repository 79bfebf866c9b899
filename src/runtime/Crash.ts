/** How the process ends when it must not go on: what it was doing on stderr, and exit code 2 (contract: command line, 1.3). */
import { writeSync } from "node:fs"

const crash = 2

const die = (text: string): never => {
  try {
    writeSync(2, `${text}\n`)
  } catch {
    // Nobody reads it.
  }
  process.exit(crash)
}

/**
 * What SIGQUIT shows. JavaScript's stack is empty when a signal is handled, so it is what the process waits for instead:
 * names and numbers only, because arguments and variables may be secret.
 */
export const dump = (): string => {
  const waiting = new Map<string, number>()
  for (const kind of process.getActiveResourcesInfo()) waiting.set(kind, (waiting.get(kind) ?? 0) + 1)
  const { heapUsed, rss } = process.memoryUsage()
  const mebibytes = (bytes: number) => `${Math.round(bytes / 1024 / 1024)} MiB`
  return [
    "SIGQUIT: quit",
    "",
    `main thread [waiting, up ${Math.round(process.uptime())} s]:`,
    ...[...waiting].toSorted(([a], [b]) => a.localeCompare(b)).map(([kind, count]) => `  ${kind}: ${count}`),
    `memory: ${mebibytes(rss)}, ${mebibytes(heapUsed)} of it JavaScript's`
  ].join("\n")
}

/** From now on SIGQUIT and errors that nobody handles end the process with 2. */
export const endWithDump = (): void => {
  process.on("SIGQUIT", () => die(dump()))
  process.on("uncaughtException", (error: unknown) =>
    die(error instanceof Error ? (error.stack ?? error.message) : `uncaught: ${String(error)}`)
  )
}
