/** UNIX sockets that Node cannot make, for tests: datagram receivers, through `node:ffi`. */
import { rmSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { unixAddress } from "../../../src/runtime/Native.ts"
import { loadLibC } from "../../../src/runtime/native/LibC.ts"

// Loads without a warning; whether the calls are there is what the tests find out.
const available = loadLibC() !== undefined

const load = () => {
  const ffi = process.getBuiltinModule("node:ffi")
  return new ffi.DynamicLibrary(null).getFunctions({
    socket: { arguments: ["i32", "i32", "i32"], return: "i32" },
    bind: { arguments: ["i32", "buffer", "u32"], return: "i32" },
    recv: { arguments: ["i32", "buffer", "u64", "i32"], return: "i64" },
    fcntl: { arguments: ["i32", "i32", "u64"], return: "i32" },
    close: { arguments: ["i32"], return: "i32" }
  })
}

const libc = available ? load() : undefined

/** Whether a descriptor is close-on-exec. */
export const isCloseOnExec = (fd: number): boolean => libc?.fcntl(fd, 1, 0n) === 1

/** A bound datagram socket (`@name`: abstract) and what it received. */
export class DatagramReceiver {
  readonly path: string
  readonly #fd: number
  readonly #buffer = Buffer.alloc(65_536)

  constructor(path: string) {
    const address = unixAddress(path)
    if (libc === undefined || address === undefined) throw new Error(`cannot receive on ${path}`)
    this.path = path
    this.#fd = libc.socket(1, 2 | 0x80000, 0)
    if (libc.bind(this.#fd, address, address.length) !== 0) throw new Error(`cannot bind ${path}`)
  }

  /** Everything that waits, in order. */
  drain(): ReadonlyArray<string> {
    const all: Array<string> = []
    for (;;) {
      const count = Number(libc?.recv(this.#fd, this.#buffer, 65_536n, 0x40) ?? -1)
      if (count < 0) return all
      all.push(this.#buffer.toString("utf8", 0, count))
    }
  }

  /** Waits until so many have come. */
  async take(count: number): Promise<ReadonlyArray<string>> {
    const all: Array<string> = []
    for (let tries = 0; tries < 6000 && all.length < count; tries++) {
      all.push(...this.drain())
      if (all.length < count) await sleep(5)
    }
    return all
  }

  close(): void {
    libc?.close(this.#fd)
    if (!this.path.startsWith("@")) rmSync(this.path, { force: true })
  }
}
