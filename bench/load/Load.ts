/** The load generator, a process of its own: mTLS clients that never resume a session. Takes orders from the parent. */
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Tls from "node:tls"
import { type Envelope, type Order, type Reply, request } from "./Protocol.ts"

const [, , ca = "", cert = "", key = ""] = process.argv
const secureContext = Tls.createSecureContext({
  ca: Fs.readFileSync(ca),
  cert: Fs.readFileSync(cert),
  key: Fs.readFileSync(key)
})
const block = Buffer.alloc(256 * 1024, 0x61)
const held = new Set<Tls.TLSSocket>()

const connect = async (port: number): Promise<Tls.TLSSocket> => {
  const socket = Tls.connect({ port, host: "127.0.0.1", servername: "localhost", secureContext })
  socket.setNoDelay(true)
  await once(socket, "secureConnect")
  return socket
}

const close = async (socket: Tls.TLSSocket): Promise<void> => {
  socket.on("error", () => {})
  socket.resume()
  if (!socket.destroyed) {
    const closed = once(socket, "close")
    socket.end()
    await closed
  }
}

/** Waits for so many bytes in all. */
const received = (socket: Tls.TLSSocket, bytes: number): Promise<void> =>
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

const send = (socket: Tls.TLSSocket, bytes: number): void => {
  let left = bytes
  const more = () => {
    while (left > 0 && !socket.destroyed) {
      const part = left >= block.length ? block : block.subarray(0, left)
      left -= part.length
      if (!socket.write(part)) return
    }
  }
  socket.on("drain", more)
  more()
}

const bulk = async (port: number, mode: "S" | "G", bytes: number): Promise<void> => {
  const socket = await connect(port)
  const done = received(socket, mode === "S" ? 1 : bytes)
  socket.write(request(mode, bytes))
  if (mode === "S") send(socket, bytes)
  await done
  await close(socket)
}

const echoes = async (socket: Tls.TLSSocket, times: number, size: number): Promise<void> => {
  const message = block.subarray(0, size)
  for (let i = 0; i < times; i++) {
    const back = received(socket, size)
    socket.write(i === 0 ? Buffer.concat([request("E", 0), message]) : message)
    await back
  }
}

const roundTrips = async (port: number, each: number, size: number): Promise<void> => {
  const socket = await connect(port)
  await echoes(socket, each, size)
  await close(socket)
}

const times = (count: number, run: () => Promise<void>): Promise<unknown> =>
  Promise.all(Array.from({ length: count }, run))

const churn = async (port: number, connections: number, parallel: number): Promise<void> => {
  let left = connections
  await times(parallel, async () => {
    while (left-- > 0) await roundTrips(port, 1, 1)
  })
}

const hold = async (port: number): Promise<void> => {
  const socket = await connect(port)
  await echoes(socket, 1, 1)
  held.add(socket)
}

const saturate = async (port: number): Promise<void> => {
  const socket = await connect(port)
  socket.on("error", () => {})
  socket.write(request("S", Number.MAX_SAFE_INTEGER))
  send(socket, Number.POSITIVE_INFINITY)
  held.add(socket)
}

const release = async (): Promise<void> => {
  const sockets = [...held]
  held.clear()
  for (const socket of sockets) socket.destroy()
}

/** So many at a time, so that no listener's queue overflows. */
const inGroups = async (count: number, size: number, run: () => Promise<void>): Promise<void> => {
  for (let done = 0; done < count; done += size) await times(Math.min(size, count - done), run)
}

const obey = async (port: number, order: Order): Promise<unknown> => {
  switch (order.kind) {
    case "bulk":
      return times(order.connections, () => bulk(port, order.mode, Math.floor(order.bytes / order.connections)))
    case "roundTrips":
      return times(order.connections, () => roundTrips(port, order.each, order.size))
    case "churn":
      return churn(port, order.connections, order.parallel)
    case "hold":
      return inGroups(order.connections, 20, () => hold(port))
    case "saturate":
      return times(order.connections, () => saturate(port))
    case "release":
      return release()
  }
}

process.on("message", ({ id, port, order }: Envelope) => {
  const reply = (error: string | undefined) => process.send?.({ id, error } satisfies Reply)
  obey(port, order).then(
    () => reply(undefined),
    (cause: unknown) => reply(cause instanceof Error ? cause.message : String(cause))
  )
})
process.on("disconnect", () => process.exit())
