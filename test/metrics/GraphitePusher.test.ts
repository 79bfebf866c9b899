import type { Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { parse } from "../../src/config/Address.ts"
import * as GraphitePusher from "../../src/metrics/GraphitePusher.ts"
import { Metrics } from "../../src/metrics/Metrics.ts"
import { eventually } from "../support/Changes.ts"
import { bindable, freePort, releasePort } from "../support/Ports.ts"
import { type Receiver, receive } from "./Receiver.ts"

const page = "a.b.count 1 2\nc.d.value 3 4\n"

const metrics = (text: string) =>
  Layer.succeed(Metrics, {
    report: () => {
      throw new Error("only the lines are pushed")
    },
    json: () => "",
    prometheus: () => "",
    graphite: () => text
  })

const receiver = (use: Parameters<typeof receive>[0] = () => {}) =>
  Effect.acquireRelease(
    Effect.promise(() => receive(use)),
    (it) => Effect.promise(it.close)
  )

const until = (it: Receiver, what: string, condition: () => boolean) => Effect.promise(() => it.until(what, condition))

/** Starts a pusher to `port` and collects its log lines. */
const start = Effect.fnUntraced(function* (port: number, text = page) {
  const lines: Array<string> = []
  const address = parse(`127.0.0.1:${port}`)
  if (address._tag === "Failure" || address.success._tag !== "Tcp") throw new Error("no address")
  const layer = GraphitePusher.layer({ address: address.success, log: (line) => void lines.push(line) })
  const scope = yield* Effect.scope
  yield* Layer.buildWithScope(Layer.provide(layer, metrics(text)), scope)
  return lines
})

describe("GraphitePusher", () => {
  it.effect("opens a connection every second, writes all lines and closes it", () =>
    Effect.gen(function* () {
      const there = yield* receiver()
      const lines = yield* start(there.port)
      yield* TestClock.adjust("999 millis")
      assert.strictEqual(there.received.length, 0)
      for (let n = 1; n <= 3; n++) {
        yield* TestClock.adjust("1 second")
        yield* until(there, "the end", () => there.ended[n - 1] === true)
      }
      assert.deepStrictEqual(there.received, [page, page, page])
      assert.deepStrictEqual(lines, [])
    })
  )

  it.effect("ignores a reply and does not wait for one", () =>
    Effect.gen(function* () {
      const there = yield* receiver((socket) => void socket.write("x".repeat(100_000)))
      const lines = yield* start(there.port)
      for (let n = 1; n <= 3; n++) {
        yield* TestClock.adjust("1 second")
        yield* until(there, "the lines", () => there.received[n - 1] === page)
      }
      assert.deepStrictEqual(lines, [])
    })
  )

  it.effect("logs once that the receiver is down, and once that it is back", () =>
    Effect.gen(function* () {
      const port = yield* Effect.acquireRelease(Effect.promise(freePort), (it) => Effect.sync(() => releasePort(it)))
      assert.isTrue(yield* Effect.promise(() => bindable(port, "127.0.0.1")))
      const lines = yield* start(port)
      const settle = Effect.promise(() => new Promise((resolve) => setTimeout(resolve, 100)))
      for (let n = 0; n < 3; n++) {
        yield* TestClock.adjust("1 second")
        if (n === 0) yield* Effect.promise(() => eventually("a line", async () => lines.length > 0 || undefined))
        yield* settle
      }
      assert.deepStrictEqual(lines, [
        `error reporting metrics: dial tcp 127.0.0.1:${port}: connect: connection refused`
      ])
    })
  )

  it.effect("gives up after five seconds when the receiver does not read", () =>
    Effect.gen(function* () {
      const there = yield* receiver((socket) => void socket.pause())
      const lines = yield* start(there.port, "x".repeat(32 << 20))
      yield* TestClock.adjust("1 second")
      yield* until(there, "a connection", () => there.received.length === 1)
      yield* TestClock.adjust("4 seconds")
      assert.deepStrictEqual(lines, [])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(lines, [`error reporting metrics: dial tcp 127.0.0.1:${there.port}: i/o timeout`])
      yield* TestClock.adjust("1 second")
      yield* until(there, "the next one", () => there.received.length === 2)
    })
  )

  it.effect("closes its connection when its scope closes", () =>
    Effect.gen(function* () {
      const sockets: Array<Socket> = []
      const there = yield* receiver((socket) => {
        if (sockets.length === 0) sockets.push(socket.pause())
      })
      const scope = yield* Scope.make()
      yield* start(there.port, "x".repeat(32 << 20)).pipe(Scope.provide(scope))
      yield* TestClock.adjust("1 second")
      yield* until(there, "a connection", () => sockets.length > 0)
      yield* Scope.close(scope, Exit.void)
      for (const socket of sockets) socket.resume()
      yield* until(there, "its end", () => there.open() === 0)
      assert.isBelow(there.received[0]?.length ?? 0, 32 << 20)
    })
  )
})
