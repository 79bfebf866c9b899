/** The metrics of embedded tunnels in the program's own registry. */
import { once } from "node:events"
import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Logger, Metric, Schema, Scope } from "effect"
import { layerServer, ServerConfig, Tunnel } from "../../src/index.ts"
import { eventually } from "../support/Changes.ts"
import { makeCa } from "../support/TestCa.ts"

/** Connects, says nothing and leaves. */
const visit = async (tunnel: Tunnel["Service"]): Promise<void> => {
  const socket = Net.connect(Number(tunnel.bound.address.split(":").at(-1)), "127.0.0.1").on("error", () => {})
  await once(socket, "connect")
  socket.destroy()
}

describe("embedding", () => {
  for (const workers of [0, 1]) {
    it.live(`gives the program each tunnel's numbers without a status port (workers: ${workers})`, () =>
      Effect.gen(function* () {
        const ca = yield* Effect.promise(() => makeCa("embedding"))
        const identity = yield* Effect.promise(() => ca.issue({ cn: "server", dns: ["localhost"], eku: "server" }))
        const config = yield* Schema.decodeEffect(ServerConfig)({
          listen: "127.0.0.1:0",
          target: "127.0.0.1:1",
          credentials: { _tag: "KeyPair", certificatePath: identity.certPath, keyPath: identity.keyPath },
          caBundlePath: ca.certPath,
          access: { _tag: "AnyVerified" },
          workers
        })
        const program = Context.make(Metric.MetricRegistry, new Map())
        const within = Layer.merge(Layer.succeedContext(program), Logger.layer([]))
        const scope = yield* Scope.make()
        const start = (name?: string) =>
          Layer.buildWithScope(
            layerServer(config, name === undefined ? {} : { name }).pipe(Layer.provide(within)),
            scope
          ).pipe(Effect.map((context) => Context.get(context, Tunnel)))
        const [first, second, named] = [yield* start(), yield* start(), yield* start("payments")]
        yield* Effect.promise(async () => {
          for (const tunnel of [first, second, second, named, named, named]) await visit(tunnel)
        })
        const read = (id: string): Readonly<Record<string, number>> =>
          Object.fromEntries(
            Metric.snapshotUnsafe(program)
              .filter((each) => each.id === id)
              .map(({ attributes, state }) => [attributes?.["tunnel"], "count" in state ? Number(state.count) : -1])
          )
        const expected = { tunnel: 1, "tunnel-2": 2, payments: 3 }
        yield* Effect.promise(() =>
          eventually("every visit", async () =>
            Object.values(read("ghostunnel_errors")).reduce((a, b) => a + b, 0) === 6 ? true : undefined
          )
        )
        assert.deepStrictEqual(read("ghostunnel_connections_accepted"), expected)
        assert.deepStrictEqual(read("ghostunnel_errors"), expected)
        yield* Scope.close(scope, Exit.void)
        // A name that is free again continues its series.
        const again = yield* Scope.make()
        yield* Layer.buildWithScope(layerServer(config).pipe(Layer.provide(within)), again)
        assert.deepStrictEqual(read("ghostunnel_errors"), expected)
        yield* Scope.close(again, Exit.void)
      })
    )
  }
})
