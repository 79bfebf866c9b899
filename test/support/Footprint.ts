/** What a running tunnel holds on to: descriptors, fibers, timers and handles of every thread, memory. */
import assert from "node:assert/strict"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { eventually } from "./Changes.ts"
import { ask } from "./Metrics.ts"
import type { Stage } from "./Stage.ts"
import type { Tunnel } from "./Tunnel.ts"

// Loaded into the main thread and into every worker, before the program.
const source = `
const { BroadcastChannel, isMainThread } = require("node:worker_threads")
const { appendFileSync } = require("node:fs")
const look = ({ data }) => {
  const counts = {}
  for (const kind of process.getActiveResourcesInfo()) counts[kind] = (counts[kind] ?? 0) + 1
  appendFileSync(process.env.FOOTPRINT, JSON.stringify({ asked: data, counts }) + "\\n")
}
const channel = new BroadcastChannel("footprint")
channel.unref()
if (isMainThread) {
  let asked = 0
  process.on("SIGUSR2", () => {
    channel.postMessage(++asked)
    look({ data: asked })
  })
} else channel.onmessage = look
`

/** What is counted; all threads together. */
export interface Held {
  readonly descriptors: number
  readonly fibers: number
  readonly timers: number
  /** Sockets and pipes that Node itself has. */
  readonly handles: number
}

/** How many fibers live, in a tunnel with `--enable-pprof`. */
const fibersOf = async (tunnel: Tunnel): Promise<number> => {
  const { body } = await ask(tunnel.status, "/debug/pprof/goroutine?debug=1")
  const found = /^goroutine profile: total (\d+)$/m.exec(body)
  assert(found?.[1] !== undefined, body)
  return Number(found[1])
}

/** A look from inside and outside of one program that has `--enable-pprof`. */
export class Footprint {
  /** Words for `env`, in front of the program's command. */
  readonly settings: ReadonlyArray<string>
  readonly #out: string
  readonly #threads: number
  #asked = 0

  constructor(stage: Stage) {
    const script = stage.path(".cjs")
    this.#out = stage.path(".footprint")
    this.#threads = stage.cell.plane === "inline" ? 1 : 3
    writeFileSync(script, source)
    writeFileSync(this.#out, "")
    this.settings = ["env", `NODE_OPTIONS=--require=${script}`, `FOOTPRINT=${this.#out}`]
  }

  /** What the tunnel has at this moment. */
  async look(tunnel: Tunnel): Promise<Held> {
    const fibers = await fibersOf(tunnel)
    const asked = ++this.#asked
    tunnel.signal("SIGUSR2")
    const all = await eventually("every thread's resources", async () => {
      const lines: ReadonlyArray<{ readonly asked: number; readonly counts: Readonly<Record<string, number>> }> =
        readFileSync(this.#out, "utf8")
          .split("\n")
          .slice(0, -1)
          .map((line) => JSON.parse(line))
      const its = lines.filter((each) => each.asked === asked)
      return its.length >= this.#threads ? its : undefined
    })
    const sum = (pattern: RegExp) =>
      all
        .flatMap(({ counts }) => Object.entries(counts))
        .reduce((total, [kind, count]) => total + (pattern.test(kind) ? count : 0), 0)
    return {
      descriptors: readdirSync(`/proc/${tunnel.pid}/fd`).length,
      fibers,
      timers: sum(/^Timeout$/),
      handles: sum(/Socket|Pipe|TLS/)
    }
  }

  /** Waits until it has no more of anything than at an earlier look. */
  async returnsTo(tunnel: Tunnel, before: Held): Promise<void> {
    let last = before
    await eventually(
      `no more than ${JSON.stringify(before)}`,
      async () => {
        last = await this.look(tunnel)
        const { descriptors, fibers, handles, timers } = last
        const back =
          descriptors <= before.descriptors &&
          fibers <= before.fibers &&
          timers <= before.timers &&
          handles <= before.handles
        return back ? true : undefined
      },
      () => `- last seen ${JSON.stringify(last)}`
    )
  }
}

/** Memory of a process that is its own, in kB. */
export const memoryOf = (pid: number): number => {
  const found = /^Private_Dirty:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))
  assert(found?.[1] !== undefined)
  return Number(found[1])
}
