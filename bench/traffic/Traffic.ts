/** The traffic process: clients of a tunnel and the backend behind it. Runs the commands of its parent. */
import { once } from "node:events"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { ClientPool } from "./ClientPool.ts"
import type { Command, Envelope, Reply, Setup, State } from "./Commands.ts"
import { BackendEnd } from "./Ends.ts"
import { Fuzzer } from "./Fuzzer.ts"
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

/** Sends bytes and waits for EOF, with a timeout: the tunnel may wait for the rest of a long record. */
const makeNoise = async (port: number, bytes: ReadonlyArray<number>): Promise<void> => {
  const socket = open(port)
  const late = setTimeout(() => socket.resetAndDestroy(), 500)
  socket.write(Buffer.from(bytes))
  // A reset counts as an end too.
  await new Promise<void>((resolve) => socket.once("close", () => resolve()))
  clearTimeout(late)
}

const execute = async (backend: BackendEnd, pool: ClientPool, command: Command): Promise<void> => {
  switch (command.kind) {
    case "plans":
      return pool.followAll(command.plans.values(), command.port, command.parallel, command.patience, command.damaged)
    case "flow":
      return pool.begin(
        stream(command.seed, command.faults, command.small),
        command.port,
        command.parallel,
        command.connections ?? Number.POSITIVE_INFINITY
      )
    case "halt":
      return pool.halt()
    case "hold":
      return pool.hold(command.plans, command.port)
    case "release":
      pool.release()
      for (const socket of silent) socket.resetAndDestroy()
      return
    case "silent":
      for (let left = command.connections; left > 0; left -= 100) {
        const sockets = Array.from({ length: Math.min(left, 100) }, () => open(command.port))
        await Promise.all(sockets.map((socket) => once(socket, "connect")))
      }
      return
    case "noise":
      await Promise.all(command.noises.map((bytes) => makeNoise(command.port, bytes)))
      return
    case "wire":
      wire = new Fuzzer(command.target, command.damaged)
      return wire.listen(command.port)
    case "mangle":
      wire?.queue.splice(0, Number.POSITIVE_INFINITY, ...command.mangles)
      return
    case "backend":
      return command.listening ? backend.listen() : backend.pause()
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
  process.on("message", ({ id, command }: Envelope) => {
    execute(backend, pool, command).then(
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
