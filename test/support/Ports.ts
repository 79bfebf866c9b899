/**
 * Free TCP ports for test processes that run side by side. A port is checked by binding it without `SO_REUSEPORT` and
 * held by a lock file, so that no two of them ever share one; it lies below the range the kernel gives to outgoing
 * connections.
 */
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"

const range = { from: 20_000, to: 32_000 } as const
const directory = join(tmpdir(), "ghostunnel-test-ports")
const held = new Set<number>()

const lockPath = (port: number) => join(directory, String(port))

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (cause) {
    return cause instanceof Error && "code" in cause && cause.code === "EPERM"
  }
}

const ownerOf = (path: string): number => {
  try {
    return Number(readFileSync(path, "utf8"))
  } catch {
    return 0
  }
}

/** Removes the lock of a process that is gone; puts it back when somebody alive turns out to own it. */
const reap = (port: number): void => {
  const path = lockPath(port)
  const owner = ownerOf(path)
  if (owner === 0 || alive(owner)) return
  const aside = `${path}.${process.pid}`
  try {
    renameSync(path, aside)
    if (alive(ownerOf(aside))) linkSync(aside, path)
    rmSync(aside, { force: true })
  } catch {
    // Somebody else was quicker.
  }
}

const lock = (port: number): boolean => {
  mkdirSync(directory, { recursive: true })
  try {
    writeFileSync(lockPath(port), String(process.pid), { flag: "wx" })
    held.add(port)
    return true
  } catch {
    reap(port)
    return false
  }
}

/** Gives a port back. */
export const releasePort = (port: number): void => {
  if (held.delete(port)) rmSync(lockPath(port), { force: true })
}

process.once("exit", () => {
  for (const port of held) releasePort(port)
})

/** Whether a socket without `SO_REUSEPORT` can be bound to the port on every address. */
export const bindable = (port: number, host = "0.0.0.0"): Promise<boolean> =>
  new Promise((resolve) => {
    const server = createServer()
    server.once("error", () => resolve(false))
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })

/** A port nobody listens on, locked until `releasePort` or the end of this process. */
export const freePort = async (): Promise<number> => {
  for (let tries = 0; tries < 1_000; tries++) {
    const port = range.from + Math.floor(Math.random() * (range.to - range.from))
    if (held.has(port) || !lock(port)) continue
    if (await bindable(port)) return port
    releasePort(port)
  }
  throw new Error(`no free port between ${range.from} and ${range.to}`)
}
