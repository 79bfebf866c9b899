/**
 * The HTTP or HTTPS server of the status port, with its limits (docs/compatibility/status-and-metrics.md, 2.2 and 2.3) and the bookkeeping that
 * an orderly stop needs. Node parses and answers; what it gets to parse is decided by `StatusConnection`.
 */
import * as Http from "node:http"
import * as Net from "node:net"
import * as Tls from "node:tls"
import { versionNumber } from "../../config/OfferedVersions.ts"
import { handshakeText, joinHostPort, nodeError } from "../../runtime/ErrorText.ts"
import { setReceivedAt } from "./Moment.ts"
import { HeadMemory, maxHeadBytes } from "./RequestHead.ts"
import { RequestTurns } from "./RequestTurns.ts"
import { StatusConnection } from "./StatusConnection.ts"

/** What a server needs. */
export interface HttpServerOptions {
  /** Milliseconds for the handshake, and again for the header of a request; no more than twelve days of them count. */
  readonly connectTimeout: number
  /** Milliseconds after which a client that takes nothing of its reply is cut; 30 seconds without it. */
  readonly stallTimeout?: number | undefined
  /** Connections at a time; {@link maxConnections} without it. */
  readonly connections?: number | undefined
  /** HTTPS with these; plain HTTP without. */
  readonly tls: Tls.SecureContextOptions | undefined
  readonly log: (line: string) => void
  /** Whether descriptors are so scarce that no client may be let in. */
  readonly full: () => boolean
  /** One request of a connection at a time. */
  readonly handle: (request: Http.IncomingMessage, response: Http.ServerResponse) => void
}

/** A server that does not listen yet. */
export interface StatusHttpServer {
  readonly listener: Net.Server
  /** Later handshakes use these; throws what OpenSSL will not take. Nothing on plain HTTP. */
  readonly setTls: (options: Tls.SecureContextOptions) => void
  /** Closes the listener and every connection without a request; the replies of the others end theirs. Idempotent. */
  readonly stop: () => void
  /** Closes everything that is still open. */
  readonly cut: () => void
  /** Neither the listener nor a connection is open; the listener's `close` event says when that comes true after a stop. */
  readonly closed: () => boolean
}

/** Connections at a time. One more takes the place of the one that is missed least. */
export const maxConnections = 256
/** Bytes of long heads that all connections together may send before they are complete. */
const headMemory = 8 * maxHeadBytes
const idleMillis = 120_000
const stallMillis = 30_000
// Node's timers take 2^31 - 1 ms, and twice this is to fit; a handshake of twelve days is as good as an endless one.
const longest = 2 ** 30 - 1

interface Accepted {
  readonly raw: Net.Socket
  readonly name: string
  /** Runs until the handshake is done. */
  timer: NodeJS.Timeout | undefined
  /** None before the handshake is done. */
  connection: StatusConnection | undefined
  /** The handshake's failure has been logged. */
  failed: boolean
}

const secureKey = (socket: Net.Socket): string => `${socket.remoteAddress} ${socket.remotePort}`

const hasBody = ({ headers }: Http.IncomingMessage): boolean =>
  headers["transfer-encoding"] !== undefined || Number(headers["content-length"] ?? 0) !== 0

