/** Several TLS records of one turn of the event loop leave in one write. */
import type { Socket } from "node:net"

const corked: Array<Socket> = []

const uncork = () => {
  for (const socket of corked.splice(0)) socket.uncork()
}

/** Smaller writes go out at once: they are messages that the peer waits for. */
const large = 8 * 1024

/** Holds what is written to the socket until this turn's reads are done, if the chunk to come is a large one. */
export const corkForTurn = (socket: Socket, size: number): void => {
  if (size < large || socket.writableCorked > 0) return
  socket.cork()
  if (corked.push(socket) === 1) setImmediate(uncork)
}
