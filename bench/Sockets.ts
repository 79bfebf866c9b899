/** Descriptors and sockets of running processes, as the kernel tells them. */
import * as Fs from "node:fs"
import { familyOf } from "./Processes.ts"

/** Descriptors a process started from here may have. Node raises its own soft limit to the hard one, and children inherit it. */
export const descriptorLimit = (): number => {
  const text = Fs.readFileSync("/proc/self/limits", "utf8")
  return Number(/^Max open files\s+(\d+)/m.exec(text)?.[1] ?? Number.NaN)
}

const established = "01"

/** Inodes of the established connections that were accepted on a port of 127.0.0.1. */
const acceptedOn = (port: number): ReadonlySet<string> => {
  const local = `0100007F:${port.toString(16).toUpperCase().padStart(4, "0")}`
  const rows = ["tcp", "tcp6"].flatMap((table) => Fs.readFileSync(`/proc/net/${table}`, "utf8").split("\n"))
  return new Set(
    rows.flatMap((row) => {
      const fields = row.trim().split(/\s+/)
      return fields[1]?.endsWith(local) && fields[3] === established && fields[9] !== undefined ? [fields[9]] : []
    })
  )
}

/** Inodes watched by each event queue (epoll instance) of a process. */
const queuesOf = (pid: number): ReadonlyArray<ReadonlyArray<string>> =>
  Fs.readdirSync(`/proc/${pid}/fdinfo`).flatMap((fd) => {
    const text = Fs.readFileSync(`/proc/${pid}/fdinfo/${fd}`, "utf8")
    const watched = [...text.matchAll(/^tfd:.*\bino:([0-9a-f]+)/gm)].map(([, inode = ""]) =>
      String(Number.parseInt(inode, 16))
    )
    return watched.length === 0 ? [] : [watched]
  })

/**
 * How many of a proxy's connections each of its event queues watches, the largest number first. A worker has one queue,
 * thread or process, and a queue without connections may be a worker's that got none: it is left out.
 */
export const connectionsByQueue = (pid: number, port: number): ReadonlyArray<number> => {
  const accepted = acceptedOn(port)
  return familyOf(pid)
    .flatMap(queuesOf)
    .map((watched) => watched.filter((inode) => accepted.has(inode)).length)
    .filter((count) => count > 0)
    .toSorted((a, b) => b - a)
}
