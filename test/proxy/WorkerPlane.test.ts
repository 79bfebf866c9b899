import { once } from "node:events"
import * as Tls from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Result } from "effect"
import { pemKey } from "../../src/credentials/TlsMaterial.ts"
import { connect, echoes, end, portOf, start, until, use } from "./PlaneHarness.ts"

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
      yield* use(harness.plane, {
        generation: 2,
        identity: { chainPem: next.chainPem, key: pemKey(next.keyPem) },
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
        use(harness.plane, {
          generation: 2,
          identity: { chainPem: other.chainPem, key: pemKey(harness.identity.keyPem) },
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
      yield* Effect.promise(() => until(() => harness.threads.threads().replaced === 1, "a new thread"))
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
