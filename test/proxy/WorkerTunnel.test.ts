/** One tunnel over threads that the test plays. */
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result, Schema, Semaphore } from "effect"
import { ServerConfig } from "../../src/config/TunnelConfig.ts"
import type { TlsMaterial } from "../../src/credentials/TlsMaterial.ts"
import { ConnectionStats } from "../../src/metrics/ConnectionStats.ts"
import { planOf } from "../../src/proxy/Plan.ts"
import { ThreadEnded } from "../../src/proxy/ThreadPort.ts"
import type { Request } from "../../src/proxy/WorkerProtocol.ts"
import type { WorkerThread } from "../../src/proxy/WorkerThread.ts"
import * as WorkerTunnel from "../../src/proxy/WorkerTunnel.ts"

const material = (generation: number): TlsMaterial => ({
  ...{ generation, identity: undefined, subject: "", trustAnchors: [] }
})

/** A thread that answers as it is told and notes what it was asked. */
class PlayedThread {
  answer: "Prepared" | "Refused" | "ended" = "Prepared"
  readonly asked: Array<string> = []
  /** Generation that it binds or commits. */
  inUse = 0

  readonly thread: WorkerThread = {
    ask: (request, reply) => Effect.map(this.#reply(request), Schema.decodeUnknownSync(reply)),
    converse: (request) =>
      Effect.map(
        Effect.addFinalizer(() => Effect.sync(() => void this.asked.push("closed"))),
        () => ({
          next: (schema) => Effect.map(this.#reply(request), Schema.decodeUnknownSync(schema)),
          say: () => Effect.sync(() => this.#commit(request))
        })
      ),
    follow: () => {},
    abandon: () => {},
    hasEnded: () => this.answer === "ended",
    ended: Effect.never,
    leave: Effect.void,
    profiled: { label: "", startCpu: () => Promise.reject(), ask: () => Promise.reject() }
  }

  #committed = false

  #reply(request: Request): Effect.Effect<unknown, ThreadEnded> {
    return Effect.suspend(() => this.#answer(request))
  }

  #answer(request: Request): Effect.Effect<unknown, ThreadEnded> {
    this.asked.push(request._tag)
    if (this.answer === "ended" && request._tag !== "Add") return Effect.fail(new ThreadEnded({ why: "it died" }))
    if (request._tag === "Add") {
      this.inUse = request.material.generation
      const bound = { network: "tcp", address: "127.0.0.1:1" }
      return Effect.succeed({ _tag: "Bound", bound, file: undefined, shareableFd: undefined })
    }
    if (request._tag !== "Prepare" || this.#committed) return Effect.succeed({ _tag: "Done" })
    return Effect.succeed({ _tag: this.answer, message: "not by this thread" })
  }

  #commit(request: Request): void {
    if (this.answer === "ended") return
    this.asked.push("Commit")
    this.#committed = true
    if (request._tag === "Prepare") this.inUse = request.material.generation
  }
}

/** A tunnel that is bound on three threads. */
const bound = Effect.gen(function* () {
  const config = yield* Schema.decodeEffect(ServerConfig)({
    listen: "127.0.0.1:1",
    target: "127.0.0.1:2",
    credentials: { _tag: "KeyPair", certificatePath: "unread", keyPath: "unread" },
    access: { _tag: "AnyVerified" }
  })
  const threads = [new PlayedThread(), new PlayedThread(), new PlayedThread()]
  const changing = yield* Semaphore.make(1)
  const tunnel = WorkerTunnel.make(
    {
      name: "tunnel",
      proxy: yield* Effect.fromResult(planOf(config)),
      material: material(1),
      maxConcurrentConnections: 0,
      record: () => {},
      interest: { pipes: false, facts: false }
    },
    {
      options: { transport: "native", duplicate: (fd) => Result.succeed(fd) },
      stats: yield* ConnectionStats,
      log: { line: () => {} },
      count: threads.length,
      threadOf: (number) => Result.fromNullishOr(threads[number]?.thread, () => "no such thread"),
      changing
    }
  )
  yield* tunnel.bind
  for (const { asked } of threads) asked.splice(0)
  return { threads, tunnel, changing }
})

const provided = Effect.provide(ConnectionStats.layerNone)

describe("a tunnel over worker threads", () => {
  for (const failing of [0, 1, 2]) {
    it.effect(`commits on no thread if one refuses (thread ${failing})`, () =>
      Effect.gen(function* () {
        const { changing, threads, tunnel } = yield* bound
        const refusing = threads[failing]
        assert(refusing !== undefined)
        refusing.answer = "Refused"
        const change = Effect.scoped(Effect.flatMap(tunnel.plane.prepare(material(2)), ({ commit }) => commit))
        assert.strictEqual((yield* Effect.flip(change)).message, "not by this thread")
        assert.deepStrictEqual(
          threads.map(({ inUse }) => inUse),
          [1, 1, 1]
        )
        for (const { asked } of threads) assert.notInclude(asked, "Commit")
        // A thread that takes another's place begins with the old generation, and nothing is held up.
        const next = new PlayedThread()
        yield* changing.withPermits(1)(tunnel.rebind(0, next.thread))
        assert.strictEqual(next.inUse, 1)
      }).pipe(Effect.scoped, provided)
    )
  }

  it.effect("commits on every thread that lives, and on those that come later", () =>
    Effect.gen(function* () {
      const { threads, tunnel } = yield* bound
      const dead = threads[1]
      assert(dead !== undefined)
      dead.answer = "ended"
      yield* Effect.scoped(Effect.flatMap(tunnel.plane.prepare(material(2)), ({ commit }) => commit))
      assert.deepStrictEqual(
        threads.map(({ inUse }) => inUse),
        [2, 1, 2]
      )
      const next = new PlayedThread()
      yield* tunnel.rebind(1, next.thread)
      assert.strictEqual(next.inUse, 2)
    }).pipe(Effect.scoped, provided)
  )
})
