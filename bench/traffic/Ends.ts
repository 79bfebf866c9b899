/** Both ends of the tunnel's traffic: clients that connect to it, and the backend behind it. */
import { once } from "node:events"
import * as Net from "node:net"
import * as Tls from "node:tls"
import type { Plan } from "./Plan.ts"
import { type Outcome, TrafficPeer } from "./TrafficPeer.ts"

/** The end that speaks TLS: clients of a tunnel in server mode, the backend of one in client mode. */
export type Mode = "server" | "client"

/** PEM. */
export interface Identity {
  readonly ca: string
  readonly cert: string
  readonly key: string
}

/** Length of the prefix of a client's data: the number of its plan. */
const headBytes = 4

/** A running plan, and its backend connection once it exists. */
interface Expected {
  readonly plan: Plan
  readonly patience: number
  peer: TrafficPeer | undefined
}

const sequences = (number: number): readonly [up: number, down: number] => [2 * number, 2 * number + 1]

/** The backend; it knows every plan that its clients run. */
export class BackendEnd {
  /** Connections whose first bytes are not the number of a running plan without a backend connection. */
  strays = 0
  /** How often it has stopped listening. */
  absences = 0
  #latest = 0
  readonly #expected = new Map<number, Expected>()
  readonly #sockets = new Set<Net.Socket>()
  readonly #server: Net.Server
  #port = 0

  constructor(mode: Mode, identity: Identity) {
    if (mode === "server") {
      this.#server = Net.createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#receive(socket, socket))
    } else {
      this.#server = Tls.createServer({ ...identity, requestCert: true, noDelay: true })
      const raws = new Map<number | undefined, Net.Socket>()
      this.#server.on("connection", (raw: Net.Socket) => {
        const { remotePort } = raw
        raws.set(remotePort, raw)
        raw.on("error", () => {})
        raw.once("close", () => raws.delete(remotePort))
        this.#keep(raw)
      })
      this.#server.on("tlsClientError", (_, socket: Tls.TLSSocket) => socket.destroy())
      this.#server.on("secureConnection", (socket: Tls.TLSSocket) => {
        socket.allowHalfOpen = true
        this.#receive(socket, raws.get(socket.remotePort) ?? socket)
      })
    }
  }

  get open(): number {
    return this.#sockets.size
  }

  get listening(): boolean {
    return this.#server.listening
  }

  async listen(port = this.#port): Promise<void> {
    this.#port = port
    this.#server.listen({ port, host: "127.0.0.1", backlog: 4096 })
    await once(this.#server, "listening")
  }

  /** Stops listening; open connections continue. */
  pause(): void {
    this.absences += 1
    this.#server.close()
  }

  expect(number: number, plan: Plan, patience: number): void {
    this.#latest = Math.max(this.#latest, number)
    this.#expected.set(number, { plan, patience, peer: undefined })
  }

  /** The outcome of a plan at the backend, once it is over; undefined if no connection arrived. */
  async outcome(number: number): Promise<Outcome | undefined> {
    const outcome = await this.#expected.get(number)?.peer?.outcome
    this.#expected.delete(number)
    return outcome
  }

  /** Resets the connection of a plan, if it has one. */
  abort(number: number): void {
    this.#expected.get(number)?.peer?.abort()
    this.#expected.delete(number)
  }

  #keep(socket: Net.Socket): void {
    this.#sockets.add(socket)
    socket.once("close", () => this.#sockets.delete(socket))
  }

  #receive(socket: Net.Socket, raw: Net.Socket): void {
    this.#keep(socket)
    socket.on("error", () => {})
    const leave = () => void socket.end()
    socket.once("end", leave)
    let head = Buffer.alloc(0)
    const read = (bytes: Buffer) => {
      head = Buffer.concat([head, bytes])
      if (head.length < headBytes) return
      socket.off("data", read)
      socket.off("end", leave)
      const number = head.readUInt32BE()
      const expected = this.#expected.get(number)
      if (expected === undefined || expected.peer !== undefined) {
        // The client may have gone before its connection arrived here; its plan is no longer expected.
        if (expected !== undefined || number === 0 || number > this.#latest) this.strays += 1
        return void socket.destroy()
      }
      this.#speak(socket, raw, number, expected, head.subarray(headBytes))
    }
    socket.on("data", read)
  }

  #speak(socket: Net.Socket, raw: Net.Socket, number: number, expected: Expected, rest: Buffer): void {
    const { patience, plan } = expected
    const [up, down] = sequences(number)
    // Push back the bytes after the number, so that the peer reads them.
    if (rest.length > 0) socket.unshift(rest)
    expected.peer = new TrafficPeer(socket, {
      sequences: [down, up],
      own: plan.backend,
      expected: plan.client.total,
      endsFirst: plan.first !== "client",
      fault: plan.fault?.who === "backend" ? plan.fault : undefined,
      patience,
      raw
    })
    expected.peer.start()
  }
}

/** Connects and runs a plan. */
export const clientEnd = (
  number: number,
  plan: Plan,
  port: number,
  patience: number,
  secureContext: Tls.SecureContext | undefined
): TrafficPeer => {
  const raw = Net.connect({ port, host: "127.0.0.1", allowHalfOpen: true, noDelay: true })
  const { version } = plan
  const socket =
    secureContext === undefined
      ? raw
      : Tls.connect({
          ...{ socket: raw, servername: "localhost", secureContext },
          ...{ minVersion: version, maxVersion: version }
        })
  // The error also reaches the TLS socket, where it is recorded.
  if (socket !== raw) raw.on("error", () => {})
  const [up, down] = sequences(number)
  const peer = new TrafficPeer(socket, {
    sequences: [up, down],
    own: plan.client,
    expected: plan.backend.total,
    endsFirst: plan.first !== "backend",
    fault: plan.fault?.who === "client" ? plan.fault : undefined,
    patience,
    raw
  })
  socket.once(socket === raw ? "connect" : "secureConnect", () => {
    const head = Buffer.alloc(headBytes)
    head.writeUInt32BE(number)
    socket.write(head, (error) => error == null && peer.start())
  })
  return peer
}
