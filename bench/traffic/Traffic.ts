/** The traffic, a process of its own: clients of a tunnel and the backend behind it. Takes orders from its parent. */
import { once } from "node:events"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { ClientPool } from "./ClientPool.ts"
import { BackendEnd } from "./Ends.ts"
import { Fuzzer } from "./Fuzzer.ts"
import type { Envelope, Order, Reply, Setup, State } from "./Orders.ts"
import { stream } from "./Plans.ts"

const silent = new Set<Net.Socket>()
let wire: Fuzzer | undefined

const open = (port: number): Net.Socket => {
  const socket = Net.connect({ port, host: "127.0.0.1", allowHalfOpen: true })
  silent.add(socket)
  socket.on("error", () => {})
  socket.on("end", () => socket.end())
  socket.once("close", () => silent.delete(socket))
  socket.resume()
  return socket
}

/** Sends bytes and waits for the end, but not for long: what looks like the head of a long record is waited for. */
const makeNoise = async (port: number, bytes: ReadonlyArray<number>): Promise<void> => {
  const socket = open(port)
  const late = setTimeout(() => socket.resetAndDestroy(), 500)
  socket.write(Buffer.from(bytes))
  // A reset is an end as well.
  await new Promise<void>((resolve) => socket.once("close", () => resolve()))
  clearTimeout(late)
}

const obey = async (backend: BackendEnd, pool: ClientPool, order: Order): Promise<void> => {
  switch (order.kind) {
    case "plans":
      return pool.followAll(order.plans.values(), order.port, order.parallel, order.patience, order.damaged)
    case "flow":
      return pool.begin(
        stream(order.seed, order.faults, order.small),
        order.port,
        order.parallel,
        order.connections ?? Number.POSITIVE_INFINITY
      )
    case "halt":
      return pool.halt()
    case "hold":
      return pool.hold(order.plans, order.port)
    case "release":
      pool.release()
      for (const socket of silent) socket.resetAndDestroy()
      return
    case "silent":
      for (let left = order.connections; left > 0; left -= 100) {
        const sockets = Array.from({ length: Math.min(left, 100) }, () => open(order.port))
        await Promise.all(sockets.map((socket) => once(socket, "connect")))
      }
      return
    case "noise":
      await Promise.all(order.noises.map((bytes) => makeNoise(order.port, bytes)))
      return
    case "wire":
      wire = new Fuzzer(order.target, order.damaged)
      return wire.listen(order.port)
    case "mangle":
      wire?.queue.splice(0, Number.POSITIVE_INFINITY, ...order.mangles)
      return
    case "backend":
      return order.listening ? backend.listen() : backend.pause()
    case "state":
      return
  }
}

const serve = async ({ backendPort, identity, mode }: Setup): Promise<void> => {
  const backend = new BackendEnd(mode, identity)
  await backend.listen(backendPort)
  const pool = new ClientPool(backend, mode === "server" ? Tls.createSecureContext(identity) : undefined)
  const state = (): State => ({
    ...pool.take(),
    flowing: pool.flowing,
    silent: silent.size,
    backendOpen: backend.open,
    strays: backend.strays,
    moved: pool.moved
  })
  process.on("message", ({ id, order }: Envelope) => {
    obey(backend, pool, order).then(
      () => process.send?.({ id, state: state(), error: undefined } satisfies Reply),
      (cause: unknown) => {
        const error = cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)
        process.send?.({ id, state: undefined, error } satisfies Reply)
      }
    )
  })
  process.send?.("ready")
}

process.on("disconnect", () => process.exit())
process.once("message", (setup: Setup) => {
  serve(setup).catch((cause: unknown) => {
    process.stderr.write(`traffic: ${cause instanceof Error ? cause.stack : cause}\n`)
    process.exit(1)
  })
})