/** Makes the server; listening is the caller's. */
export const makeStatusHttpServer = (options: HttpServerOptions): StatusHttpServer => {
  const millis = Math.min(Math.max(1, Math.ceil(options.connectTimeout)), longest)
  const limits = { head: Math.min(millis, 30_000), idle: idleMillis, stall: options.stallTimeout ?? stallMillis }
  const shared = { limits, turns: new RequestTurns(), memory: new HeadMemory(headMemory) }
  const most = options.connections ?? maxConnections

  // Never listens: it is handed connections. Its own timeouts are of no use for those.
  const http = Http.createServer({ maxHeaderSize: 2 * maxHeadBytes, requireHostHeader: false, keepAliveTimeout: 0 })
  const listener =
    options.tls === undefined
      ? // Clients by hand end their side when they have asked.
        Net.createServer({ allowHalfOpen: true, noDelay: true })
      : // The idle time that Node calls handshakeTimeout must not come before our absolute one.
        Tls.createServer({
          ...options.tls,
          noDelay: true,
          // Clients are not asked for a certificate.
          requestCert: false,
          rejectUnauthorized: false,
          handshakeTimeout: 2 * millis
        })

  const accepted = new Set<Accepted>()
  const handshaking = new Map<string, Accepted>()
  let stopping = false

  let quietUntil = 0
  /** Repeated reasons are logged once a second. */
  const complain = (line: string) => {
    if (performance.now() < quietUntil) return
    quietUntil = performance.now() + 1000
    options.log(line)
  }

  const makeRoom = () => {
    if (accepted.size < most) return
    const rank = ({ connection }: Accepted) => connection?.rank ?? 0
    let least: Accepted | undefined
    for (const each of accepted) if (least === undefined || rank(each) < rank(least)) least = each
    if (least === undefined) return
    accepted.delete(least)
    least.raw.destroy()
    complain(`http: more than ${most} connections to the status port: closed the one from ${least.name}`)
  }

  const serve = (each: Accepted, socket: Net.Socket) => {
    each.connection = new StatusConnection(socket, shared)
    http.emit("connection", each.connection)
  }

  listener.on("connection", (raw: Net.Socket) => {
    if (options.full()) {
      raw.destroy()
      return complain("http: Accept error: accept4: too many open files")
    }
    makeRoom()
    const name = raw.remoteAddress === undefined ? "@" : joinHostPort(raw.remoteAddress, raw.remotePort ?? 0)
    const each: Accepted = { raw, name, timer: undefined, connection: undefined, failed: false }
    if (raw.remoteAddress !== undefined) {
      raw.setKeepAlive({ enable: true, initialDelay: 15_000, interval: 15_000, count: 9 })
    }
    accepted.add(each)
    raw.once("close", () => accepted.delete(each))
    if (options.tls === undefined) return serve(each, raw)
    const key = secureKey(raw)
    handshaking.set(key, each)
    each.timer = setTimeout(() => {
      handshakeFailed(each, "i/o timeout")
      raw.destroy()
    }, millis)
    let cause: Error | undefined
    raw.once("error", (error) => {
      cause = error
    })
    raw.once("close", () => {
      clearTimeout(each.timer)
      if (handshaking.get(key) === each) handshaking.delete(key)
      // Node's own report, if there is one, can come without an address that would lead here.
      if (each.connection === undefined) handshakeFailed(each, cause === undefined ? "EOF" : handshakeText(cause))
    })
  })

  const handshakeFailed = (each: Accepted, reason: string) => {
    if (each.failed || stopping) return
    each.failed = true
    options.log(`http: TLS handshake error from ${each.name}: ${reason}`)
  }

  listener.on("secureConnection", (secure: Tls.TLSSocket) => {
    const each = handshaking.get(secureKey(secure))
    if (each === undefined || stopping) return void secure.destroy()
    clearTimeout(each.timer)
    serve(each, secure)
  })

  listener.on("tlsClientError", (error: Error, secure: Tls.TLSSocket) => {
    const each = handshaking.get(secureKey(secure))
    if (each === undefined || each.failed) return
    handshakeFailed(each, handshakeText(error, versionNumber(secure.getProtocol())))
    if (nodeError(error).code === "ERR_SSL_HTTP_REQUEST") {
      each.raw.write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
      each.raw.end()
    }
  })

  http.on("clientError", (error, connection) => {
    const status = nodeError(error).code === "HPE_HEADER_OVERFLOW" ? 431 : 400
    if (connection instanceof StatusConnection) connection.refuse(status)
    else connection.destroy()
  })

  http.on("connect", (_, connection) => {
    if (connection instanceof StatusConnection) connection.refuse(405)
    else connection.destroy()
  })

  // Node would answer by itself, and the connection wait for a request that never begins.
  http.on("checkExpectation", ({ socket }) => {
    const connection: unknown = socket
    if (connection instanceof StatusConnection) connection.refuse(417)
    else socket.destroy()
  })

  http.on("request", (request, response) => {
    const connection: unknown = request.socket
    if (!(connection instanceof StatusConnection)) return void request.destroy()
    if (!connection.begin(response, hasBody(request))) return void connection.destroy()
    setReceivedAt(request, connection.receivedAt)
    options.handle(request, response)
  })

  let open = false
  listener.on("listening", () => {
    open = true
  })
  listener.on("close", () => {
    open = false
  })
  return {
    listener,
    closed: () => !open,
    setTls: (tls) => {
      if (listener instanceof Tls.Server) listener.setSecureContext(tls)
    },
    stop: () => {
      if (stopping) return
      stopping = true
      if (listener.listening) listener.close()
      for (const { connection, raw } of [...accepted]) {
        if (connection === undefined) raw.destroy()
        else connection.stop()
      }
    },
    cut: () => {
      for (const { raw } of [...accepted]) raw.destroy()
    }
  }
}
