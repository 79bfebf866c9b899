/** Listening sockets: bind, take connections as admission allows, stop at once. */
import { lookup } from "node:dns"
import { readFileSync } from "node:fs"
import { isIP, type ListenOptions as NetListenOptions, type Server, type Socket } from "node:net"
import { Effect, type Scope } from "effect"
import { hasSocketFile, listenAt, removeSocketFile } from "../../runtime/UnixSocketFile.ts"
import { hostPort, kernelPath, tcp, unix, written, writtenPath } from "../EndpointNames.ts"
import { cause, isDescriptorShortage, lookupCause, pathCause } from "../SystemErrors.ts"
import { BindError, type Descriptors, type EndpointName, type Listener, type ListenOptions } from "../Transport.ts"
import { AcceptedSocket } from "./AcceptedSocket.ts"
import { ListeningSocket } from "./ListeningSocket.ts"
import { tune } from "./SocketTuning.ts"

/** What the kernel grants at most; also how many connections we hold for it while admission waits. */
const backlog = ((): number => {
  try {
    const granted = Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"))
    return granted > 0 ? Math.min(granted, 65_535) : 511
  } catch {
    return 511
  }
})()

/** Hands connections on in the order they came, asking for each; those that `admit` refuses wait unread. */
class AcceptQueue {
  readonly #waiting: Array<AcceptedSocket> = []
  readonly #options: ListenOptions
  #paused = true
  #delivering = false
  #stopped = false

  constructor(options: ListenOptions) {
    this.#options = options
  }

  /** How many wait. */
  get length(): number {
    return this.#waiting.length
  }

