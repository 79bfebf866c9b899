/**
 * Node's HTTP or HTTPS server with the limits of the status port (contract: status, sections 2.2 and 2.3), and the
 * bookkeeping that an orderly stop needs: which connections there are and which of them carry a request.
 */
import * as Http from "node:http"
import * as Https from "node:https"
import type * as Net from "node:net"
import type * as Tls from "node:tls"
import { handshakeWords, joinHostPort, nodeError } from "../runtime/ErrorWords.ts"

/** What a front needs. */
export interface FrontOptions {
  /** Milliseconds for the handshake, and again for the header of a request; no more than twelve days of them count. */
  readonly connectTimeout: number
  /** HTTPS with these; plain HTTP without. */
  readonly tls: Tls.SecureContextOptions | undefined
  readonly log: (line: string) => void
  /** Whether descriptors are so scarce that nobody may be let in. */
  readonly full: () => boolean
  readonly handle: (request: Http.IncomingMessage, response: Http.ServerResponse) => void
}

/** A server that does not listen yet. */
export interface Front {
  readonly server: Http.Server | Https.Server
  /** Later handshakes use these; throws what OpenSSL will not take. Nothing on plain HTTP. */
  readonly setTls: (options: Tls.SecureContextOptions) => void
  /** Closes the listener and every connection without a request; the replies of the others end theirs. Idempotent. */
  readonly stop: () => void
  /** Closes everything that is still open. */
  readonly cut: () => void
  /** Neither the listener nor a connection is open; the server's `close` event says when that comes true after a stop. */
  readonly closed: () => boolean
}

interface Connection {
  readonly raw: Net.Socket
  readonly name: string
  readonly responses: Set<Http.ServerResponse>
  /** Bytes read when the last request had been answered. */
  answeredAt: number
  /** Runs until the handshake is done. */
  timer: NodeJS.Timeout | undefined
  /** The handshake is done. */
  secured: boolean
  /** The handshake's failure has been logged. */
  failed: boolean
}

// Node's timers take 2^31 - 1 ms, and twice this is to fit; a handshake of twelve days is as good as an endless one.
const longest = 2 ** 30 - 1

// How long a peer that is still sending gets to read why it is refused.
const lingerMillis = 500

const secureKey = (socket: Net.Socket): string => `${socket.remoteAddress} ${socket.remotePort}`

