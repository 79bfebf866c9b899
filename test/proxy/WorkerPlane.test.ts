import { once } from "node:events"
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import * as Net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as Tls from "node:tls"
import type { Worker } from "node:worker_threads"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Fiber, Layer, Result } from "effect"
import * as Address from "../../src/config/Address.ts"
import { ConnectionStats } from "../../src/metrics/ConnectionStats.ts"
import type { ConnectionRecord } from "../../src/proxy/ConnectionRecord.ts"
import { DataPlane, type PlaneOptions } from "../../src/proxy/DataPlane.ts"
import * as WorkerPlane from "../../src/proxy/WorkerPlane.ts"
import { Log } from "../../src/runtime/Logging.ts"
import { loadNative } from "../../src/runtime/Native.ts"
import { makeCa, type TestCa, type TestIdentity } from "../support/TestCa.ts"

const transport = process.env.GHOSTUNNEL_TRANSPORT === "native" ? "native" : "node"

const tcp = (text: string): Address.TcpAddress => {
  const address = Result.getOrThrow(Address.parse(text))
  assert(address._tag === "Tcp")
  return address
}

const portOf = (name: string): number => Number(name.slice(name.lastIndexOf(":") + 1))

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
const until = async (condition: () => boolean, what: string): Promise<void> => {
  const patience = performance.now() + 20_000
  while (!condition()) {
    assert.isBelow(performance.now(), patience, `waited in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

interface Harness {
  readonly plane: DataPlane["Service"]
  readonly stats: ConnectionStats["Service"]
  readonly records: Array<ConnectionRecord>
  readonly lines: Array<string>
  readonly workers: Array<Worker>
  readonly ca: TestCa
  readonly identity: TestIdentity
}

const start = Effect.fnUntraced(function* (
  workers: number,
  change: (options: PlaneOptions) => PlaneOptions = (options) => options
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
  const options: PlaneOptions = {
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
      identity: { chainPem: identity.chainPem, keyPem: identity.keyPem },
      subject: "CN=first",
      trustAnchors: [ca.certPem]
    },
    maxConcurrentConnections: 0,
    subjectOf: () => "",
    transport,
    duplicate: (fd) => Result.mapError(loadNative().duplicate(fd), ({ errno }) => `errno ${errno}`),
    record: (record) => records.push(record),
    interest: { pipes: true, facts: true }
  }
  const context = yield* Layer.build(
    WorkerPlane.layer(change(options), workers).pipe(
      Layer.provideMerge(
        Layer.mergeAll(ConnectionStats.layer, Layer.succeed(Log, { line: (line) => void lines.push(line) }))
      )
    )
  )
  const plane = Context.get(context, DataPlane)
  yield* plane.start
  const harness: Harness = {
    plane,
    stats: Context.get(context, ConnectionStats),
    records,
    lines,
    workers: seen,
    ca,
    identity
  }
  return harness
})

const connect = async ({ ca, plane }: Harness): Promise<Tls.TLSSocket> => {
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

/** Ends a thread by an error: it gets a message that no version of the protocol knows, and throws. */
const end = async ({ workers }: Harness, thread: number): Promise<void> => {
  const victim = workers[thread]
  assert(victim !== undefined)
  const ended = new Promise((resolve) => victim.once("exit", resolve))
  victim.postMessage({ _tag: "Update", material: undefined })
  await ended
}

const echoes = async (socket: Tls.TLSSocket, text: string): Promise<void> => {
  socket.write(text)
  let got = ""
  while (got.length < text.length) {
    const [chunk] = await once(socket, "data")
    got += String(chunk)
  }
  assert.strictEqual(got, text)
}

describe("WorkerPlane", () => {
  it.live("counts and records over threads exactly, opening before closed", () =>
    Effect.gen(function* () {
      const harness = yield* start(2)
      yield* Effect.promise(async () => {
        const sockets = await Promise.all(Array.from({ length: 40 }, () => connect(harness)))
        await Promise.all(sockets.map((socket, n) => echoes(socket, `hello ${n}`)))
        assert.strictEqual(harness.stats.read("conn.open"), 40)
        assert.strictEqual(harness.stats.read("accept.success"), 40)
        assert.strictEqual(harness.stats.timer("conn.handshake").count, 40)
        for (const socket of sockets) socket.end()
        await until(() => harness.records.length === 80, "every record")
        await until(() => harness.stats.read("conn.open") === 0, "every close")
        assert.strictEqual(harness.stats.timer("conn.lifetime").count, 40)
      })
      const open = new Map<string, string>()
      const ids = new Set<string>()
      for (const record of harness.records) {
        assert(record._tag === "Opened" || record._tag === "Closed")
        assert(record.facts !== undefined)
        ids.add(record.facts.id)
        if (record._tag === "Opened") open.set(record.facts.id, record.accepted.address)
        else {
          assert.strictEqual(open.get(record.facts.id), record.accepted.address, "closed before it was opened")
          open.delete(record.facts.id)
        }
      }
      assert.strictEqual(open.size, 0)
      assert.strictEqual(ids.size, 40)
    }).pipe(Effect.scoped)
  )

  it.live("gives every thread the new material", () =>
    Effect.gen(function* () {
      const harness = yield* start(2)
      const next = yield* Effect.promise(() => harness.ca.issue({ cn: "second", dns: ["localhost"], eku: "server" }))
      yield* harness.plane.update({
        generation: 2,
        identity: { chainPem: next.chainPem, keyPem: next.keyPem },
        subject: "CN=second",
        trustAnchors: [harness.ca.certPem]
      })
      yield* Effect.promise(async () => {
        for (let i = 0; i < 24; i++) {
          const socket = await connect(harness)
          assert.strictEqual(socket.getPeerCertificate().subject.CN, "second")
          socket.destroy()
        }
      })
    }).pipe(Effect.scoped)
  )

  it.live("keeps the old material when OpenSSL will not take the new one", () =>
    Effect.gen(function* () {
      const harness = yield* start(2)
      const other = yield* Effect.promise(() => harness.ca.issue({ cn: "other" }))
      const result = yield* Effect.result(
        harness.plane.update({
          generation: 2,
          identity: { chainPem: other.chainPem, keyPem: harness.identity.keyPem },
          subject: "",
          trustAnchors: [harness.ca.certPem]
        })
      )
      assert.isTrue(Result.isFailure(result))
      const names = async () => {
        const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(harness)))
        const seen = new Set(sockets.map((socket) => socket.getPeerCertificate().subject.CN))
        for (const socket of sockets) socket.destroy()
        return [...seen]
      }
      assert.deepStrictEqual(yield* Effect.promise(names), ["first"])
      // So does a thread that takes another one's place.
      yield* Effect.promise(() => end(harness, 0))
      yield* Effect.promise(() => until(() => harness.plane.threads().replaced === 1, "a new thread"))
      assert.deepStrictEqual(yield* Effect.promise(names), ["first"])
    }).pipe(Effect.scoped)
  )

  it.live("replaces a thread that dies; the others never notice, and the numbers stay true", () =>
    Effect.gen(function* () {
      const harness = yield* start(2)
      yield* Effect.promise(async () => {
        const sockets = await Promise.all(Array.from({ length: 40 }, () => connect(harness)))
        await Promise.all(sockets.map((socket) => echoes(socket, "before")))
        let closed = 0
        for (const socket of sockets) socket.on("close", () => closed++)
        await end(harness, 0)
        await until(() => harness.workers.length === 3, "a new thread")
        await until(() => closed === 40 - harness.stats.read("conn.open"), "the dead thread's connections to end")
        const survivors = sockets.filter((socket) => !socket.destroyed && !socket.readableEnded)
        assert.isAbove(survivors.length, 0)
        assert.isBelow(harness.stats.read("conn.open"), 40)
        await Promise.all(sockets.filter((socket) => !socket.destroyed).map((socket) => echoes(socket, "after")))
        assert.strictEqual(
          harness.lines.filter((line) => line.includes("worker thread 0 ended unexpectedly")).length,
          1
        )
        // What the dead thread had open is ended in its name.
        const cut = harness.records.filter(({ _tag }) => _tag === "Aborted")
        assert.strictEqual(cut.length, 40 - survivors.length)
        for (const record of cut) {
          assert(record._tag === "Aborted")
          assert.strictEqual(record.reason, "thread_lost")
          assert.isAbove(record.nanos ?? 0, 0)
        }
        assert.strictEqual(new Set(cut.map(({ facts }) => facts?.id)).size, cut.length)
        const open = harness.stats.read("conn.open")
        const more = await Promise.all(Array.from({ length: 40 }, () => connect(harness)))
        await Promise.all(more.map((socket) => echoes(socket, "more")))
        assert.strictEqual(harness.stats.read("conn.open"), open + 40)
        assert.strictEqual(harness.stats.read("accept.total"), 80)
        for (const socket of [...sockets, ...more]) socket.destroy()
      })
    }).pipe(Effect.scoped)
  )

  it.live("serves a UNIX socket, also after a thread has died, and removes it when stopped", () =>
    Effect.gen(function* () {
      const directory = mkdtempSync(join(tmpdir(), "gt-plane-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(directory, { recursive: true })))
      const path = join(directory, "socket")
      const listen = { _tag: "Unix", text: `unix:${path}`, path } as const
      const harness = yield* start(2, (options) => ({ ...options, proxy: { ...options.proxy, listen } }))
      // Node's transport cannot share it.
      const threads = transport === "native" ? 2 : 1
      assert.strictEqual(harness.plane.workers, threads)
      if (transport !== "native") return
      yield* Effect.promise(async () => {
        await end(harness, 0)
        await until(() => harness.workers.length === 3, "a new thread")
        const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(harness)))
        await Promise.all(sockets.map((socket) => echoes(socket, "served")))
        for (const socket of sockets) socket.destroy()
      })
      yield* harness.plane.stop
      assert.isFalse(existsSync(path))
    }).pipe(Effect.scoped)
  )

  it.live("leaves the file of a socket alone that somebody else has bound since it stopped", () =>
    Effect.gen(function* () {
      const directory = mkdtempSync(join(tmpdir(), "gt-plane-"))
      yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(directory, { recursive: true })))
      const path = join(directory, "socket")
      const listen = { _tag: "Unix", text: `unix:${path}`, path } as const
      const harness = yield* start(2, (options) => ({ ...options, proxy: { ...options.proxy, listen } }))
      yield* Effect.promise(async () => {
        const socket = await connect(harness)
        await echoes(socket, "open")
      })
      yield* harness.plane.stop
      writeFileSync(path, "another's")
      for (let thread = 0; thread < harness.plane.workers; thread++) {
        yield* Effect.promise(() => end(harness, thread))
        assert.isTrue(existsSync(path))
      }
    }).pipe(Effect.scoped)
  )

  it.live("says that the last thread has died before anybody hears that it has drained", () =>
    Effect.gen(function* () {
      const harness = yield* start(1)
      const socket = yield* Effect.promise(() => connect(harness))
      yield* Effect.promise(() => echoes(socket, "open"))
      yield* harness.plane.stop
      const before = yield* Effect.forkChild(
        Effect.map(harness.plane.drained, () => ({ lines: harness.lines.length, last: harness.records.at(-1) })),
        { startImmediately: true }
      )
      yield* Effect.promise(() => end(harness, 0))
      const { last, lines } = yield* Fiber.join(before)
      assert.strictEqual(lines, 1)
      assert.match(harness.lines[0] ?? "", /worker thread 0 ended unexpectedly/)
      assert(last?._tag === "Aborted")
      assert.strictEqual(last.reason, "thread_lost")
    }).pipe(Effect.scoped)
  )

  it.live("limits connections over all threads and serves those who wait", () =>
    Effect.gen(function* () {
      const harness = yield* start(2, (options) => ({ ...options, maxConcurrentConnections: 3 }))
      yield* Effect.promise(async () => {
        const port = portOf(harness.plane.bound.address)
        const all = Array.from({ length: 20 }, () =>
          Tls.connect({ port, host: "127.0.0.1", ca: harness.ca.certPem, servername: "localhost" })
        )
        let most = 0
        const watch = setInterval(() => (most = Math.max(most, harness.stats.read("conn.open"))), 1)
        await Promise.all(
          all.map(async (socket) => {
            await once(socket, "secureConnect")
            await echoes(socket, "served")
            most = Math.max(most, harness.stats.read("conn.open"))
            socket.end()
            await once(socket, "close")
          })
        )
        clearInterval(watch)
        assert.isAtMost(most, 3)
        await until(() => harness.stats.read("conn.open") === 0, "every close")
        assert.strictEqual(harness.stats.read("accept.success"), 20)
      })
    }).pipe(Effect.scoped)
  )

  it.live("drains: refuses clients at once and waits for the open ones; cut ends the rest", () =>
    Effect.gen(function* () {
      const harness = yield* start(2)
      const [first, second] = yield* Effect.promise(() => Promise.all([connect(harness), connect(harness)]))
      assert(first !== undefined && second !== undefined)
      // With TLS 1.3 a client is connected before the server has dialled: only a reply says that bytes flow.
      yield* Effect.promise(() => Promise.all([echoes(first, "one"), echoes(second, "two")]))
      yield* harness.plane.stop
      const refused = yield* Effect.promise(() =>
        connect(harness).then(
          () => false,
          () => true
        )
      )
      assert.isTrue(refused)
      yield* Effect.promise(() => echoes(first, "still served"))
      const drained = yield* Effect.forkChild(harness.plane.drained, { startImmediately: true })
      first.end()
      yield* Effect.promise(() => once(first, "close"))
      assert.isUndefined(drained.pollUnsafe())
      const gone = once(second, "close")
      assert.strictEqual(yield* harness.plane.cut, 1)
      // Threads are not in order with each other: the first connection's record may be the last one.
      const last = harness.records.find(({ _tag }) => _tag === "Aborted")
      assert(last?._tag === "Aborted")
      assert.deepStrictEqual([last.reason, last.bytes], ["shutdown", { forwarded: 3, returned: 3 }])
      yield* Effect.promise(() => gone)
    }).pipe(Effect.scoped)
  )
})
