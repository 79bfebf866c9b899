/** The load generator process: TLS clients without session resumption. Runs the commands of its parent. */
import * as Fs from "node:fs"
import type * as Net from "node:net"
import * as Tls from "node:tls"
import { beginEcho, close, connect, connectPlain, echoes, received, send } from "./Connection.ts"
import { pace } from "./Pace.ts"
import { type Command, type Envelope, type Outcome, type Reply, request } from "./Protocol.ts"

const [, , ca = "", cert = "", key = "", ecdhCurve = "", ciphers = ""] = process.argv
// The same algorithms for every proxy; otherwise the comparison would measure library defaults.
const algorithms: Tls.SecureContextOptions = { ecdhCurve, ciphers, minVersion: "TLSv1.3" }
const certified: Tls.ConnectionOptions = {
  secureContext: Tls.createSecureContext({
    ...algorithms,
    ca: Fs.readFileSync(ca),
    cert: Fs.readFileSync(cert),
    key: Fs.readFileSync(key)
  })
}
/** The cheapest possible client. */
const anonymous: Tls.ConnectionOptions = {
  secureContext: Tls.createSecureContext({ ...algorithms, ca: [] }),
  rejectUnauthorized: false
}
const held = new Set<Tls.TLSSocket>()

const nothing: Outcome = { done: 0, through: [], direct: [], stopped: undefined }

const bulk = async (port: number, mode: "S" | "G", bytes: number): Promise<void> => {
  const socket = await connect(port, certified)
  const done = received(socket, mode === "S" ? 1 : bytes)
  socket.write(request(mode, bytes))
  if (mode === "S") send(socket, bytes)
  await done
  await close(socket)
}

const roundTrips = async (port: number, options: Tls.ConnectionOptions, each: number, size: number): Promise<void> => {
  const socket = await connect(port, options)
  await beginEcho(socket)
  await echoes(socket, each, size)
  await close(socket)
}

const times = <A>(count: number, run: () => Promise<A>): Promise<ReadonlyArray<A>> =>
  Promise.all(Array.from({ length: count }, run))

const churn = async (port: number, connections: number, parallel: number): Promise<void> => {
  let left = connections
  await times(parallel, async () => {
    while (left-- > 0) await roundTrips(port, certified, 0, 0)
  })
}

const churnFor = async (port: number, millis: number, parallel: number): Promise<Outcome> => {
  const until = performance.now() + millis
  let done = 0
  await times(parallel, async () => {
    while (performance.now() < until) {
      // Only the handshake: further bytes would load the generator and the backend, not the proxy.
      await close(await connect(port, anonymous))
      if (performance.now() < until) done++
    }
  })
  return { ...nothing, done }
}

const holdOne = async (port: number): Promise<void> => {
  const socket = await connect(port, certified)
  await beginEcho(socket)
  // A waiting read sees the connection close.
  socket.on("error", () => {})
  held.add(socket)
}

/** Connect a limited number at a time, so that the listen backlog does not overflow. */
const hold = async (port: number, connections: number): Promise<Outcome> => {
  const before = held.size
  let left = connections
  let stopped: string | undefined
  await times(20, async () => {
    while (left-- > 0 && stopped === undefined) {
      await holdOne(port).catch((cause: unknown) => {
        stopped = cause instanceof Error ? cause.message : String(cause)
      })
    }
  })
  return { ...nothing, done: held.size - before, stopped }
}

const exchange = async (trips: number, size: number): Promise<Outcome> => {
  const each = Math.ceil(trips / held.size)
  await Promise.all([...held].map((socket) => echoes(socket, each, size)))
  return { ...nothing, done: each * held.size }
}

const open = async (count: number, one: () => Promise<Net.Socket>): Promise<ReadonlyArray<Net.Socket>> => {
  const sockets: Array<Net.Socket> = []
  for (let i = 0; i < count; i++) {
    const socket = await one()
    await beginEcho(socket)
    sockets.push(socket)
  }
  return sockets
}

const paced = async (port: number, connections: number, samples: number, directPort: number): Promise<Outcome> => {
  const through = { sockets: await open(connections, () => connect(port, certified)), millis: [] }
  const direct = { sockets: await open(connections, () => connectPlain(directPort)), millis: [] }
  await pace(through, direct, samples)
  await Promise.all([...through.sockets, ...direct.sockets].map(close))
  return { ...nothing, through: through.millis, direct: direct.millis }
}

const saturate = async (port: number, mode: "S" | "G"): Promise<void> => {
  const socket = await connect(port, certified)
  socket.on("error", () => {})
  socket.write(request(mode, Number.MAX_SAFE_INTEGER))
  if (mode === "S") send(socket, Number.POSITIVE_INFINITY)
  else socket.on("data", () => {})
  held.add(socket)
}

const release = async (): Promise<void> => {
  const sockets = [...held]
  held.clear()
  for (const socket of sockets) socket.destroy()
}

const execute = async (port: number, command: Command): Promise<Outcome> => {
  switch (command.kind) {
    case "bulk":
      await times(command.connections, () => bulk(port, command.mode, Math.floor(command.bytes / command.connections)))
      return nothing
    case "roundTrips":
      await times(command.connections, () => roundTrips(port, certified, command.each, command.size))
      return nothing
    case "churn":
      await churn(port, command.connections, command.parallel)
      return nothing
    case "churnFor":
      return churnFor(port, command.millis, command.parallel)
    case "hold":
      return hold(port, command.connections)
    case "exchange":
      return exchange(command.trips, command.size)
    case "pace":
      return paced(port, command.connections, command.samples, command.directPort)
    case "saturate":
      await times(command.connections, () => saturate(port, command.mode))
      return nothing
    case "release":
      await release()
      return nothing
  }
}

process.on("message", ({ id, port, command }: Envelope) => {
  const reply = (error: string | undefined, outcome: Outcome) => process.send?.({ id, error, outcome } satisfies Reply)
  execute(port, command).then(
    (outcome) => reply(undefined, outcome),
    (cause: unknown) => reply(cause instanceof Error ? cause.message : String(cause), nothing)
  )
})
process.on("disconnect", () => process.exit())
