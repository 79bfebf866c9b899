/** The plaintext backend process: reports its port to the parent and serves until it is killed. */
import * as Net from "node:net"
import { parseRequest, requestBytes } from "./Protocol.ts"

const block = Buffer.alloc(256 * 1024, 0x61)

const echo = (socket: Net.Socket, rest: Buffer): void => {
  socket.setNoDelay(true)
  if (rest.length > 0) socket.write(rest)
  socket.on("data", (chunk) => {
    if (!socket.write(chunk)) socket.pause()
  })
  socket.on("drain", () => socket.resume())
  socket.on("end", () => socket.end())
}

const swallow = (socket: Net.Socket, rest: Buffer, bytes: number): void => {
  let left = bytes - rest.length
  const check = () => {
    if (left <= 0) socket.write("K")
  }
  check()
  socket.on("data", (chunk) => {
    left -= chunk.length
    check()
  })
  socket.on("end", () => socket.end())
}

const give = (socket: Net.Socket, bytes: number): void => {
  let left = bytes
  const more = () => {
    while (left > 0) {
      const part = left >= block.length ? block : block.subarray(0, left)
      left -= part.length
      if (!socket.write(part)) return
    }
    socket.end()
  }
  socket.on("drain", more)
  socket.resume()
  more()
}

const server = Net.createServer({ allowHalfOpen: true }, (socket) => {
  let head = Buffer.alloc(0)
  socket.on("error", () => socket.destroy())
  const begin = (chunk: Buffer) => {
    head = Buffer.concat([head, chunk])
    if (head.length < requestBytes) return
    socket.off("data", begin)
    const { mode, bytes } = parseRequest(head)
    const rest = head.subarray(requestBytes)
    if (mode === "E") echo(socket, rest)
    else if (mode === "S") swallow(socket, rest, bytes)
    else give(socket, bytes)
  }
  socket.on("data", begin)
  // A connection that closes before its request.
  socket.once("end", () => {
    if (head.length < requestBytes) socket.end()
  })
})

server.listen({ port: 0, host: "127.0.0.1", backlog: 4096 }, () => process.send?.(server.address()))
process.on("disconnect", () => process.exit())
