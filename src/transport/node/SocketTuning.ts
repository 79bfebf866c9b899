/** What every connection's socket is set to (docs/compatibility/command-line.md, 4.1). */
import type { Socket } from "node:net"

/** Bytes Node may hold for one socket and direction before it stops reading or asks writers to wait. */
export const highWaterMark = 256 * 1024

/** No Nagle, keepalive after 15 s of silence, every 15 s, nine times. Does nothing on UNIX sockets. */
export const tune = (socket: Socket): void => {
  socket.setNoDelay(true)
  socket.setKeepAlive({ enable: true, initialDelay: 15_000, interval: 15_000, count: 9 })
}
