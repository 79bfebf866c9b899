/** Round trips at a fixed rate that does not wait for answers, so that slow answers count fully (no coordinated omission). */
import type * as Net from "node:net"
import { message } from "./Connection.ts"

/** Connections used in turn, and their round trip times. */
export interface Lanes {
  readonly sockets: ReadonlyArray<Net.Socket>
  readonly millis: Array<number>
}

const size = 1024

/** One round trip; if the previous answer is still missing it waits, and the wait counts. */
const lane = (socket: Net.Socket, millis: Array<number>): (() => void) => {
  const due: Array<number> = []
  let left = 0
  socket.on("data", (chunk: Buffer) => {
    left -= chunk.length
    if (left > 0) return
    millis.push(performance.now() - (due.shift() ?? Number.NaN))
    if (due.length > 0) begin()
  })
  const begin = () => {
    left = size
    socket.write(message(size))
  }
  return () => {
    due.push(performance.now())
    if (due.length === 1) begin()
  }
}

const failed = (sockets: ReadonlyArray<Net.Socket>): Promise<never> =>
  new Promise((_, reject) => {
    for (const socket of sockets) {
      socket.once("error", reject)
      socket.once("close", () => reject(new Error("closed before its answer came")))
    }
  })

/** Takes this many samples of each, one per millisecond, in turn. */
export const pace = async (through: Lanes, direct: Lanes, samples: number): Promise<void> => {
  const turns = [through, direct].map(({ millis, sockets }) => sockets.map((socket) => lane(socket, millis)))
  const rhythm = new Promise<void>((resolve) => {
    let tick = 0
    const timer = setInterval(() => {
      if (tick < 2 * samples) {
        const lanes = turns[tick % 2] ?? []
        lanes[Math.floor(tick / 2) % lanes.length]?.()
        tick++
      } else if (through.millis.length + direct.millis.length === 2 * samples) {
        clearInterval(timer)
        resolve()
      }
    }, 1)
  })
  await Promise.race([rhythm, failed([...through.sockets, ...direct.sockets])])
}
