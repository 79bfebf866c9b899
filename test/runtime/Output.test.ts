import { type ChildProcessWithoutNullStreams, execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import { closeSync, constants, mkdtempSync, openSync, readFileSync, readSync, rmSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import type { Output } from "../../src/runtime/LineQueue.ts"
import { loadNative } from "../../src/runtime/Native.ts"
import { looking, openOutput } from "../../src/runtime/Output.ts"

const line = Buffer.from(`${"x".repeat(999)}\n`)

/** Writes whole lines until no more is taken; gives how many bytes were. */
const fill = (output: Output): number => {
  for (let all = 0; ; ) {
    let from = 0
    while (from < line.length) {
      const taken = output(line, from)
      assert(typeof taken === "number")
      if (taken === from) return all + from
      from = taken
    }
    all += line.length
  }
}

const flagsOf = (fd: number): string | undefined =>
  /^flags:\s*(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1]

/** A named pipe that somebody could read. */
const withFifo = async (use: (path: string, read: number) => unknown) => {
  const directory = mkdtempSync(join(tmpdir(), "gt-output-"))
  const path = join(directory, "fifo")
  execFileSync("mkfifo", [path])
  const read = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
  try {
    await use(path, read)
  } finally {
    closeSync(read)
    rmSync(directory, { recursive: true })
  }
}

describe("Output", () => {
  it("never waits for the reader of a pipe, and leaves its flags alone", () =>
    withFifo((path, read) => {
      const write = openSync(path, constants.O_WRONLY)
      const before = flagsOf(write)
      const output = openOutput(write)
      const written = fill(output)
      assert.isAbove(written, 4096)
      assert.strictEqual(flagsOf(write), before)
      const buffer = Buffer.alloc(written)
      assert.strictEqual(readSync(read, buffer), written)
      assert.isAbove(fill(output), 4096)
      closeSync(write)
    }))

  it("never waits for the reader of a pipe that cannot be opened anew", () =>
    withFifo((path, read) => {
      const write = openSync(path, constants.O_WRONLY)
      const output = looking(loadNative(), write)
      const written = fill(output)
      assert.isAbove(written, 4096)
      assert.strictEqual(readSync(read, Buffer.alloc(written)), written)
      assert.isAbove(fill(output), 4096)
      closeSync(write)
    }))

  it("never waits for the reader of a socket, and reports when it has closed", async () => {
    const directory = mkdtempSync(join(tmpdir(), "gt-output-"))
    const path = join(directory, "socket")
    const accepted = Promise.withResolvers<Socket>()
    const server = createServer({ pauseOnConnect: true }, accepted.resolve).listen(path)
    await once(server, "listening")
    const fd = Result.getOrThrow(loadNative().connectUnix(path, "stream", 60_000))
    const socket = await accepted.promise
    const before = flagsOf(fd)
    const output = openOutput(fd)
    const written = fill(output)
    assert.isAbove(written, 4096)
    assert.strictEqual(flagsOf(fd), before)
    socket.on("error", () => {}).destroy()
    await once(socket, "close")
    assert.strictEqual(output(line, 0), "gone")
    loadNative().close(fd)
    server.close()
    rmSync(directory, { recursive: true })
  })

  it("reports a line lost to a full disk", () => {
    const fd = openSync("/dev/full", "w")
    assert.strictEqual(openOutput(fd)(line, 0), "failed")
    closeSync(fd)
    assert.strictEqual(openOutput(fd)(line, 0), "failed")
  })

  const program = `${import.meta.dirname}/ManyLines.ts`
  const count = 20_000

  const wanted = Array.from({ length: count }, (_, n) => `line ${n}\n`).join("")

  const start = (redirect: string, ...words: ReadonlyArray<string>) => {
    const script = `exec "$0" "$1" "$2" ${redirect}`
    return spawn("sh", ["-c", script, process.execPath, program, String(count), ...words])
  }
  const read = async (child: ChildProcessWithoutNullStreams): Promise<string> => {
    let text = ""
    child.stdout.setEncoding("utf8").on("data", (part) => (text += part))
    await once(child, "close")
    return text.replaceAll(/^\[\d+\] \S+ \S+ /gm, "")
  }

  it("loses nothing to a reader of a socket that comes late", async () => {
    const child = start("")
    await once(child.stderr, "data")
    child.stdin.end()
    assert.strictEqual(await read(child), wanted)
    assert.strictEqual(child.exitCode, 0)
  })

  it("loses nothing to a reader of a pipe that comes late", () =>
    withFifo(async (path) => {
      const child = start('> "$3"', path)
      await once(child.stderr, "data")
      const reader = spawn("cat", [path])
      // The program waits no longer than a second for a reader that has not begun.
      reader.stdout.once("data", () => child.stdin.end())
      assert.strictEqual(await read(reader), wanted)
    }))
})
