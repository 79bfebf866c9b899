/** Several tunnels of one process, server and client mixed. */
import { once } from "node:events"
import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Context, Effect, Exit, Layer, Metric, Schema, Scope } from "effect"
import type { ProcessConfig } from "../../src/config/ProcessConfig.ts"
import { ClientConfig, ServerConfig } from "../../src/config/TunnelConfig.ts"
import { Process } from "../../src/process/Process.ts"
import { InheritedSockets } from "../../src/runtime/InheritedSockets.ts"
import { Lifecycle } from "../../src/runtime/Lifecycle.ts"
import { Log } from "../../src/runtime/Logging.ts"
import { ServiceNotify } from "../../src/runtime/ServiceNotify.ts"
import { eventually } from "../support/Changes.ts"
import { freePort } from "../support/Ports.ts"
import { makeCa } from "../support/TestCa.ts"

const echo = Effect.acquireRelease(
  Effect.promise(async () => {
    const server = Net.createServer((socket) => void socket.on("error", () => {}).pipe(socket))
    server.listen(0, "127.0.0.1")
    await once(server, "listening")
    return server
  }),
  (server) => Effect.sync(() => void server.close())
)

const portOf = (name: { readonly address: string } | undefined): number => Number(name?.address.split(":").at(-1))

/** Sends a line through a tunnel and waits for its echo. */
const echoes = async (port: number, text: string): Promise<void> => {
  const socket = Net.connect(port, "127.0.0.1")
  socket.write(text)
  let got = ""
  while (got.length < text.length) got += String((await once(socket, "data"))[0])
  assert.strictEqual(got, text)
  socket.end()
  await once(socket, "close")
}

/** A server tunnel before an echo and a client tunnel before the server tunnel; traffic for the client passes both. */
const configure = Effect.fnUntraced(function* (workers: number, serverPort: number) {
  const ca = yield* Effect.promise(() => makeCa("process"))
  const [server, client] = yield* Effect.promise(() =>
    Promise.all([
      ca.issue({ cn: "server", dns: ["localhost"], ip: ["127.0.0.1"], eku: "server" }),
      ca.issue({ cn: "client", eku: "client" })
    ])
  )
  const backend = (yield* echo).address()
  assert(backend !== null && typeof backend === "object")
  const keys = (of: typeof server) => ({ _tag: "KeyPair", certificatePath: of.certPath, keyPath: of.keyPath }) as const
  const first = yield* Schema.decodeEffect(ServerConfig)({
    listen: `127.0.0.1:${serverPort}`,
    target: `127.0.0.1:${backend.port}`,
    credentials: keys(server),
    caBundlePath: ca.certPath,
    access: { _tag: "Names", rules: { commonNames: ["client"] } },
    workers,
    status: { address: "127.0.0.1:0", https: false }
  })
  const second = yield* Schema.decodeEffect(ClientConfig)({
    listen: "127.0.0.1:0",
    target: `127.0.0.1:${serverPort}`,
    credentials: keys(client),
    caBundlePath: ca.certPath
  })
  const config: ProcessConfig = {
    process: first,
    tunnels: [
      { name: "in", settings: first },
      { name: "out", settings: second }
    ]
  }
  return config
})

const services = (lines: Array<string>) =>
  Layer.mergeAll(
    Layer.succeed(Log, { line: (_event, line) => void lines.push(line) }),
    Lifecycle.layerManual,
    InheritedSockets.layerNone,
    ServiceNotify.layerNone,
    Layer.sync(Metric.MetricRegistry, () => new Map())
  )

