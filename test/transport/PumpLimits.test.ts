/** Timeouts of the pump, and what it leaves behind. */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { vi } from "vitest"
import { eventually } from "../support/Changes.ts"
import { disposeTestCas } from "../support/TestCa.ts"
import { readAll, readBytes, withTransport } from "./support/Harness.ts"
import { connected, patient, pumped, type TlsSide } from "./support/PumpStage.ts"
import { pass, passUntil, stopTime, turnUntil } from "./support/TestTime.ts"

afterAll(disposeTestCas)

const sides: ReadonlyArray<TlsSide> = ["accepted", "dialled", "none"]

for (const tls of sides) {
  describe(`a pump with TLS ${tls}`, () => {
    it.live("lets the other direction go on for as long as bytes flow", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { backend, client, outcome, told } = yield* pumped(tls, { closeTimeout: 500, lifetime: 0 })
          client.end()
          yield* readAll(backend)
          const reading = yield* Effect.forkChild(readAll(client), { startImmediately: true })
          for (let i = 1; i <= 10; i++) {
            backend.write("x")
            yield* turnUntil(() => told.returned === i)
            yield* pass(400)
          }
          backend.end()
          assert.strictEqual((yield* Fiber.join(reading)).length, 10)
          assert.deepInclude(yield* outcome, { returned: 10, timeouts: 0, failures: [], reason: "eof" })
        })
      )
    )

    it.live("counts a slow reader that drains as flow", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { backend, client, outcome } = yield* pumped(tls, { closeTimeout: 600, lifetime: 0 })
          const size = 24 << 20
          client.end()
          yield* readAll(backend)
          backend.end(Buffer.alloc(size))
          let seen = 0
          const began = performance.now()
          yield* Effect.callback<void>((resume) => {
            client.on("data", (chunk: Buffer) => {
              const before = Math.floor(seen / (2 << 20))
              seen += chunk.length
              if (Math.floor(seen / (2 << 20)) === before) return
              client.pause()
              void vi.advanceTimersByTimeAsync(80).then(() => client.resume())
            })
            client.once("end", () => resume(Effect.void))
          })
          assert.strictEqual(seen, size)
          assert.isAbove(performance.now() - began, 600)
          assert.deepInclude(yield* outcome, { returned: size, timeouts: 0, reason: "eof" })
        })
      )
    )

    it.live("cuts a reader that takes nothing", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { backend, client, pumping, accepted } = yield* pumped(tls, { closeTimeout: 150, lifetime: 0 })
          client.pause()
          client.end()
          backend.end(Buffer.alloc(64 << 20))
          const { failures, reason, timeouts } = yield* passUntil(pumping)
          assert.deepStrictEqual([reason, timeouts], ["close-timeout", 1])
          assert.deepInclude(failures[0], {
            source: "peer",
            message: `write tcp ${accepted.local.address}->${accepted.remote.address}: i/o timeout`
          })
        })
      )
    )

    for (const closeTimeout of [0, -1]) {
      it.live(`cuts the other direction at once with a close timeout of ${closeTimeout}`, () =>
        withTransport(
          Effect.gen(function* () {
            yield* stopTime
            const { backend, client, outcome } = yield* pumped(tls, { closeTimeout, lifetime: 0 })
            backend.end("answer")
            assert.strictEqual(String(yield* readAll(client)), "answer")
            // No time passes.
            assert.deepInclude(yield* outcome, { returned: 6, timeouts: 1, reason: "close-timeout" })
          })
        )
      )
    }

    it.live("cuts both directions when the lifetime is over, however busy they are", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { accepted, backend, client, dialled, pumping, told } = yield* pumped(tls, {
            closeTimeout: 10_000,
            lifetime: 500
          })
          const busy = setInterval(() => {
            client.write("x")
            backend.write("y")
          }, 5)
          const reading = yield* Effect.forkChild(Effect.all([readAll(client), readAll(backend)], { concurrency: 2 }), {
            startImmediately: true
          })
          yield* turnUntil(() => told.forwarded > 0 && told.returned > 0)
          yield* pass(499)
          assert.isUndefined(pumping.pollUnsafe())
          yield* pass(1)
          const { failures, forwarded, reason, timeouts } = yield* Fiber.join(pumping)
          clearInterval(busy)
          yield* Fiber.join(reading)
          assert.deepStrictEqual([reason, timeouts], ["lifetime", 2])
          assert.isAbove(forwarded, 0)
          assert.deepStrictEqual(
            failures.map(({ message, source }) => [source, message]),
            [
              ["peer", `read tcp ${accepted.local.address}->${accepted.remote.address}: i/o timeout`],
              ["backend", `read tcp ${dialled.local.address}->${dialled.remote.address}: i/o timeout`]
            ]
          )
        })
      )
    )

    it.live("counts only the open direction when the lifetime ends after a half-close", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { backend, client, pumping } = yield* pumped(tls, { closeTimeout: 10_000, lifetime: 200 })
          client.end()
          yield* readAll(backend)
          assert.deepInclude(yield* passUntil(pumping), { timeouts: 1, reason: "lifetime" })
          yield* readAll(client)
        })
      )
    )

    it.live("counts only what was written", () =>
      withTransport(
        Effect.gen(function* () {
          yield* stopTime
          const { backend, client, pumping, told } = yield* pumped(tls, { closeTimeout: 100, lifetime: 300 })
          client.pause()
          backend.write(Buffer.alloc(64 << 20))
          yield* turnUntil(() => told.returned > 0)
          const { returned } = yield* passUntil(pumping)
          const received = (yield* readAll(client)).length
          // A write the cut interrupted does not count, though the kernel may have taken part of it.
          assert.isAtLeast(returned, received - (1 << 20))
          assert.isBelow(returned, 64 << 20)
        })
      )
    )
  })
}

const openHandles = () => {
  const left = process.getActiveResourcesInfo().filter((name) => /TCPSocket|Pipe|TLS|Timeout/.test(name))
  return left.length
}

describe("interrupting a pump", () => {
  for (const tls of sides) {
    it.live(`leaves no handle and no timer open (TLS ${tls})`, () =>
      withTransport(
        Effect.gen(function* () {
          const before = openHandles()
          for (let i = 0; i < 5; i++) {
            const stage = yield* connected(tls)
            const limits = { ...patient, closeTimeout: 60_000, lifetime: 60_000 }
            const pumping = yield* Effect.forkChild(stage.transport.pump(stage.accepted, stage.dialled, limits), {
              startImmediately: true
            })
            stage.client.end("x")
            yield* readBytes(stage.backend, 1)
            yield* Fiber.interrupt(pumping)
            stage.client.destroy()
            stage.backend.destroy()
          }
          // Nothing of 5 connections with two timers and four sockets each.
          yield* Effect.promise(() =>
            eventually("handles to close", async () => openHandles() - before <= 5 || undefined)
          )
        })
      )
    )
  }
})
