/**
 * The TLS peers that present the cases' chains with their keys, over UNIX sockets. They take every algorithm that OpenSSL
 * still has and verify nothing: only the tunnel judges.
 */
import * as Net from "node:net"
import * as Tls from "node:tls"

/** What a peer saw: data came through the tunnel or the connection ended before any did. */
export type Seen =
  | { readonly _tag: "Answered" }
  | { readonly _tag: "Ended"; readonly why: string }
  /** OpenSSL does not let a peer present this chain, or nothing happened in time. */
  | { readonly _tag: "Unpresentable"; readonly why: string }

const patience = 20_000
const everyAlgorithm = "DEFAULT:@SECLEVEL=0"

const messageOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause))

/** The credentials of a peer; the text says why OpenSSL does not load them. */
const contextOf = (chain: string, key: string): Tls.SecureContext | string => {
  try {
    return Tls.createSecureContext({ cert: chain, key, ciphers: everyAlgorithm })
  } catch (cause) {
    return messageOf(cause)
  }
}

/** Sends one byte and waits for the first one that comes back. */
const exchange = (socket: Net.Socket): Promise<Seen> =>
  new Promise((resolve) => {
    let why = "closed"
    const settle = (seen: Seen) => {
      clearTimeout(late)
      socket.destroy()
      resolve(seen)
    }
    const late = setTimeout(() => settle({ _tag: "Unpresentable", why: "neither data nor end within 20 s" }), patience)
    socket.on("error", (cause) => {
      why = messageOf(cause)
    })
    socket.once("data", () => settle({ _tag: "Answered" }))
    socket.once("close", () => settle({ _tag: "Ended", why }))
    socket.once("end", () => settle({ _tag: "Ended", why }))
    socket.write("?")
  })

/** A TLS client that presents a chain to a tunnel in server mode. */
export const presentAsClient = (path: string, chain: string, key: string): Promise<Seen> => {
  const secureContext = contextOf(chain, key)
  if (typeof secureContext === "string") return Promise.resolve({ _tag: "Unpresentable", why: secureContext })
  const raw = Net.connect(path).on("error", () => {})
  return exchange(Tls.connect({ socket: raw, servername: "localhost", secureContext, rejectUnauthorized: false }))
}

/** A plaintext echo server: the backend of a tunnel in server mode. */
export const echoServer = (): Net.Server =>
  Net.createServer((socket) => {
    socket.on("error", () => {})
    socket.pipe(socket)
  })

/** TLS servers behind a tunnel in client mode: each case presents its own chain. */
export class PresentingServer {
  readonly server: Net.Server
  #context: Tls.SecureContext | undefined

  constructor() {
    this.server = Net.createServer((raw) => {
      raw.on("error", () => {})
      const socket = new Tls.TLSSocket(raw, {
        isServer: true,
        ...(this.#context === undefined ? {} : { secureContext: this.#context })
      })
      socket.on("error", () => {})
      socket.pipe(socket)
    })
  }

  /** Presents a chain to the tunnel that listens on this path. */
  present(path: string, chain: string, key: string): Promise<Seen> {
    const context = contextOf(chain, key)
    if (typeof context === "string") return Promise.resolve({ _tag: "Unpresentable", why: context })
    this.#context = context
    return exchange(Net.connect(path))
  }
}
