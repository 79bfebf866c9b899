/**
 * Pushes metrics to Graphite (docs/compatibility/status-and-metrics.md, 8): every second opens a connection, writes all lines and closes it.
 */
import * as Net from "node:net"
import { Duration, Effect, Layer } from "effect"
import type { TcpAddress } from "../config/Address.ts"
import { errnoText, joinHostPort, lookupText, nodeError } from "../runtime/ErrorText.ts"
import { lookupForSocket } from "../runtime/NameLookup.ts"
import { Metrics } from "./Metrics.ts"
import { pushing } from "./Pusher.ts"

/** Where to push, and where to log. */
export interface GraphitePusherOptions {
  readonly address: TcpAddress
  readonly log: (line: string) => void
}

/** The Go program fixes the interval. */
const interval = Duration.seconds(1)
/** Give up a push after this time, if the receiver does not accept the connection or does not read. */
const timeout = Duration.seconds(5)

/** The address as log lines show it. */
export const graphitePlace = ({ host, port }: TcpAddress): string => joinHostPort(host, port)

/** Pushes while its scope is open and closes its connection with the scope. Never fails: errors are logged. */
export const layer = (options: GraphitePusherOptions): Layer.Layer<never, never, Metrics> =>
  Layer.effectDiscard(
    Effect.gen(function* () {
      const metrics = yield* Metrics
      const place = graphitePlace(options.address)
      yield* Effect.forkScoped(
        pushing({
          interval,
          timeout,
          push: Effect.suspend(() => send(options.address, metrics.graphite())),
          tooLate: `dial tcp ${place}: i/o timeout`,
          to: place,
          log: options.log
        })
      )
    })
  )

/** Sends the text over one connection; succeeds when the kernel has taken all of it and the FIN. */
const send = (address: TcpAddress, text: string): Effect.Effect<void, string> =>
  Effect.callback<void, string>((resume) => {
    const host = address.host === "" ? "127.0.0.1" : address.host
    const socket = Net.connect({ host, port: address.port, lookup: lookupForSocket })
    // Discard any reply: closing a socket with unread data sends RST instead of FIN.
    socket.resume()
    socket.once("finish", () => {
      socket.destroy()
      resume(Effect.void)
    })
    socket.on("error", (error) => {
      socket.destroy()
      resume(Effect.fail(words(address, error)))
    })
    socket.end(text)
    return Effect.sync(() => socket.destroy())
  })

const words = (address: TcpAddress, cause: Error): string => {
  const error = nodeError(cause)
  const where = joinHostPort(error.address ?? address.host, error.port ?? address.port)
  if (error.syscall === "connect") return `dial tcp ${where}: connect: ${errnoText(error)}`
  if (error.syscall?.startsWith("getaddrinfo") === true) return `dial tcp: ${lookupText(error, address.host)}`
  return `write tcp ${where}: ${error.syscall === undefined ? "" : `${error.syscall}: `}${errnoText(error)}`
}
