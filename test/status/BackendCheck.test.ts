import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Fiber, Layer, Result } from "effect"
import type { TcpAddress } from "../../src/config/Address.ts"
import { BackendCheck } from "../../src/status/BackendCheck.ts"
import { ConnectionFailure } from "../../src/transport/ConnectionFailure.ts"
import { type DialOptions, type Stream, Transport } from "../../src/transport/Transport.ts"

const target: TcpAddress = { _tag: "Tcp", text: "127.0.0.1:2", host: "127.0.0.1", port: 2 }
const connectTimeout = Duration.seconds(10)

/** A transport that can only dial, and remembers what it was asked and how often a stream was closed. */
const fakeTransport = (dial: Effect.Effect<void, ConnectionFailure>) => {
  const asked: Array<DialOptions> = []
  let closed = 0
  const stream: Stream = {
    remote: { network: "tcp", address: "127.0.0.1:2" },
    local: { network: "tcp", address: "127.0.0.1:3" },
    tls: undefined,
    prefix: () => Effect.void,
    close: () => {
      closed += 1
    },
    reset: () => assert.fail("a check closes what it has dialled")
  }
  const layer = Layer.mock(Transport, {
    name: "node",
    verification: { by: "paths" },
    slept: () => 0,
    dial: (options) => {
      asked.push(options)
      return Effect.as(dial, stream)
    }
  })
  return { layer, asked, closed: () => closed }
}

const check = Effect.flatMap(BackendCheck, (service) => service.check)

describe("BackendCheck", () => {
  it.effect("connects and closes at once, anew every time", () => {
    const transport = fakeTransport(Effect.void)
    return Effect.gen(function* () {
      const before = performance.now()
      assert.isTrue(Result.isSuccess(yield* check))
      const after = performance.now()
      assert.isTrue(Result.isSuccess(yield* check))
      assert.strictEqual(transport.asked.length, 2)
      assert.strictEqual(transport.closed(), 2)
      const [first] = transport.asked
      assert.strictEqual(first?.target, target)
      assert.isUndefined(first?.tls)
      assert.isAtLeast(first?.deadline ?? 0, before + 10_000)
      assert.isAtMost(first?.deadline ?? 0, after + 10_000)
    }).pipe(Effect.provide(BackendCheck.layerConnect({ target, connectTimeout }).pipe(Layer.provide(transport.layer))))
  })

  it.effect("passes the reason on", () => {
    const message = "dial tcp 127.0.0.1:2: connect: connection refused"
    const transport = fakeTransport(
      Effect.fail(ConnectionFailure.DialFailed({ source: "backend", reason: "connect_refused", message }))
    )
    return Effect.gen(function* () {
      assert.deepStrictEqual(yield* check, Result.fail(message))
    }).pipe(Effect.provide(BackendCheck.layerConnect({ target, connectTimeout }).pipe(Layer.provide(transport.layer))))
  })

  it.effect("goes the whole way with the TLS of that moment", () => {
    const transport = fakeTransport(Effect.void)
    let generation = 0
    const tls = () => {
      generation += 1
      const judge = () => ({ _tag: "Admitted" as const, by: "" })
      return { context: { generation }, serverName: "x", judge }
    }
    return Effect.gen(function* () {
      yield* check
      yield* check
      assert.deepStrictEqual(
        transport.asked.map((options) => [options.tls?.context.generation, options.tls?.serverName]),
        [
          [1, "x"],
          [2, "x"]
        ]
      )
    }).pipe(Effect.provide(BackendCheck.layerTls({ target, connectTimeout, tls }).pipe(Layer.provide(transport.layer))))
  })

  it.effect("is given up by interruption", () =>
    Effect.gen(function* () {
      const interrupted = yield* Deferred.make<void>()
      const transport = fakeTransport(Effect.onInterrupt(Effect.never, () => Deferred.succeed(interrupted, undefined)))
      const layer = BackendCheck.layerConnect({ target, connectTimeout }).pipe(Layer.provide(transport.layer))
      const fiber = yield* Effect.forkChild(Effect.provide(check, layer), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      yield* Deferred.await(interrupted)
      assert.strictEqual(transport.closed(), 0)
    })
  )
})
