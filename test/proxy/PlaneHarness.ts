/** A data plane on worker threads before a backend that echoes, and clients for it. */
import { once } from "node:events"
import * as Net from "node:net"
import * as Tls from "node:tls"
import type { Worker } from "node:worker_threads"
import { assert } from "@effect/vitest"
import { Context, Effect, Layer, Result } from "effect"
import * as Address from "../../src/config/Address.ts"
import { pemKey, type TlsMaterial } from "../../src/credentials/TlsMaterial.ts"
import { ConnectionStats } from "../../src/metrics/ConnectionStats.ts"
import type { ConnectionRecord } from "../../src/proxy/ConnectionRecord.ts"
import { DataPlane, type PlaneOptions, type PlaneTunnel, type TunnelPlane } from "../../src/proxy/DataPlane.ts"
import * as WorkerPlane from "../../src/proxy/WorkerPlane.ts"
import { Log } from "../../src/runtime/Logging.ts"
import { loadNative } from "../../src/runtime/Native.ts"
import { makeCa, type TestCa, type TestIdentity } from "../support/TestCa.ts"

export const transport = process.env.GHOSTUNNEL_TRANSPORT === "native" ? "native" : "node"

const tcp = (text: string): Address.TcpAddress => {
  const address = Result.getOrThrow(Address.parse(text))
  assert(address._tag === "Tcp")
  return address
}

export const portOf = (name: string): number => Number(name.slice(name.lastIndexOf(":") + 1))

const echo = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = Net.createServer((socket) => void socket.on("error", () => {}).pipe(socket))
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    return server
  }),
  (server) => Effect.sync(() => void server.close())
)

/** Waits until the condition holds, asking again whenever something may have happened. */
export const until = async (condition: () => boolean, what: string): Promise<void> => {
  const patience = performance.now() + 20_000
  while (!condition()) {
    assert.isBelow(performance.now(), patience, `waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

export interface Harness {
  /** The only tunnel. */
  readonly plane: TunnelPlane
  readonly threads: DataPlane["Service"]
  readonly stats: ConnectionStats["Service"]
  readonly records: Array<ConnectionRecord>
  readonly lines: Array<string>
  readonly workers: Array<Worker>
  readonly ca: TestCa
  readonly identity: TestIdentity
}

export const start = Effect.fnUntraced(function* (
  workers: number,
  change: (tunnel: PlaneTunnel) => PlaneTunnel = (tunnel) => tunnel
) {
  const ca = yield* Effect.promise(() => makeCa("worker-plane"))
  const identity = yield* Effect.promise(() => ca.issue({ cn: "first", dns: ["localhost"], eku: "server" }))
  const backend = yield* echo
  const address = backend.address()
  assert(address !== null && typeof address === "object")
  const records: Array<ConnectionRecord> = []
  const lines: Array<string> = []
  const seen: Array<Worker> = []
  const onWorker = (worker: Worker) => void seen.push(worker)
  process.on("worker", onWorker)
  yield* Effect.addFinalizer(() => Effect.sync(() => process.off("worker", onWorker)))
  const tunnel: PlaneTunnel = {
    name: "tunnel",
    proxy: {
      mode: "server",
      listen: tcp("127.0.0.1:0"),
      inheritedFd: undefined,
      target: tcp(`127.0.0.1:${address.port}`),
      tls: { maxVersion: "TLSv1.3", cipherGroups: ["AES"] },
      access: { _tag: "Anonymous" },
      serverName: "",
      upstream: undefined,
      proxyProtocol: undefined,
      connectTimeout: 10_000,
      closeTimeout: 10_000,
      lifetime: 0
    },
    material: {
      generation: 1,
      identity: { chainPem: identity.chainPem, key: pemKey(identity.keyPem) },
      subject: "CN=first",
      trustAnchors: [ca.certPem]
    },
    maxConcurrentConnections: 0,
    record: (record) => records.push(record),
    interest: { pipes: true, facts: true }
  }
  const options: PlaneOptions = {
    subjectOf: () => "",
    transport,
    profiled: false,
    duplicate: (fd) => Result.mapError(loadNative().duplicate(fd), ({ errno }) => `errno ${errno}`)
  }
  const context = yield* Layer.build(
    WorkerPlane.layer(options, workers).pipe(
      Layer.provideMerge(
        Layer.mergeAll(ConnectionStats.layer, Layer.succeed(Log, { line: (_event, line) => void lines.push(line) }))
      )
    )
  )
  const threads = Context.get(context, DataPlane)
  const plane = yield* threads.add(change(tunnel))
  yield* plane.start
  const harness: Harness = {
    plane,
    threads,
    stats: Context.get(context, ConnectionStats),
    records,
    lines,
    workers: seen,
    ca,
    identity
  }
  return harness
})

/** Puts material into use as a reload does. */
export const use = (plane: TunnelPlane, material: TlsMaterial) =>
  Effect.scoped(Effect.flatMap(plane.prepare(material), ({ commit }) => commit))

export const connect = async ({ ca, plane }: Pick<Harness, "ca" | "plane">): Promise<Tls.TLSSocket> => {
  const { address, network } = plane.bound
  const socket = Tls.connect({
    ...(network === "unix" ? { path: address } : { port: portOf(address), host: "127.0.0.1" }),
    ca: ca.certPem,
    servername: "localhost"
  })
  await once(socket, "secureConnect")
  socket.on("error", () => {})
  return socket
}

/** Ends a thread by an error: it gets a message that the protocol does not know, and throws. */
export const end = async ({ workers }: Harness, thread: number): Promise<void> => {
  const victim = workers.findLast(({ threadName }) => threadName === `ghostunnel-${thread}`)
  assert(victim !== undefined)
  const ended = new Promise((resolve) => victim.once("exit", resolve))
  victim.postMessage({ _tag: "Update", material: undefined })
  await ended
}

export const echoes = async (socket: Tls.TLSSocket, text: string): Promise<void> => {
  socket.write(text)
  let got = ""
  while (got.length < text.length) {
    const [chunk] = await once(socket, "data")
    got += String(chunk)
  }
  assert.strictEqual(got, text)
}
