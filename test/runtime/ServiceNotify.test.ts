import { spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, SubscriptionRef } from "effect"
import fc from "fast-check"
import { Native } from "../../src/runtime/Native.ts"
import { datagrams, monotonicMicros, observed, ServiceNotify } from "../../src/runtime/ServiceNotify.ts"
import { Status } from "../../src/status/Status.ts"
import { needing } from "../support/Installed.ts"
import { DatagramReceiver } from "./support/Sockets.ts"

const facts = { mode: "server", listen: "localhost:8443", target: "unix:/run/x" } as const
const tail = "server proxying localhost:8443 => unix:/run/x"

describe("the datagrams", () => {
  it("has the Go program's bytes", () => {
    const at = () => 42n
    const state = { listening: true, reloading: false, stopping: false }
    assert.deepStrictEqual(datagrams(state, facts, at), ["READY=1", `STATUS=listening | ${tail}`])
    assert.deepStrictEqual(datagrams({ ...state, reloading: true }, facts, at), [
      "RELOADING=1\nMONOTONIC_USEC=42",
      `STATUS=reloading | ${tail}`
    ])
    assert.deepStrictEqual(datagrams({ ...state, reloading: true, stopping: true }, facts, at), [
      "STOPPING=1",
      `STATUS=stopping | ${tail}`
    ])
    assert.deepStrictEqual(datagrams({ ...state, listening: false }, facts, at), [])
  })

  it("counts time as systemd does", () => {
    const uptime = Number(process.hrtime.bigint() / 1000n)
    const seconds = Number(spawnSync("cut", ["-d ", "-f1", "/proc/uptime"], { encoding: "utf8" }).stdout)
    assert.isTrue(Math.abs(Number(monotonicMicros()) - uptime) < 1e6)
    // Boot time runs on while the machine sleeps; this one does not.
    assert.isTrue(Math.abs(uptime / 1e6 - seconds) < 60, `${uptime} ${seconds}`)
  })
})

const telling = (socket: string, native: Layer.Layer<Native>) =>
  Layer.effect(
    Status,
    Effect.flatMap(Status, (status) => observed(status, facts))
  ).pipe(
    Layer.provide(Status.layer),
    Layer.provideMerge(
      ServiceNotify.layer({ NOTIFY_SOCKET: socket, PATH: process.env.PATH }).pipe(Layer.provide(native))
    )
  )

const story = Effect.gen(function* () {
  const status = yield* Status
  const notify = yield* ServiceNotify
  yield* status.listening
  yield* status.reloading
  yield* status.reloaded
  yield* status.reloading
  yield* status.stopping
  yield* status.stopping
  yield* status.reloaded
  yield* status.reloading
  yield* notify.send(() => ["WATCHDOG=1"])
  assert.isTrue(SubscriptionRef.getUnsafe(status.state).stopping)
})

const told = [
  "READY=1",
  `STATUS=listening | ${tail}`,
  "RELOADING=1\nMONOTONIC_USEC=T",
  `STATUS=reloading | ${tail}`,
  "READY=1",
  `STATUS=listening | ${tail}`,
  "RELOADING=1\nMONOTONIC_USEC=T",
  `STATUS=reloading | ${tail}`,
  "STOPPING=1",
  `STATUS=stopping | ${tail}`,
  "WATCHDOG=1"
]
const withoutTime = (all: ReadonlyArray<string>) => all.map((text) => text.replace(/USEC=\d+$/, "USEC=T"))

describe("ServiceNotify", () => {
  for (const path of [`/tmp/gt-notify-${process.pid}`, `@gt-notify-${process.pid}`]) {
    it.effect(`sends every change in order, and nothing after STOPPING, to ${path}`, () =>
      Effect.gen(function* () {
        const receiver = new DatagramReceiver(path)
        yield* Effect.provide(story, telling(path, Native.layer))
        // Each change was told before it completed: nothing is under way.
        assert.deepStrictEqual(withoutTime(receiver.drain()), told)
        receiver.close()
      })
    )
  }

  const notifier = needing("systemd-notify")
  it.live.skipIf(notifier.skip)(`spawns systemd-notify where libc cannot be called${notifier.reason}`, () =>
    Effect.gen(function* () {
      const receiver = new DatagramReceiver(`/tmp/gt-spawned-${process.pid}`)
      const seen: Array<string> = []
      // systemd-notify waits until it has been read, as the manager does.
      const reading = setInterval(() => seen.push(...receiver.drain()), 5)
      yield* Effect.provide(story, telling(receiver.path, Native.layerNull))
      clearInterval(reading)
      const all = [...seen, ...receiver.drain()].filter((text) => !text.startsWith("BARRIER="))
      assert.deepStrictEqual(withoutTime(all), told)
      receiver.close()
    })
  )

  it.live("does not mind a missing or a full socket", () =>
    Effect.gen(function* () {
      for (const native of [Native.layer, Native.layerNull]) {
        yield* Effect.provide(story, telling("/nonexistent/notify", native))
      }
      yield* Effect.provide(story, telling("", Native.layer))
    })
  )

  it("sends STOPPING once and last, in any sequence of changes", () => {
    const moves = ["listening", "reloading", "reloaded", "stopping"] as const
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves)), (order) => {
        const sent: Array<string> = []
        const recorder = Layer.succeed(ServiceNotify, {
          send: (all) => Effect.sync(() => void sent.push(...all()))
        })
        const run = Effect.gen(function* () {
          const status = yield* observed(yield* Status, facts)
          for (const move of order) yield* status[move]
        })
        Effect.runSync(Effect.provide(run, Layer.merge(Status.layer, recorder)))
        const stop = sent.indexOf("STOPPING=1")
        assert.strictEqual(stop, order.includes("stopping") ? sent.length - 2 : -1)
      })
    )
  })
})
