/** One connection of the load generator and its operations. */
import { once } from "node:events"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { request } from "./Protocol.ts"

const block = Buffer.alloc(256 * 1024, 0x61)

/** A buffer of the given length to send. */
export const message = (size: number): Buffer => block.subarray(0, size)

let opened = 0

/** Rotate through loopback addresses: one address runs out of ports after about ten thousand connections. */
const sourceAddress = (): string => `127.0.0.${2 + (opened++ % 8)}`

/** Connects with TLS, without session resumption. */
export const connect = async (port: number, options: Tls.ConnectionOptions): Promise<Tls.TLSSocket> => {
  const target = { port, host: "127.0.0.1", servername: "localhost", localAddress: sourceAddress() }
  const socket = Tls.connect({ ...target, ...options })
  socket.setNoDelay(true)
  await once(socket, "secureConnect")
  return socket
}

/** Connects in plaintext. */
export const connectPlain = async (port: number): Promise<Net.Socket> => {
  const socket = Net.connect({ port, host: "127.0.0.1", localAddress: sourceAddress() })
  socket.setNoDelay(true)
  await once(socket, "connect")
  return socket
}

/** Closes a connection cleanly, and waits until it is closed. */
export const close = async (socket: Net.Socket): Promise<void> => {
  socket.on("error", () => {})
  socket.resume()
  if (!socket.destroyed) {
    const closed = once(socket, "close")
    socket.end()
    await closed
  }
}

/** Waits until this many bytes have arrived in total. */
export const received = (socket: Net.Socket, bytes: number): Promise<void> =>
  new Promise((resolve, reject) => {
    let left = bytes
    const settle = () => {
      socket.off("data", take)
      socket.off("error", reject)
      socket.off("close", closed)
    }
    const closed = () => reject(new Error(`closed with ${left} bytes to come`))
    const take = (chunk: Buffer) => {
      left -= chunk.length
      if (left > 0) return
      settle()
      resolve()
    }
    socket.on("data", take)
    socket.on("error", reject)
    socket.on("close", closed)
  })

/** Sends this many bytes as fast as the socket accepts them. */
export const send = (socket: Net.Socket, bytes: number): void => {
  let left = bytes
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      const part = message(Math.min(left, block.length))
      left -= part.length
      if (!socket.write(part)) return
    }
  }
  socket.on("drain", more)
  more()
}

/** Requests an echo and waits for the first one. */
export const beginEcho = async (socket: Net.Socket): Promise<void> => {
  const back = received(socket, 1)
  socket.write(Buffer.concat([request("E", 0), message(1)]))
  await back
}

/** Sequential round trips on an echoing connection. */
export const echoes = async (socket: Net.Socket, times: number, size: number): Promise<void> => {
  for (let i = 0; i < times; i++) {
    const back = received(socket, size)
    socket.write(message(size))
    await back
  }
}
