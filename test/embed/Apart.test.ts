/** Tunnels of one process that are composed in one layer, as a program with many of them does it. */
import { once } from "node:events"
import { mkdtempSync, readdirSync, rmSync } from "node:fs"
import * as Net from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Logger, Schema, Scope } from "effect"
import { layerServer, ServerConfig, Tunnel } from "../../src/index.ts"
import { eventually } from "../support/Changes.ts"
import { makeCa } from "../support/TestCa.ts"

class First extends Context.Service<First, Tunnel["Service"]>()("test/First") {}
class Second extends Context.Service<Second, Tunnel["Service"]>()("test/Second") {}

/** A server's configuration, with a status port that may be asked to shut it down. */
const configure = Effect.fnUntraced(function* (workers: number, listen: string) {
  const ca = yield* Effect.promise(() => makeCa("embedding"))
  const identity = yield* Effect.promise(() => ca.issue({ cn: "server", dns: ["localhost"], eku: "server" }))
  return yield* Schema.decodeEffect(ServerConfig)({
    listen,
    target: "127.0.0.1:1",
    credentials: { _tag: "KeyPair", certificatePath: identity.certPath, keyPath: identity.keyPath },
    caBundlePath: ca.certPath,
    access: { _tag: "AnyVerified" },
    workers,
    status: { address: "127.0.0.1:0", https: false, enableShutdown: true }
  })
})

const portOf = (name: { readonly address: string } | undefined): number => Number(name?.address.split(":").at(-1))

/** What its status port says: the message, and how many connections it has seen. */
const asked = async (tunnel: Tunnel["Service"]) => {
  const at = `http://127.0.0.1:${portOf(tunnel.statusBound)}`
  const status: { readonly message: string } = JSON.parse(await (await fetch(`${at}/_status`)).text())
  const text = await (await fetch(`${at}/_metrics/prometheus`)).text()
  return { message: status.message, accepted: Number(/^ghostunnel_accept_total (\d+)$/m.exec(text)?.[1]) }
}

/** Connects, says nothing and leaves. */
const visit = async (tunnel: Tunnel["Service"]): Promise<void> => {
  const socket = Net.connect(portOf(tunnel.bound), "127.0.0.1").on("error", () => {})
  await once(socket, "connect")
  socket.destroy()
}

describe("embedding", () => {
  for (const workers of [0, 1]) {
    it.live(`keeps tunnels of one layer apart (workers: ${workers})`, () =>
      Effect.gen(function* () {
        const [one, other] = [yield* configure(workers, "127.0.0.1:0"), yield* configure(workers, "127.0.0.1:0")]
        const both = Layer.mergeAll(
          Layer.effect(First, Tunnel).pipe(Layer.provide(layerServer(one))),
          Layer.effect(Second, Tunnel).pipe(Layer.provide(layerServer(other)))
        )
        const context = yield* Layer.build(both)
        const [first, second] = [Context.get(context, First), Context.get(context, Second)]
        yield* Effect.promise(() => visit(first))
        yield* Effect.promise(() =>
          eventually("the visit", async () => (await asked(first)).accepted === 1 || undefined)
        )
        assert.deepStrictEqual(yield* Effect.promise(() => asked(second)), { message: "listening", accepted: 0 })
        assert.deepStrictEqual(yield* first.shutdown, { forced: false })
        yield* Effect.promise(() => visit(second))
        yield* Effect.promise(() =>
          eventually("the visit", async () => (await asked(second)).accepted === 1 || undefined)
        )
        assert.strictEqual((yield* Effect.promise(() => asked(second))).message, "listening")
      }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
    )

    it.live(`shuts a tunnel down whose status port is asked to (workers: ${workers})`, () =>
      Effect.gen(function* () {
        const tunnel = Context.get(yield* Layer.build(layerServer(yield* configure(workers, "127.0.0.1:0"))), Tunnel)
        yield* Effect.promise(() => visit(tunnel))
        const at = `http://127.0.0.1:${portOf(tunnel.statusBound)}/_shutdown`
        assert.strictEqual((yield* Effect.promise(() => fetch(at, { method: "POST" }))).status, 200)
        yield* Effect.promise(() =>
          eventually("nobody to listen", () =>
            visit(tunnel).then(
              () => undefined,
              () => true
            )
          )
        )
        assert.deepStrictEqual(yield* tunnel.shutdown, { forced: false })
      }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
    )
  }

  for (const transport of ["auto", "node"] as const) {
    for (const workers of [0, 1, 2]) {
      it.live(`listens on a UNIX socket and removes it (transport: ${transport}, workers: ${workers})`, () =>
        Effect.gen(function* () {
          const directory = mkdtempSync(join(tmpdir(), "gt-embed-"))
          yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(directory, { recursive: true })))
          const path = join(directory, "socket")
          const config = { ...(yield* configure(workers, `unix:${path}`)), transport }
          const scope = yield* Scope.make()
          const context = yield* Layer.buildWithScope(layerServer(config), scope)
          assert.strictEqual(Context.get(context, Tunnel).bound.address, path)
          assert.deepStrictEqual(readdirSync(directory), ["socket"])
          yield* Scope.close(scope, Exit.void)
          assert.deepStrictEqual(readdirSync(directory), [])
        }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
      )
    }
  }
})