describe("a process of several tunnels", () => {
  for (const workers of [0, 2]) {
    it.live(`carries a server and a client, and tells them apart (workers: ${workers})`, () =>
      Effect.gen(function* () {
        const lines: Array<string> = []
        const port = yield* Effect.promise(() => freePort())
        const config = yield* configure(workers, port)
        const scope = yield* Scope.make()
        const context = yield* Layer.buildWithScope(Process.layer(config).pipe(Layer.provide(services(lines))), scope)
        const process = Context.get(context, Process)
        assert.deepStrictEqual(
          process.tunnels.map(({ name }) => name),
          ["in", "out"]
        )
        assert.strictEqual(process.workers, workers)
        const entry = portOf(process.tunnels[1]?.bound)
        yield* Effect.promise(async () => {
          for (let n = 0; n < 8; n++) await echoes(entry, `hello ${n}`)
          // One connection that is no TLS counts for the server alone.
          const stranger = Net.connect(port, "127.0.0.1").on("error", () => {})
          stranger.end("not TLS at all\n")
          stranger.resume()
          await once(stranger, "close")
        })
        const at = `http://127.0.0.1:${portOf(process.statusBound)}`
        const page = async (path: string) => (await fetch(`${at}${path}`)).text()
        const closed = (tunnel: string, text: string) =>
          Number(
            new RegExp(`^ghostunnel_connections_closed_total\\{tunnel="${tunnel}",reason="eof"\\} (\\d+)$`, "m").exec(
              text
            )?.[1]
          )
        yield* Effect.promise(async () => {
          const text = await eventually("every close", async () => {
            const text = await page("/_metrics/openmetrics")
            return closed("in", text) === 8 && closed("out", text) === 8 ? text : undefined
          })
          assert.match(text, /^ghostunnel_connections_accepted_total\{tunnel="in"\} 9$/m)
          assert.match(text, /^ghostunnel_connections_accepted_total\{tunnel="out"\} 8$/m)
          // The Go program's numbers are those of both.
          assert.match(await page("/_metrics/prometheus"), /^ghostunnel_accept_total 17$/m)
          const status: { readonly listen_address: string; readonly tunnels: Record<string, { mode: string }> } =
            JSON.parse(await page("/_status"))
          assert.strictEqual(status.listen_address, `127.0.0.1:${port}`)
          assert.deepStrictEqual(
            Object.entries(status.tunnels).map(([name, { mode }]) => [name, mode]),
            [
              ["in", "server"],
              ["out", "client"]
            ]
          )
        })
        assert.isTrue(yield* process.reload)
        assert.includeMembers(lines, ["loaded certificate of in: CN=server", "loaded certificate of out: CN=client"])
        yield* Effect.promise(() => echoes(entry, "after the reload"))
        assert.deepStrictEqual(yield* process.shutdown, { forced: false })
        yield* Scope.close(scope, Exit.void)
      }).pipe(Effect.scoped)
    )

    it.live(`leaves nothing listening if one tunnel cannot bind (workers: ${workers})`, () =>
      Effect.gen(function* () {
        const lines: Array<string> = []
        const [port, taken] = yield* Effect.promise(() => Promise.all([freePort(), freePort()]))
        const other = Net.createServer()
        other.listen({ port: taken, host: "127.0.0.1", exclusive: true })
        yield* Effect.promise(() => once(other, "listening"))
        yield* Effect.addFinalizer(() => Effect.sync(() => void other.close()))
        const config = yield* configure(workers, port)
        const [first, second] = config.tunnels
        assert(second !== undefined)
        const listen = { _tag: "Tcp", text: `127.0.0.1:${taken}`, host: "127.0.0.1", port: taken } as const
        const broken: ProcessConfig = {
          ...config,
          tunnels: [first, { ...second, settings: { ...second.settings, listen } }]
        }
        const exit = yield* Effect.exit(
          Effect.scoped(Layer.build(Process.layer(broken).pipe(Layer.provide(services(lines)))))
        )
        assert.isTrue(Exit.isFailure(exit))
        const socket = Net.connect(port, "127.0.0.1")
        const [error] = yield* Effect.promise(() => once(socket, "error"))
        assert.strictEqual(error.code, "ECONNREFUSED")
      }).pipe(Effect.scoped)
    )
  }

  it.effect("refuses two tunnels on one address", () =>
    Effect.gen(function* () {
      const config = yield* configure(0, 1234)
      const [first] = config.tunnels
      const both: ProcessConfig = { ...config, tunnels: [first, { ...first, name: "again" }] }
      const error = yield* Effect.flip(Layer.build(Process.layer(both).pipe(Layer.provide(services([])))))
      assert.strictEqual(error.message, "the tunnels in and again must not listen on one address: 127.0.0.1:1234")
    }).pipe(Effect.scoped)
  )
})
