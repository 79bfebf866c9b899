/** A look from inside of the running program: what each of its threads may do, tried when a signal asks for it. */
import { readFileSync, writeFileSync } from "node:fs"
import { eventually } from "./Changes.ts"
import type { Launched } from "./Launch.ts"
import type { Stage } from "./Stage.ts"

/** What to try. */
export interface Attempts {
  readonly connect: ReadonlyArray<number>
  readonly bind: ReadonlyArray<number>
  readonly read: ReadonlyArray<string>
}

/** `ok` or the error's code, in the order of the attempts. */
export type Findings = Readonly<Record<keyof Attempts, ReadonlyArray<string>>>

// Loaded into the main thread and into every worker, before the program.
const source = `
const { BroadcastChannel, isMainThread } = require("node:worker_threads")
const { appendFileSync, promises, readFileSync } = require("node:fs")
const net = require("node:net")
const { attempts, out } = JSON.parse(process.env.THREAD_PROBE)
const outcome = (emitter, event, done) =>
  new Promise((resolve) => {
    emitter.once("error", (error) => resolve(error.code))
    emitter.once(event, () => done(() => resolve("ok")))
  })
const connect = (port) => {
  const socket = net.connect({ port, host: "127.0.0.1" })
  return outcome(socket, "connect", (then) => then(socket.destroy()))
}
const bind = (port) => {
  const server = net.createServer()
  server.listen({ port, host: "127.0.0.1", reusePort: true })
  return outcome(server, "listening", (then) => server.close(then))
}
const read = async (path) => {
  try {
    readFileSync(path)
  } catch (error) {
    return error.code
  }
  return promises.readFile(path).then(() => "ok", (error) => error.code)
}
const look = async () => {
  const found = {
    connect: await Promise.all(attempts.connect.map(connect)),
    bind: await Promise.all(attempts.bind.map(bind)),
    read: await Promise.all(attempts.read.map(read))
  }
  appendFileSync(out, JSON.stringify(found) + "\\n")
}
const channel = new BroadcastChannel("thread-probe")
channel.unref()
if (isMainThread) {
  process.on("SIGUSR2", () => {
    channel.postMessage("look")
    look()
  })
} else {
  channel.onmessage = look
}
`

/** A probe for one program. */
export class ThreadProbe {
  /** For the program's start. */
  readonly environment: Readonly<Record<string, string>>
  readonly #out: string
  readonly #threads: number

  constructor(stage: Stage, attempts: Attempts) {
    const script = stage.path(".cjs")
    this.#out = stage.path(".findings")
    this.#threads = stage.cell.plane === "inline" ? 1 : 3
    writeFileSync(script, source)
    writeFileSync(this.#out, "")
    this.environment = {
      NODE_OPTIONS: `--require=${script}`,
      THREAD_PROBE: JSON.stringify({ attempts, out: this.#out })
    }
  }

  /** What every thread found, the main one and the workers. */
  async look(program: Launched): Promise<ReadonlyArray<Findings>> {
    program.signal("SIGUSR2")
    return eventually("every thread's findings", async () => {
      const lines = readFileSync(this.#out, "utf8").split("\n").slice(0, -1)
      return lines.length >= this.#threads ? lines.map((line): Findings => JSON.parse(line)) : undefined
    })
  }
}
