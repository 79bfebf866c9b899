import { assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Queue } from "effect"
import { pemKey, type TlsMaterial } from "../../src/credentials/TlsMaterial.ts"
import { makeReloading } from "../../src/process/Reloading.ts"
import { Lifecycle, type ReloadRequest } from "../../src/runtime/Lifecycle.ts"

const material: TlsMaterial = {
  generation: 2,
  identity: { chainPem: "", key: pemKey("") },
  subject: "CN=second",
  trustAnchors: []
}
const failed = (message: string) => Effect.fail({ message })
const loaded = ["loaded certificate: CN=second", "reloading configuration complete"]
const refused = (why: string) => [`error reloading TLS configuration: ${why}`, "reloading configuration complete"]
const changed = "certificate files have changed, reloading TLS configuration"

/** The loop, and a way to put one request to it: what it said and did then. */
const reloading = Effect.gen(function* () {
  const { reloads } = yield* Lifecycle
  const said: Array<string> = []
  const told: Array<string> = []
  let load: Effect.Effect<TlsMaterial, { readonly message: string }> = Effect.succeed(material)
  const { hasFailed, loop, reload } = makeReloading({
    tunnels: [
      {
        name: "tunnel",
        load: Effect.suspend(() => load),
        expiry: (taken) => Effect.sync(() => void told.push(`watches ${taken.subject}`)),
        certificateStatus: { failed: (why) => void told.push(why), reloaded: () => void told.push("new material") }
      }
    ],
    reloads,
    status: {
      reloading: Effect.sync(() => void told.push("begins")),
      reloaded: Effect.sync(() => void told.push("ends"))
    },
    log: (_event, line) => void said.push(line)
  })
  yield* Effect.forkChild(loop, { startImmediately: true })
  const ask = Effect.fnUntraced(function* (_tag: Exclude<ReloadRequest["_tag"], "Signal">, next: typeof load) {
    load = next
    yield* Queue.offer(reloads, { _tag })
    // More turns than one request takes; nothing in it waits.
    for (let turn = 0; turn < 20; turn++) yield* Effect.yieldNow
    return { hasFailed: hasFailed(), said: said.splice(0), told: told.splice(0) }
  })
  return { ask, reload }
}).pipe(Effect.provide(Lifecycle.layerManual))

describe("reloading", () => {
  it.effect("logs the result and updates status and metrics", () =>
    Effect.gen(function* () {
      const { ask, reload } = yield* reloading
      const good = { hasFailed: false, said: loaded, told: ["begins", "new material", "watches CN=second", "ends"] }
      assert.deepStrictEqual(yield* ask("Timer", Effect.succeed(material)), good)
      const bad = { hasFailed: true, said: [changed, ...refused("no")], told: ["begins", "no", "ends"] }
      assert.deepStrictEqual(yield* ask("FilesChanged", failed("no")), bad)
      assert.isFalse(yield* reload)
    })
  )

  it.effect("logs a retry only when its result differs", () =>
    Effect.gen(function* () {
      const { ask } = yield* reloading
      yield* ask("FilesChanged", failed("no key"))
      const silent = { hasFailed: true, said: [], told: ["begins", "no key", "ends"] }
      assert.deepStrictEqual(yield* ask("Retry", failed("no key")), silent)
      assert.deepStrictEqual((yield* ask("Retry", failed("wrong key"))).said, refused("wrong key"))
      assert.deepStrictEqual((yield* ask("Retry", failed("wrong key"))).said, [])
      // Any request other than a retry is logged.
      assert.deepStrictEqual((yield* ask("Timer", failed("wrong key"))).said, refused("wrong key"))
      const good = { hasFailed: false, said: loaded, told: ["begins", "new material", "watches CN=second", "ends"] }
      assert.deepStrictEqual(yield* ask("Retry", Effect.succeed(material)), good)
    })
  )

  it.effect("retries nothing that has succeeded meanwhile", () =>
    Effect.gen(function* () {
      const { ask } = yield* reloading
      const nothing = { hasFailed: false, said: [], told: [] }
      assert.deepStrictEqual(yield* ask("Retry", Effect.succeed(material)), nothing)
    })
  )

  it.effect("has ended when it is interrupted", () =>
    Effect.gen(function* () {
      const told: Array<string> = []
      const { reload } = makeReloading({
        tunnels: [{ name: "tunnel", load: Effect.never, expiry: () => Effect.void, certificateStatus: undefined }],
        reloads: (yield* Lifecycle).reloads,
        status: {
          reloading: Effect.sync(() => void told.push("begins")),
          reloaded: Effect.sync(() => void told.push("ends"))
        },
        log: () => {}
      })
      const fiber = yield* Effect.forkChild(reload, { startImmediately: true })
      assert.deepStrictEqual(told, ["begins"])
      yield* Fiber.interrupt(fiber)
      assert.deepStrictEqual(told, ["begins", "ends"])
    }).pipe(Effect.provide(Lifecycle.layerManual))
  )

  it.effect("takes a defect for a failure, and goes on", () =>
    Effect.gen(function* () {
      const { ask } = yield* reloading
      const why = "internal error: TypeError: a flaw of ours"
      const bad = { hasFailed: true, said: refused(why), told: ["begins", why, "ends"] }
      assert.deepStrictEqual(yield* ask("Timer", Effect.die(new TypeError("a flaw of ours"))), bad)
      // A thread that ends during the update looks like an interruption.
      assert.isTrue((yield* ask("Timer", Effect.interrupt)).hasFailed)
      assert.deepStrictEqual((yield* ask("Timer", Effect.succeed(material))).said, loaded)
    })
  )

  it.effect("names the tunnel where there are several, and retries only what has failed", () =>
    Effect.gen(function* () {
      const { reloads } = yield* Lifecycle
      const said: Array<string> = []
      const loads: Array<string> = []
      const tunnel = (name: string, result: Effect.Effect<TlsMaterial, { readonly message: string }>) => ({
        name,
        load: Effect.andThen(
          Effect.sync(() => loads.push(name)),
          result
        ),
        expiry: () => Effect.void,
        certificateStatus: undefined
      })
      const { loop, reload } = makeReloading({
        tunnels: [tunnel("good", Effect.succeed(material)), tunnel("bad", failed("no key"))],
        reloads,
        status: { reloading: Effect.void, reloaded: Effect.void },
        log: (_event, line) => void said.push(line)
      })
      assert.isFalse(yield* reload)
      assert.deepStrictEqual(said.splice(0), [
        "loaded certificate of good: CN=second",
        "error reloading TLS configuration of bad: no key",
        "reloading configuration complete"
      ])
      assert.deepStrictEqual(loads.splice(0), ["good", "bad"])
      yield* Queue.offer(reloads, { _tag: "Retry" })
      yield* Effect.forkChild(loop, { startImmediately: true })
      assert.deepStrictEqual([loads, said], [["bad"], []])
    }).pipe(Effect.provide(Lifecycle.layerManual))
  )
})
