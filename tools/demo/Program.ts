/** The built command line program as a child process. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import * as Net from "node:net"
import * as Path from "node:path"
import { createInterface } from "node:readline"

const root = Path.resolve(import.meta.dirname, "../..")

/** The program that `npm run build` makes, as users start it. */
export const program = Path.join(root, "dist/ghostunnel")

/** Builds the program when it is missing or older than its sources. Throws when the build fails. */
export const buildIfStale = async (): Promise<void> => {
  const build = spawn(process.execPath, [Path.join(root, "tools/build.ts"), "--if-stale"], {
    stdio: ["ignore", "inherit", "inherit"]
  })
  const [code] = await once(build, "exit")
  if (code !== 0) throw new Error("the build failed")
}

/** Free TCP ports on loopback, all different. */
export const freePorts = async (count: number): Promise<ReadonlyArray<number>> => {
  const servers = Array.from({ length: count }, () => Net.createServer())
  try {
    return await Promise.all(
      servers.map(async (server) => {
        await once(server.listen(0, "127.0.0.1"), "listening")
        const address = server.address()
        if (address === null || typeof address === "string") throw new Error("no port")
        return address.port
      })
    )
  } finally {
    for (const server of servers) server.close()
  }
}

/** A tunnel that runs. */
export interface Tunnel {
  /** Settles when the process has ended, with its exit code or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals>
  /** Asks it to drain and waits; a tunnel that is still there after ten seconds is killed. */
  readonly stop: () => Promise<number | NodeJS.Signals>
}

const end = (child: ChildProcess): Promise<number | NodeJS.Signals> =>
  new Promise((resolve) => {
    child.once("error", () => resolve(1))
    child.once("exit", (code, signal) => resolve(signal ?? code ?? 1))
  })

/**
 * Starts a tunnel and waits until it listens. It gets a process group of its own, so that Ctrl-C in a terminal reaches
 * only this process, which then ends it in order.
 */
export const startTunnel = async (words: ReadonlyArray<string>, log: (line: string) => void): Promise<Tunnel> => {
  const child = spawn(program, words, { detached: true, stdio: ["ignore", "pipe", "pipe"] })
  const ended = end(child)
  const listening = new Promise<"listening">((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        log(line)
        if (line.includes("listening for connections on")) resolve("listening")
      })
    }
  })
  const stop = async () => {
    child.kill("SIGTERM")
    const late = setTimeout(() => child.kill("SIGKILL"), 10_000)
    const result = await ended
    clearTimeout(late)
    return result
  }
  const first = await Promise.race([
    listening,
    ended,
    new Promise<"late">((resolve) => setTimeout(resolve, 15_000, "late").unref())
  ])
  if (first === "listening") return { ended, stop }
  await stop()
  throw new Error(first === "late" ? "the tunnel did not listen in time" : `the tunnel ended at once (${first})`)
}
