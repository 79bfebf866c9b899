/** A collector: takes pushes by HTTP, reads them by their content type, and answers as it is told. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { createServer as createSecureServer } from "node:https"
import type { AddressInfo, Socket } from "node:net"
import { gunzipSync } from "node:zlib"
import { Changes } from "./Changes.ts"
import { type Export, fromJson, fromProtobuf, type LogRecord, type Metric, type Span } from "./OtlpData.ts"
import type { TestIdentity } from "./TestCa.ts"

/** One push, understood. */
export interface Push extends Export {
  readonly path: string
  readonly headers: IncomingMessage["headers"]
}

export interface CollectorOptions {
  /** Any free one of 127.0.0.1 without it. */
  readonly port?: number
  readonly identity?: TestIdentity
  /** Writes the reply, or does not; 200 without it. */
  readonly answer?: (response: ServerResponse, push: Push) => void
}

export interface OtlpCollector {
  readonly port: number
  readonly pushes: ReadonlyArray<Push>
  /** What made no sense. */
  readonly misunderstood: ReadonlyArray<unknown>
  /** Waits for what `find` finds in what has come so far. */
  readonly until: <A>(what: string, find: (all: OtlpCollector) => A | undefined) => Promise<A>
  readonly metrics: (name: string) => ReadonlyArray<Metric>
  readonly spans: () => ReadonlyArray<Span>
  readonly logs: () => ReadonlyArray<LogRecord>
  readonly close: () => Promise<void>
}

const understand = (request: IncomingMessage, body: Buffer): Push => {
  const { headers, url: path = "" } = request
  const plain = headers["content-encoding"] === "gzip" ? gunzipSync(body) : body
  const form = headers["content-type"]
  if (form === "application/x-protobuf") return { path, headers, ...fromProtobuf(path, plain) }
  if (form === "application/json") return { path, headers, ...fromJson(path, plain.toString("utf8")) }
  throw new Error(`content type ${form}`)
}

export const otlpCollector = async (options: CollectorOptions = {}): Promise<OtlpCollector> => {
  const pushes: Array<Push> = []
  const misunderstood: Array<unknown> = []
  const changes = new Changes()
  const sockets = new Set<Socket>()
  const { answer = (response) => response.writeHead(200).end(), identity } = options
  const onRequest = (request: IncomingMessage, response: ServerResponse) => {
    const parts: Array<Buffer> = []
    request.on("data", (part: Buffer) => parts.push(part))
    request.on("end", () => {
      try {
        const push = understand(request, Buffer.concat(parts))
        pushes.push(push)
        answer(response, push)
      } catch (error) {
        misunderstood.push(error)
        response.writeHead(400).end()
      }
      changes.notify()
    })
  }
  const server =
    identity === undefined
      ? createServer(onRequest)
      : createSecureServer({ cert: identity.chainPem, key: identity.keyPem }, onRequest)
  server.on("connection", (socket: Socket) => {
    sockets.add(socket)
    socket.on("error", () => {})
    socket.once("close", () => sockets.delete(socket))
  })
  await new Promise<void>((resolve) => {
    server.listen(options.port ?? 0, "127.0.0.1", resolve)
  })
  const bound = server.address()
  const port = typeof bound === "object" && bound !== null ? (bound satisfies AddressInfo).port : 0
  const collector: OtlpCollector = {
    port,
    pushes,
    misunderstood,
    until: (what, find) =>
      changes.until(
        () => find(collector),
        () => `${what}; ${pushes.length} pushes: ${pushes.map(({ path }) => path).join(" ")} ${misunderstood.join()}`
      ),
    metrics: (name) => pushes.flatMap(({ metrics }) => metrics.filter((each) => each.name === name)),
    spans: () => pushes.flatMap(({ spans }) => spans),
    logs: () => pushes.flatMap(({ logs }) => logs),
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => {
        server.close(() => resolve())
      })
    }
  }
  return collector
}
