/** Receivers of pushed metrics, on loopback. */
import * as Net from "node:net"
import * as Tls from "node:tls"

/** What a receiver got, and how to wait for more. */
export interface Receiver {
  readonly port: number
  /** Everything that each connection sent, oldest first. */
  readonly received: Array<string>
  /** Whether each connection was ended by the other side. */
  readonly ended: Array<boolean>
  readonly open: () => number
  readonly until: (what: string, condition: () => boolean) => Promise<void>
  readonly close: () => Promise<void>
}

/** Called with everything a connection has sent so far. */
type OnText = (socket: Net.Socket, text: string, connection: number) => void

/** Starts a receiver; with `tls`, one that speaks TLS. */
export const receive = async (onText: OnText = () => {}, tls?: Tls.TlsOptions): Promise<Receiver> => {
  const received: Array<string> = []
  const ended: Array<boolean> = []
  const sockets = new Set<Net.Socket>()
  const onSocket = (socket: Net.Socket) => {
    const connection = received.push("") - 1
    sockets.add(socket)
    socket.on("close", () => sockets.delete(socket)).on("error", () => {})
    socket.on("end", () => {
      ended[connection] = true
    })
    socket.setEncoding("latin1").on("data", (text) => {
      const all = `${received[connection] ?? ""}${text}`
      received[connection] = all
      onText(socket, all, connection)
    })
  }
  const server = tls === undefined ? Net.createServer(onSocket) : Tls.createServer(tls, onSocket)
  server.on("tlsClientError", () => {})
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const bound = server.address()
  return {
    port: typeof bound === "object" && bound !== null ? bound.port : 0,
    received,
    ended,
    open: () => sockets.size,
    until: async (what, condition) => {
      const deadline = performance.now() + 20_000
      while (!condition()) {
        if (performance.now() > deadline) throw new Error(`waited too long for ${what}, have ${received.length}`)
        await new Promise((resolve) => setTimeout(resolve, 5))
      }
    },
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    }
  }
}
