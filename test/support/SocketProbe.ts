/** A look from inside of the running program: its TCP sockets and what they are set to, told when a signal asks for it. */
import { readFileSync, writeFileSync } from "node:fs"
import { eventually } from "./Changes.ts"
import type { Program } from "./Program.ts"
import type { Stage } from "./Stage.ts"

/** One TCP socket of the program; those of its worker threads are the process's too. */
export interface SeenSocket {
  readonly listening: boolean
  /** Clients the kernel keeps waiting; listeners only. */
  readonly backlog: number
  readonly reuseAddress: number
  readonly reusePort: number
  readonly noDelay: number
  readonly keepAlive: number
  /** Seconds. */
  readonly keepIdle: number
  readonly keepInterval: number
  readonly keepCount: number
}

const source = `
const { isMainThread } = require("node:worker_threads")
const fs = require("node:fs")
const look = () => {
  const ffi = process.getBuiltinModule("node:ffi")
  const libc = new ffi.DynamicLibrary(null).getFunctions({
    getsockopt: { arguments: ["i32", "i32", "i32", "buffer", "buffer"], return: "i32" }
  })
  const option = (fd, level, name, size = 4) => {
    const value = Buffer.from(new ArrayBuffer(size))
    const length = Buffer.from(new ArrayBuffer(4))
    length.writeUInt32LE(size)
    return libc.getsockopt(fd, level, name, value, length) === 0 ? value : undefined
  }
  const sockets = []
  // A listener that is held back has a second descriptor: each socket counts once.
  const seen = new Set()
  for (const name of fs.readdirSync("/proc/self/fd")) {
    const fd = Number(name)
    const domain = option(fd, 1, 39)?.readInt32LE()
    if (domain !== 2 && domain !== 10) continue
    const socket = fs.readlinkSync("/proc/self/fd/" + name)
    if (seen.has(socket)) continue
    seen.add(socket)
    const number = (level, name) => option(fd, level, name)?.readInt32LE()
    sockets.push({
      listening: number(1, 30) === 1,
      // Of a listener the kernel says here how long its queue may be.
      backlog: option(fd, 6, 11, 32)?.readUInt32LE(28),
      reuseAddress: number(1, 2),
      reusePort: number(1, 15),
      noDelay: number(6, 1) ? 1 : 0,
      keepAlive: number(1, 9),
      keepIdle: number(6, 4),
      keepInterval: number(6, 5),
      keepCount: number(6, 6)
    })
  }
  fs.writeFileSync(process.env.SOCKET_PROBE, JSON.stringify(sockets) + "\\n")
}
if (isMainThread) process.on("SIGUSR2", look)
`

/** A probe for one program. */
export class SocketProbe {
  /** For the program's start, as words for `env`. */
  readonly settings: ReadonlyArray<string>
  readonly #out: string

  constructor(stage: Stage) {
    const script = stage.path(".cjs")
    this.#out = stage.path(".sockets")
    writeFileSync(script, source)
    writeFileSync(this.#out, "")
    this.settings = [`NODE_OPTIONS=--require=${script}`, `SOCKET_PROBE=${this.#out}`]
  }

  /** Every TCP socket the program has at this moment. */
  async look(program: Program): Promise<ReadonlyArray<SeenSocket>> {
    writeFileSync(this.#out, "")
    program.signal("SIGUSR2")
    return eventually("the program's sockets", async () => {
      const text = readFileSync(this.#out, "utf8")
      return text.endsWith("\n") ? JSON.parse(text) : undefined
    })
  }
}
