import { createHash, randomBytes } from "node:crypto"
import type { Socket } from "node:net"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { disposeTestCas } from "../support/TestCa.ts"
import { readAll, readBytes, withTransport } from "./support/Harness.ts"
import { connected, patient, pumped, type TlsSide } from "./support/PumpStage.ts"

afterAll(disposeTestCas)

const sides: ReadonlyArray<TlsSide> = ["accepted", "dialled", "none"]

const hash = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex")

const writeAll = (socket: Socket, bytes: Uint8Array) =>
  Effect.callback<void>((resume) => {
    socket.end(bytes, () => resume(Effect.void))
  })

for (const tls of sides) {
  describe(`a pump with TLS ${tls}`, () => {
    it.live("carries 8 MiB both ways at once, byte for byte", () =>
      withTransport(
        Effect.gen(function* () {
          const { backend, client, outcome } = yield* pumped(tls)
          const up = randomBytes(8 << 20)
          const down = randomBytes(8 << 20)
          const [atBackend, atClient] = yield* Effect.all(
            [readAll(backend), readAll(client), writeAll(client, up), writeAll(backend, down)],
            { concurrency: "unbounded" }
          )
          assert.strictEqual(hash(atBackend), hash(up))
          assert.strictEqual(hash(atClient), hash(down))
          assert.deepStrictEqual(yield* outcome, {
            forwarded: up.length,
            returned: down.length,
            timeouts: 0,
            failures: [],
            reason: "eof"
          })
        })
      )
    )

    it.live("passes on a half-close of the client and goes on the other way", () =>
      withTransport(
        Effect.gen(function* () {
          const { backend, client, outcome } = yield* pumped(tls)
          client.end("question")
          assert.strictEqual(String(yield* readAll(backend)), "question")
          backend.end("answer")
          assert.strictEqual(String(yield* readAll(client)), "answer")
          assert.deepInclude(yield* outcome, { forwarded: 8, returned: 6, timeouts: 0, reason: "eof" })
        })
      )
    )

    it.live("passes on a half-close of the backend and goes on the other way", () =>
      withTransport(
        Effect.gen(function* () {
          const { backend, client, outcome } = yield* pumped(tls)
          backend.end("answer")
          assert.strictEqual(String(yield* readAll(client)), "answer")
          client.end("question")
          assert.strictEqual(String(yield* readAll(backend)), "question")
          assert.deepInclude(yield* outcome, { forwarded: 8, returned: 6, timeouts: 0, reason: "eof" })
        })
      )
    )

    it.live("starts with peers that have said everything and left already", () =>
      withTransport(
        Effect.gen(function* () {
          const { accepted, backend, client, dialled, transport } = yield* connected(tls)
          client.end("question")
          backend.end("answer")
          yield* Effect.sleep(50)
          const pumping = yield* Effect.forkChild(transport.pump(accepted, dialled, patient), {
            startImmediately: true
          })
          assert.strictEqual(String(yield* readAll(backend)), "question")
          assert.strictEqual(String(yield* readAll(client)), "answer")
          assert.deepInclude(yield* Fiber.join(pumping), { forwarded: 8, returned: 6, timeouts: 0, reason: "eof" })
        })
      )
    )

    it.live("holds no more than its buffers for a reader that never reads", () =>
      withTransport(
        Effect.gen(function* () {
          for (const [from, to] of [
            ["client", "backend"],
            ["backend", "client"]
          ] as const) {
            const stage = yield* pumped(tls)
            stage[to].pause()
            const writer = stage[from]
            const chunk = Buffer.alloc(1 << 20)
            let accepted = 0
            const stuck = Effect.callback<void>((resume) => {
              let idle = setTimeout(() => resume(Effect.void), 300)
              const more = () => {
                writer.write(chunk, () => {
                  accepted += chunk.length
                  clearTimeout(idle)
                  idle = setTimeout(() => resume(Effect.void), 300)
                  if (accepted < 512 << 20) more()
                })
              }
              more()
            })
            yield* stuck
            // The kernel's socket buffers on both legs take some megabytes; nobody takes half a gigabyte.
            assert.isBelow(accepted, 64 << 20)
            stage.accepted.close()
            stage.dialled.close()
            yield* Fiber.interrupt(stage.pumping)
          }
        })
      )
    )

    it.live("delivers what the client sent together with its handshake", () =>
      withTransport(
        Effect.gen(function* () {
          const { accepted, backend, client, dialled, transport } = yield* connected(tls)
          const bytes = randomBytes(300_000)
          client.write(bytes)
          yield* Effect.sleep(50)
          yield* Effect.forkChild(transport.pump(accepted, dialled, patient), { startImmediately: true })
          assert.strictEqual(hash(yield* readBytes(backend, bytes.length)), hash(bytes))
        })
      )
    )

    it.live("sends a prefix first and does not count it", () =>
      withTransport(
        Effect.gen(function* () {
          const { accepted, backend, client, dialled, transport } = yield* connected(tls)
          client.end("question")
          yield* dialled.prefix(Buffer.from("PROXY "))
          const pumping = yield* Effect.forkChild(transport.pump(accepted, dialled, patient), {
            startImmediately: true
          })
          assert.strictEqual(String(yield* readAll(backend)), "PROXY question")
          backend.end()
          assert.deepInclude(yield* Fiber.join(pumping), { forwarded: 8, returned: 0, reason: "eof" })
        })
      )
    )

    it.live("cuts both sides at once when interrupted", () =>
      withTransport(
        Effect.gen(function* () {
          const { backend, client, pumping } = yield* pumped(tls)
          client.write("x")
          yield* readBytes(backend, 1)
          yield* Fiber.interrupt(pumping)
          yield* readAll(client)
          yield* readAll(backend)
          assert.isTrue(client.readableEnded || client.destroyed)
          assert.isTrue(backend.readableEnded || backend.destroyed)
        })
      )
    )
  })
}

describe("a pump", () => {
  it.live("dies of a stream that is not its own", () =>
    withTransport(
      Effect.gen(function* () {
        const { accepted, transport } = yield* connected("none")
        const foreign = { ...accepted, prefix: accepted.prefix, close: accepted.close }
        const exit = yield* Effect.exit(transport.pump(accepted, foreign, patient))
        assert.strictEqual(exit._tag, "Failure")
        assert.include(String(exit), "another transport")
        accepted.close()
      })
    )
  )
})