  push(raw: AcceptedSocket): void {
    // The kernel would have kept no more of them either.
    if (this.#stopped || this.#waiting.length >= backlog) return raw.reset()
    this.#waiting.push(raw)
    if (!this.#paused) this.#deliver()
  }

  resume(): void {
    this.#paused = false
    this.#deliver()
  }

  stop(): void {
    this.#stopped = true
    for (const raw of this.#waiting.splice(0)) raw.reset()
  }

  #deliver(): void {
    // Delivering may free a slot at once and call back in here: the loop below sees it.
    if (this.#delivering) return
    this.#delivering = true
    try {
      while (!this.#stopped && this.#waiting.length > 0) {
        if (!this.#options.admit()) {
          this.#paused = true
          return
        }
        const raw = this.#waiting.shift()
        if (raw !== undefined) this.#options.onConnection(raw)
        else this.#options.giveBack()
      }
    } finally {
      this.#delivering = false
    }
  }
}

const resolve = (host: string): Effect.Effect<string, string> =>
  host === "" || isIP(host) !== 0
    ? Effect.succeed(host === "" ? "0.0.0.0" : host)
    : Effect.callback((resume) => {
        lookup(host, { all: true, order: "ipv4first" }, (error, addresses) => {
          const first = addresses?.[0]
          resume(
            error === null && first !== undefined
              ? Effect.succeed(first.address)
              : Effect.fail(lookupCause(host, error ?? { code: "ENOTFOUND" }))
          )
        })
      })

/** Where to listen, in Node's words, and how error sentences begin. */
interface Place {
  readonly settings: NetListenOptions
  readonly doing: string
}

const placeOf = (options: ListenOptions): Effect.Effect<Place, BindError> => {
  const { address, inheritedFd } = options
  const fails = (message: string) => new BindError({ address: address.text, message })
  if (inheritedFd !== undefined) {
    return Effect.succeed({ settings: { fd: inheritedFd, backlog }, doing: `listen fd ${inheritedFd}` })
  }
  switch (address._tag) {
    case "Unix":
      return Effect.succeed({
        settings: { path: kernelPath(address.path), backlog },
        doing: `listen ${written(address)}: bind`
      })
    case "Tcp":
      return Effect.mapBoth(resolve(address.host), {
        onFailure: (message) => fails(`listen tcp: ${message}`),
        onSuccess: (host) => ({
          settings: { host, port: address.port, backlog, reusePort: options.reusePort, exclusive: true },
          doing: `listen tcp ${address.host === "" ? `:${address.port}` : hostPort(host, address.port)}: bind`
        })
      })
    default:
      return Effect.fail(fails(`listen ${address.text}: no descriptor was inherited`))
  }
}

const boundTo = (server: Server, options: ListenOptions): EndpointName => {
  const address = server.address()
  if (typeof address === "object" && address !== null) return tcp(address.address, address.port)
  if (options.address._tag === "Unix") return unix(options.address.path)
  return unix(writtenPath(address ?? ""))
}

const acceptedFrom = (socket: Socket, bound: EndpointName): AcceptedSocket => {
  if (bound.network === "unix") return new AcceptedSocket(socket, { remote: unix(), local: bound })
  tune(socket)
  return new AcceptedSocket(socket, {
    remote: tcp(socket.remoteAddress, socket.remotePort),
    local: tcp(socket.localAddress, socket.localPort)
  })
}

/** Pauses between looks at the descriptors, in milliseconds (docs/compatibility/command-line.md, 4.3). */
const SHORTEST_PAUSE = 5
const LONGEST_PAUSE = 1000

/** A listener that accepts from the start; one that is held leaves clients in the kernel's queue until the first `resume`. */
interface OpenListener extends Listener {
  readonly hold: () => void
}

/** Held at once, unless it has been bound at a temporary name: holding closes the handle, and libuv removes that name then. */
const open = (options: ListenOptions, place: Place, isTemporary: boolean): Effect.Effect<OpenListener, BindError> =>
  Effect.callback((resume) => {
    const { address, descriptors } = options
    const queue = new AcceptQueue(options)
    const socket = new ListeningSocket(place.settings.backlog, (accepted, server) => {
      bound ??= boundTo(server, options)
      queue.push(acceptedFrom(accepted, bound))
      if (descriptors === undefined || retry !== undefined) return
      pause = SHORTEST_PAUSE
      if (descriptors.scarce(queue.length, 0)) exhausted(descriptors)
    })
    // Node starts accepting within `listen`, before it says so.
    let bound: EndpointName | undefined
    let retry: NodeJS.Timeout | undefined
    let pause = SHORTEST_PAUSE

    const onAcceptError = (error: unknown) =>
      options.onAcceptError({
        reason: isDescriptorShortage(error) ? "descriptors" : "other",
        message: `accept ${bound?.network ?? "tcp"} ${bound?.address ?? address.text}: accept4: ${cause(error)}`
      })
    const exhausted = (look: Descriptors) => {
      onAcceptError({ code: "EMFILE" })
      socket.putAside(look.duplicate)
      wait(look)
    }
    const wait = (look: Descriptors) => {
      retry = setTimeout(() => {
        retry = undefined
        if (look.scarce(queue.length, 1)) return wait(look)
        socket.takeBack(look.duplicate, onAcceptError, () => wait(look), true)
      }, pause)
      pause = Math.min(2 * pause, LONGEST_PAUSE)
    }
    // libuv would accept at once, and clients would take the descriptors that the rest of the start needs.
    const hold = () => {
      if (descriptors !== undefined) socket.putAside(descriptors.duplicate)
    }
    let begun = false
    const begin = () => {
      if (!begun && descriptors !== undefined) {
        socket.takeBack(descriptors.duplicate, onAcceptError, () => wait(descriptors), false)
      }
      begun = true
      queue.resume()
    }
    const stop = () => {
      clearTimeout(retry)
      socket.close()
      queue.stop()
    }
    socket.listen(place.settings, {
      bound: (server) => {
        bound = boundTo(server, options)
        if (!isTemporary) hold()
        resume(Effect.succeed({ bound, resume: begin, stop, hold }))
      },
      failed: (error) =>
        resume(Effect.fail(new BindError({ address: address.text, message: `${place.doing}: ${cause(error)}` }))),
      acceptFailed: onAcceptError
    })
    return Effect.sync(stop)
  })

/** Binds a UNIX socket's path under the name that is free until then. libuv removes that name when it closes, not the path. */
const openPath = (options: ListenOptions, place: Place, path: string): Effect.Effect<Listener, BindError> =>
  listenAt(
    path,
    (temporary) => open(options, { ...place, settings: { ...place.settings, path: temporary } }, true),
    (listener) => listener.stop()
  ).pipe(
    Effect.mapBoth({
      onFailure: (why) =>
        why._tag === "BindError"
          ? why
          : new BindError({ address: options.address.text, message: `${place.doing}: ${pathCause(why)}` }),
      onSuccess: ([{ hold, stop, ...listener }, file]) => {
        hold()
        return {
          ...listener,
          file,
          stop: () => {
            removeSocketFile(file)
            stop()
          }
        }
      }
    })
  )

/** Binds and listens. Nothing is accepted before the first `resume`: clients wait in the kernel's queue. */
export const listen = (options: ListenOptions): Effect.Effect<Listener, BindError, Scope.Scope> =>
  Effect.acquireRelease(
    Effect.flatMap(placeOf(options), (place) => {
      const { address, inheritedFd } = options
      return inheritedFd === undefined && address._tag === "Unix" && hasSocketFile(address.path)
        ? openPath(options, place, address.path)
        : open(options, place, false)
    }),
    (listener) => Effect.sync(listener.stop)
  )
