/** How long a tunnel's scope takes to close while clients keep their connections. */
import { once } from "node:events"
import * as Http from "node:http"
import * as Net from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import * as Tls from "node:tls"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Fiber, Layer, Logger, Schema, Scope } from "effect"
import { layerServer, ServerConfig, Tunnel } from "../../src/index.ts"
import { makeCa } from "../support/TestCa.ts"

const portOf = (name: { readonly address: string } | undefined): number => Number(name?.address.split(":").at(-1))

/** A backend that keeps idle connections for longer than any test runs. */
const backend = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = Http.createServer({ keepAliveTimeout: 600_000 }, (_, response) => void response.end("hello"))
    await once(server.listen(0, "127.0.0.1"), "listening")
    const address = server.address()
    assert(address !== null && typeof address === "object")
    return { server, port: address.port }
  }),
  ({ server }) =>
    Effect.promise(() => {
      server.closeAllConnections()
      return new Promise((done) => server.close(done))
    })
)

/** Asks once and keeps the connection. */
const askOnce = async (socket: Net.Socket): Promise<Net.Socket> => {
  socket.on("error", () => {}).write("GET /_livez HTTP/1.1\r\nHost: localhost\r\n\r\n")
  await once(socket, "data")
  return socket
}

describe("closing the scope of a tunnel", () => {
  for (const workers of [0, 1]) {
    it.live(`waits no longer than asked for idle keep-alive connections (workers: ${workers})`, () =>
      Effect.gen(function* () {
        const ca = yield* Effect.promise(() => makeCa("embedding"))
        const identity = yield* Effect.promise(() => ca.issue({ cn: "server", dns: ["localhost"], eku: "server" }))
        const { port } = yield* backend
        const config = yield* Schema.decodeEffect(ServerConfig)({
          listen: "127.0.0.1:0",
          target: `127.0.0.1:${port}`,
          credentials: { _tag: "KeyPair", certificatePath: identity.certPath, keyPath: identity.keyPath },
          caBundlePath: ca.certPath,
          access: { _tag: "Anonymous" },
          workers,
          shutdownTimeout: "300ms",
          status: { address: "127.0.0.1:0", page: true }
        })
        const scope = yield* Scope.make()
        const tunnel = Context.get(yield* Layer.buildWithScope(layerServer(config), scope), Tunnel)
        const at = { host: "127.0.0.1", port: portOf(tunnel.bound), rejectUnauthorized: false }
        const status = { host: "127.0.0.1", port: portOf(tunnel.statusBound) }
        const sockets = yield* Effect.promise(() =>
          Promise.all([askOnce(Tls.connect(at)), askOnce(Net.connect(status)), askOnce(Net.connect(status))])
        )
        // A profile would be a request in flight; this one is a head that never ends.
        sockets[2]?.write("GET /")
        const closed = sockets.map((socket) => new Promise((done) => socket.once("close", done)))
        // Nothing but the tunnel ends these connections: the clients and the backend keep them.
        yield* Scope.close(scope, Exit.void)
        yield* Effect.promise(() => Promise.all(closed))
      }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
    )
  }

  for (const https of [false, true]) {
    it.live(`waits no longer than asked for clients of an ${https ? "HTTPS" : "HTTP"} status port`, () =>
      Effect.gen(function* () {
        const ca = yield* Effect.promise(() => makeCa("embedding"))
        const identity = yield* Effect.promise(() => ca.issue({ cn: "server", dns: ["localhost"], eku: "server" }))
        const { port } = yield* backend
        const config = yield* Schema.decodeEffect(ServerConfig)({
          listen: "127.0.0.1:0",
          target: `127.0.0.1:${port}`,
          credentials: { _tag: "KeyPair", certificatePath: identity.certPath, keyPath: identity.keyPath },
          caBundlePath: ca.certPath,
          access: { _tag: "Anonymous" },
          workers: 0,
          shutdownTimeout: "300ms",
          status: { address: "127.0.0.1:0", https }
        })
        const scope = yield* Scope.make()
        const tunnel = Context.get(yield* Layer.buildWithScope(layerServer(config), scope), Tunnel)
        const status = { host: "127.0.0.1", port: portOf(tunnel.statusBound) }
        const open = async () => {
          const socket = https ? Tls.connect({ ...status, rejectUnauthorized: false }) : Net.connect(status)
          await once(socket, https ? "secureConnect" : "connect")
          return socket.on("error", () => {})
        }
        // On an HTTPS port its handshake never begins.
        const plain = Net.connect(status).on("error", () => {})
        yield* Effect.promise(() => once(plain, "connect"))
        const [silent, asked, halfSent, halfSentLater] = yield* Effect.promise(() =>
          Promise.all([open(), open().then(askOnce), open(), open().then(askOnce)])
        )
        halfSent.write("GET /_livez HTTP/1.1\r\nHo")
        halfSentLater.write("GET /_livez HTTP/1.1\r\nHo")
        const sockets = [plain, silent, asked, halfSent, halfSentLater]
        const closed = Promise.all(sockets.map((socket) => new Promise((done) => socket.once("close", done))))
        const longer = new AbortController()
        // Both times are told by this thread's loop, however slow it is.
        const later = sleep(4500, "late", { signal: longer.signal }).catch(() => "")
        const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
        const ended = Effect.runPromise(Fiber.join(closing)).then(() => "closed")
        assert.strictEqual(yield* Effect.promise(() => Promise.race([ended, later])), "closed")
        longer.abort()
        yield* Effect.promise(() => closed)
      }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
    )
  }

  it.live("cuts a status request in flight after that time, not after five seconds", () =>
    Effect.gen(function* () {
      const ca = yield* Effect.promise(() => makeCa("embedding"))
      const identity = yield* Effect.promise(() => ca.issue({ cn: "server", dns: ["localhost"], eku: "server" }))
      // Accepts nothing: a check of it waits for the connect timeout.
      const silent = yield* Effect.acquireRelease(
        Effect.promise(async () => {
          const server = Net.createServer()
          await once(server.listen(0, "127.0.0.1"), "listening")
          return server
        }),
        (server) => Effect.sync(() => void server.close())
      )
      const address = silent.address()
      assert(address !== null && typeof address === "object")
      const config = yield* Schema.decodeEffect(ServerConfig)({
        listen: "127.0.0.1:0",
        target: `127.0.0.1:${address.port}`,
        credentials: { _tag: "KeyPair", certificatePath: identity.certPath, keyPath: identity.keyPath },
        caBundlePath: ca.certPath,
        access: { _tag: "Anonymous" },
        workers: 0,
        connectTimeout: "1h",
        shutdownTimeout: "100ms",
        status: { address: "127.0.0.1:0", targetStatus: `http://127.0.0.1:${address.port}/` }
      })
      const scope = yield* Scope.make()
      const tunnel = Context.get(yield* Layer.buildWithScope(layerServer(config), scope), Tunnel)
      const socket = Net.connect({ host: "127.0.0.1", port: portOf(tunnel.statusBound) }).on("error", () => {})
      socket.write("GET /_status HTTP/1.1\r\nHost: localhost\r\n\r\n")
      const cut = new Promise<string>((done) => socket.once("close", () => done("cut")))
      yield* Effect.promise(() => once(silent, "connection"))
      const longer = new AbortController()
      // Both times are told by this thread's loop, however slow it is.
      const later = sleep(4500, "five seconds", { signal: longer.signal }).catch(() => "")
      const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void), { startImmediately: true })
      assert.strictEqual(yield* Effect.promise(() => Promise.race([cut, later])), "cut")
      longer.abort()
      yield* Fiber.join(closing)
    }).pipe(Effect.scoped, Effect.provide(Logger.layer([])))
  )
})
