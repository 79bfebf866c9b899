/** A status port on loopback for tests, and a bare client that sees every byte. */

import * as Net from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import * as Tls from "node:tls"
import { Context, Deferred, Duration, Effect, Layer, ManagedRuntime, Result } from "effect"
import { type Address, parse } from "../../src/config/Address.ts"
import { pemKey, type TlsMaterial } from "../../src/credentials/TlsMaterial.ts"
import { Metrics } from "../../src/metrics/Metrics.ts"
import { Lifecycle } from "../../src/runtime/Lifecycle.ts"
import { Log } from "../../src/runtime/Logging.ts"
import { BackendCheck } from "../../src/status/BackendCheck.ts"
import { Status } from "../../src/status/Status.ts"
import { StatusServer, type StatusServerOptions } from "../../src/status/StatusServer.ts"
import { patience } from "../support/Changes.ts"
import type { TestIdentity } from "../support/TestCa.ts"

export const address = (text: string): Address => Result.getOrThrow(parse(text))

export const material = (identity: TestIdentity | undefined, generation = 1): TlsMaterial => ({
  generation,
  identity: identity === undefined ? undefined : { chainPem: identity.chainPem, key: pemKey(identity.keyPem) },
  subject: "",
  trustAnchors: []
})

export const facts = {
  listenAddress: "127.0.0.1:1",
  forwardAddress: "127.0.0.1:2",
  revision: "1.2.3",
  compiler: "node26"
}

export interface PortOptions extends Partial<StatusServerOptions> {
  readonly check?: Effect.Effect<Result.Result<void, string>>
  readonly prometheus?: () => string
  /** Instead of one of its own. */
  readonly status?: Status["Service"]
}

const ok: Result.Result<void, string> = Result.succeed(undefined)

/** Everything a test may look at. */
export const startPort = async (options: PortOptions = {}) => {
  const lines: Array<string> = []
  const { check, prometheus, status: given, ...rest } = options
  const services = Layer.mergeAll(
    Layer.succeed(Log, { line: (_event, message) => void lines.push(message) }),
    Layer.succeed(BackendCheck, { check: check ?? Effect.succeed(ok) }),
    Layer.succeed(Metrics, {
      report: () => {
        throw new Error("the status port writes no report of its own")
      },
      json: () => "[]",
      graphite: () => "",
      prometheus: prometheus ?? (() => `# HELP page\n${"metric 1\n".repeat(500)}`)
    }),
    given === undefined ? Status.layer : Layer.succeed(Status, given),
    Lifecycle.layerManual
  )
  const server = StatusServer.layer({
    address: address("127.0.0.1:0"),
    https: false,
    tls: { maxVersion: "TLSv1.3", cipherGroups: ["AES", "CHACHA"] },
    material: material(undefined),
    connectTimeout: Duration.seconds(10),
    enableShutdown: true,
    facts,
    more: () => ({}),
    ...rest
  })
  const runtime = ManagedRuntime.make(Layer.provideMerge(server, services))
  const context = await runtime.context()
  const status = Context.get(context, Status)
  const statusServer = Context.get(context, StatusServer)
  const lifecycle = Context.get(context, Lifecycle)
  return {
    runtime,
    lines,
    status,
    lifecycle,
    requested: Deferred.await(lifecycle.shutdown),
    server: statusServer,
    port: Number(statusServer.bound.address.split(":").at(-1)),
    close: () => runtime.dispose()
  }
}

export type Port = Awaited<ReturnType<typeof startPort>>

/** A port for as long as it is used. */
export const withPort = async (options: PortOptions, use: (port: Port) => Promise<void>): Promise<void> => {
  const port = await startPort(options)
  try {
    await use(port)
  } finally {
    await port.close()
  }
}

/** Where to connect to it. */
export const at = (port: Port) => ({ host: "127.0.0.1", port: port.port })

/** One connection: what came, and when it ended. */
export class Client {
  received = ""
  readonly socket: Net.Socket
  readonly tls: Tls.TLSSocket | undefined
  readonly ended: Promise<void>

  constructor(socket: Net.Socket) {
    this.socket = socket
    this.tls = socket instanceof Tls.TLSSocket ? socket : undefined
    socket.setEncoding("latin1")
    socket.on("data", (text) => {
      this.received += text
    })
    socket.on("error", () => {})
    this.ended = new Promise((resolve) => socket.once("close", () => resolve()))
  }

  send(text: string): this {
    this.socket.write(text)
    return this
  }

  async until(pattern: RegExp, millis = patience): Promise<string> {
    const deadline = Date.now() + millis
    while (!pattern.test(this.received)) {
      if (Date.now() > deadline) throw new Error(`no ${pattern} in ${JSON.stringify(this.received)}`)
      await sleep(5)
    }
    return this.received
  }

  close(): void {
    this.socket.destroy()
  }
}

export const connect = (options: Net.NetConnectOpts): Promise<Client> =>
  new Promise((resolve, reject) => {
    const socket = Net.connect(options)
    const client = new Client(socket)
    socket.once("connect", () => resolve(client)).once("error", reject)
  })

export const connectTls = (options: Tls.ConnectionOptions): Promise<Client> =>
  new Promise((resolve, reject) => {
    const socket = Tls.connect({ host: "127.0.0.1", rejectUnauthorized: false, ...options })
    const client = new Client(socket)
    socket.once("secureConnect", () => resolve(client)).once("error", reject)
  })

/** Sends a request by hand and reads until the server closes. */
export const exchange = async (options: Net.NetConnectOpts, text: string): Promise<string> => {
  const client = await connect(options)
  client.send(text)
  await client.ended
  return client.received
}

export const request = (line: string, headers = "", host = "x"): string =>
  `${line} HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n${headers}\r\n`

/** A request under a host that a page of another site cannot have. */
export const localRequest = (line: string, headers = ""): string => request(line, headers, "localhost")
