/** What every connection's socket is set to (contract: command line, section 4.1). */
import type { Socket } from "node:net"

/** Bytes Node may hold for one socket and direction before it stops reading or asks writers to wait. */
export const highWaterMark = 256 * 1024

/** No Nagle, keepalive after 15 s of silence, every 15 s, nine times. Does nothing on UNIX sockets. */
export const tune = (socket: Socket): void => {
  socket.setNoDelay(true)
  socket.setKeepAlive({ enable: true, initialDelay: 15_000, interval: 15_000, count: 9 })
}

const innerHandle = (socket: Socket): unknown => {
  const handle: unknown = Reflect.get(socket, "_handle")
  if (typeof handle !== "object" || handle === null) return undefined
  const parent: unknown = Reflect.get(handle, "_parent")
  return typeof parent === "object" && parent !== null ? parent : handle
}

/** Bytes the kernel has not taken yet. Zero where Node does not tell: then only finished writes count as progress. */
export const queuedBytes = (socket: Socket): number => {
  const handle = innerHandle(socket)
  if (typeof handle !== "object" || handle === null) return 0
  const size: unknown = Reflect.get(handle, "writeQueueSize")
  return typeof size === "number" ? size : 0
}
