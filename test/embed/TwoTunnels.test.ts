import { once } from "node:events"
import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Logger, Schema, Scope } from "effect"
import { ClientConfig, layerClient, layerServer, ServerConfig, type StartError, Tunnel } from "../../src/index.ts"
import { makeCa } from "../support/TestCa.ts"

const port = (name: { readonly address: string }): number =>
  Number(name.address.slice(name.address.lastIndexOf(":") + 1))

/** A plaintext backend that answers in capitals and ends when its client does. */
const backend = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = Net.createServer({ allowHalfOpen: true }, (socket) => {
      socket.on("data", (chunk) => void socket.write(chunk.toString().toUpperCase()))
      socket.on("end", () => void socket.end("BYE"))
      socket.on("error", () => {})
    })
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    return server
  }),
  (server) => Effect.promise(() => new Promise((done) => server.close(done)))
)

const addressOf = (server: Net.Server): string => {
  const address = server.address()
  assert(address !== null && typeof address === "object")
  return `127.0.0.1:${address.port}`
}

const build = (layer: Layer.Layer<Tunnel, StartError>, scope: Scope.Scope) =>
  Effect.map(Layer.buildWithScope(layer, scope), (context) => Context.get(context, Tunnel))

const connect = async (to: number): Promise<{ readonly socket: Net.Socket; readonly received: () => string }> => {
  const socket = Net.connect({ port: to, host: "127.0.0.1", allowHalfOpen: true })
  let text = ""
  socket.setEncoding("utf8").on("data", (chunk) => (text += chunk))
  socket.on("error", () => {})
  await once(socket, "connect")
  return { socket, received: () => text }
}

const receives = async (peer: Awaited<ReturnType<typeof connect>>, wanted: string): Promise<void> => {
  while (!peer.received().includes(wanted)) {
    const closed = peer.socket.readableEnded || peer.socket.destroyed
    assert.isFalse(closed, `closed with ${JSON.stringify(peer.received())}, wanted ${wanted}`)
    await Promise.race([once(peer.socket, "data"), once(peer.socket, "end"), once(peer.socket, "close")])
  }
}

describe("embedding", () => {
  for (const workers of [0, 2]) {
    it.live(`runs two tunnels in one process and drains them by closing the scope (workers: ${workers})`, () =>
      Effect.gen(function* () {
        const ca = yield* Effect.promise(() => makeCa("embedding"))
        const [serverIdentity, clientIdentity] = yield* Effect.promise(() =>
          Promise.all([
            ca.issue({ cn: "server", dns: ["localhost"], eku: "server" }),
            ca.issue({ cn: "client", eku: "client" })
          ])
        )
        const target = addressOf(yield* backend)
        const server = yield* Schema.decodeEffect(ServerConfig)({
          listen: "127.0.0.1:0",
          target,
          credentials: {
            _tag: "KeyPair",
            certificatePath: serverIdentity.certPath,
            keyPath: serverIdentity.keyPath
          },
          caBundlePath: ca.certPath,
          access: { _tag: "Names", rules: { commonNames: ["client"] } },
          workers
        })
        const scope = yield* Scope.make()
        const serverTunnel = yield* build(layerServer(server), scope)
        const client = yield* Schema.decodeEffect(ClientConfig)({
          listen: "127.0.0.1:0",
          target: `localhost:${port(serverTunnel.bound)}`,
          credentials: {
            _tag: "KeyPair",
            certificatePath: clientIdentity.certPath,
            keyPath: clientIdentity.keyPath
          },
          caBundlePath: ca.certPath,
          workers
        })
        const clientTunnel = yield* build(layerClient(client), scope)
        assert.strictEqual(clientTunnel.workers, workers)

        const peer = yield* Effect.promise(() => connect(port(clientTunnel.bound)))
        peer.socket.write("hello")
        yield* Effect.promise(() => receives(peer, "HELLO"))

        // Closing waits for the open connection, which goes on undisturbed.
        const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
        peer.socket.write(" again")
        yield* Effect.promise(() => receives(peer, " AGAIN"))
        assert.isUndefined(closing.pollUnsafe())
        peer.socket.end()
        yield* Effect.promise(() => receives(peer, "BYE"))
        if (!peer.socket.destroyed) yield* Effect.promise(() => once(peer.socket, "close"))
        yield* Fiber.join(closing)
        const refused = yield* Effect.promise(() =>
          connect(port(clientTunnel.bound)).then(
            () => false,
            () => true
          )
        )
        assert.isTrue(refused, "a drained tunnel listens no more")
      }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
    )
  }

  it.live("refuses a configuration that a program has changed for the worse, as an error", () =>
    Effect.gen(function* () {
      const config = yield* Schema.decodeEffect(ServerConfig)({
        listen: "127.0.0.1:0",
        target: "127.0.0.1:1",
        credentials: { _tag: "Keystore", path: "server.pem" },
        access: { _tag: "AnyVerified" }
      })
      const pinless = { ...config, access: { _tag: "Pins", pins: [] } as const }
      const error = yield* Effect.flip(Effect.scoped(Layer.build(layerServer(pinless))))
      assert.strictEqual(error._tag, "StartError")
      assert.include(error.message, 'must have at least one pin at ["access"]["pins"]')
    })
  )
})