/** Makes the server; listening is the caller's. */
export const makeFront = (options: FrontOptions): Front => {
  const millis = Math.min(Math.max(1, Math.ceil(options.connectTimeout)), longest)
  const headersTimeout = Math.min(millis, 30_000)
  const parameters = {
    headersTimeout,
    requestTimeout: 30_000,
    keepAliveTimeout: 120_000,
    // What is overdue is looked for this often.
    connectionsCheckingInterval: Math.min(1000, Math.max(20, Math.ceil(headersTimeout / 10))),
    maxHeaderSize: 1 << 20,
    requireHostHeader: false,
    noDelay: true
  }
  const server =
    options.tls === undefined
      ? Http.createServer(parameters)
      : Https.createServer({
          ...parameters,
          ...options.tls,
          // Clients are not asked for a certificate.
          requestCert: false,
          rejectUnauthorized: false,
          // The idle time that Node calls handshakeTimeout must not come before our absolute one.
          handshakeTimeout: 2 * millis
        })
  // Node's HTTPS server negotiates http/1.1 and turns clients away that do not offer it; Ghostunnel negotiates nothing.
  Reflect.deleteProperty(server, "ALPNProtocols")

  const connections = new Map<Net.Socket, Connection>()
  const handshaking = new Map<string, Connection>()
  let stopping = false

  let fullUntil = 0
  server.on("connection", (raw: Net.Socket) => {
    if (options.full()) {
      raw.destroy()
      // Whoever asks again and again is told of once a second.
      if (performance.now() < fullUntil) return
      fullUntil = performance.now() + 1000
      return options.log("http: Accept error: accept4: too many open files")
    }
    const name = raw.remoteAddress === undefined ? "@" : joinHostPort(raw.remoteAddress, raw.remotePort ?? 0)
    const connection: Connection = {
      raw,
      name,
      responses: new Set(),
      answeredAt: 0,
      timer: undefined,
      secured: false,
      failed: false
    }
    if (raw.remoteAddress !== undefined) {
      raw.setKeepAlive({ enable: true, initialDelay: 15_000, interval: 15_000, count: 9 })
    }
    connections.set(raw, connection)
    raw.once("close", () => connections.delete(raw))
    if (options.tls === undefined) return
    const key = secureKey(raw)
    handshaking.set(key, connection)
    connection.timer = setTimeout(() => {
      handshakeFailed(connection, "i/o timeout")
      raw.destroy()
    }, millis)
    let cause: Error | undefined
    raw.once("error", (error) => {
      cause = error
    })
    raw.once("close", () => {
      clearTimeout(connection.timer)
      if (handshaking.get(key) === connection) handshaking.delete(key)
      // Node's own report, if there is one, can come without an address that would lead here.
      if (!connection.secured) handshakeFailed(connection, cause === undefined ? "EOF" : handshakeWords(cause))
    })
  })

  const handshakeFailed = (connection: Connection, reason: string) => {
    if (connection.failed || stopping) return
    connection.failed = true
    options.log(`http: TLS handshake error from ${connection.name}: ${reason}`)
  }

  server.on("secureConnection", (secure: Tls.TLSSocket) => {
    const connection = handshaking.get(secureKey(secure))
    if (connection === undefined) return void secure.destroy()
    clearTimeout(connection.timer)
    connection.secured = true
    connections.set(secure, connection)
    secure.once("close", () => connections.delete(secure))
  })

  server.on("tlsClientError", (error: Error, secure: Tls.TLSSocket) => {
    const connection = handshaking.get(secureKey(secure))
    if (connection === undefined || connection.failed) return
    handshakeFailed(connection, handshakeWords(error))
    if (nodeError(error).code === "ERR_SSL_HTTP_REQUEST") {
      const { raw } = connection
      raw.write("HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP request to an HTTPS server.\n")
      raw.end()
    }
  })

  server.on("clientError", (error: Error, socket: Net.Socket) => {
    const connection = connections.get(socket)
    // Not known: a handshake that failed, which `tlsClientError` sees to.
    if (connection === undefined) return
    const silent = socket.bytesRead === connection.answeredAt
    if (silent || !socket.writable || connection.responses.size > 0) return void socket.destroy()
    const status =
      nodeError(error).code === "HPE_HEADER_OVERFLOW" ? "431 Request Header Fields Too Large" : "400 Bad Request"
    const headers = "Content-Type: text/plain; charset=utf-8\r\nConnection: close\r\n"
    socket.end(`HTTP/1.1 ${status}\r\n${headers}\r\n${status}`)
    setTimeout(() => socket.destroy(), lingerMillis).unref()
  })

  server.on("request", (request: Http.IncomingMessage, response: Http.ServerResponse) => {
    const connection = connections.get(request.socket)
    if (connection === undefined) return void request.socket.destroy()
    connection.responses.add(response)
    response.once("close", () => {
      connection.responses.delete(response)
      connection.answeredAt = request.socket.bytesRead
      // A reply that had begun before the stop did not tell its client to go.
      if (stopping && connection.responses.size === 0) request.socket.destroySoon()
    })
    if (stopping) response.setHeader("Connection", "close")
    if (request.httpVersion === "1.1" && request.headers.host === undefined) {
      const text = "400 Bad Request: missing required Host header"
      const type = "text/plain; charset=utf-8"
      response.writeHead(400, { "Content-Type": type, "Content-Length": text.length, Connection: "close" })
      response.end(text)
      return
    }
    options.handle(request, response)
  })

  let open = false
  server.on("listening", () => {
    open = true
  })
  server.on("close", () => {
    open = false
  })
  return {
    server,
    closed: () => !open,
    setTls: (tls) => {
      if (server instanceof Https.Server) server.setSecureContext(tls)
    },
    stop: () => {
      if (stopping) return
      stopping = true
      if (server.listening) server.close()
      for (const connection of new Set(connections.values())) {
        if (connection.responses.size === 0) connection.raw.destroy()
        for (const response of connection.responses) {
          if (!response.headersSent) response.setHeader("Connection", "close")
        }
      }
    },
    cut: () => {
      for (const { raw } of connections.values()) raw.destroy()
    }
  }
}
