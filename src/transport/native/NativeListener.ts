/** Listening sockets: bind, take connections as admission allows, stop at once. Waiting clients stay in the kernel's queue. */
import { lookup } from "node:dns"
import { readFileSync } from "node:fs"
import { isIP } from "node:net"
import { Effect, Result, type Scope } from "effect"
import { hasSocketFile, listenAt, removeSocketFile, type SocketFile } from "../../runtime/UnixSocketFile.ts"
import { hostPort, tcp, unix, written } from "../EndpointNames.ts"
import { cause, isDescriptorShortage, lookupCause, pathCause } from "../SystemErrors.ts"
import * as Timer from "../Timer.ts"
import { BindError, type EndpointName, type Listener, type ListenOptions } from "../Transport.ts"
import { AcceptedDescriptor } from "./AcceptedDescriptor.ts"
import { Descriptor } from "./Descriptor.ts"
import { Epoll, Errno, Sock } from "./Layout.ts"
import type { Native } from "./Native.ts"
import { ipAddress, unixAddress } from "./SockAddr.ts"
import { mustBackOff, systemError } from "./SocketCalls.ts"

/** Connections taken in a row before others get their turn. */
const burst = 32

/** Pauses after accepting has failed, in milliseconds: doubled each time (docs/compatibility/command-line.md, 4.3). */
const shortestPause = 5
const longestPause = 1000

/** What the kernel grants at most. */
const backlog = ((): number => {
  try {
    const granted = Number(readFileSync("/proc/sys/net/core/somaxconn", "utf8"))
    return granted > 0 ? Math.min(granted, 65_535) : 511
  } catch {
    return 511
  }
})()

const resolve = (host: string): Effect.Effect<string, string> =>
  host === "" || isIP(host.replace(/%.*$/, "")) !== 0
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

/** A listening socket, and whether the local end of its connections may differ from what is bound. */
interface BoundSocket {
  readonly socket: Descriptor
  readonly name: EndpointName
  readonly wildcard: boolean
}

/** Takes connections from a listening socket. */
class Acceptor implements Listener {
  readonly bound: EndpointName
  readonly shareableFd: number
  readonly #native: Native
  readonly #socket: Descriptor
  readonly #options: ListenOptions
  /** Whether the local end of a connection may differ from what is bound. */
  readonly #wildcard: boolean
  readonly file: SocketFile | undefined
  #pause = shortestPause
  #cancelPause: (() => void) | undefined
  #taking = false
  #running = false

  constructor(native: Native, { name, socket, wildcard }: BoundSocket, options: ListenOptions, file?: SocketFile) {
    this.#native = native
    this.#socket = socket
    this.#options = options
    this.bound = name
    this.shareableFd = socket.fd
    this.#wildcard = wildcard
    this.file = file
    socket.onReady = () => this.#take()
  }

  readonly resume = (): void => {
    this.#running = true
    if (this.#cancelPause === undefined) this.#take()
  }

  readonly stop = (): void => {
    if (!this.#socket.open) return
    this.#cancelPause?.()
    if (this.file !== undefined) removeSocketFile(this.file)
    this.#socket.close()
  }

  /** Whether clients have to be left in the kernel's queue. */
  #mustLeaveThem(): boolean {
    return this.#options.descriptors?.scarce(0, 0) === true
  }

  #take(): void {
    // Taking one may free a slot at once and call back in here: the loop below sees it.
    if (this.#taking || !this.#running) return
    this.#taking = true
    try {
      for (let count = 0; count < burst && this.#socket.open; count++) {
        if (!this.#options.admit()) {
          this.#running = false
          return this.#socket.wait(0)
        }
        if (!this.#takeOne()) return
      }
    } finally {
      this.#taking = false
    }
    this.#socket.wait(Epoll.IN | Epoll.EXCLUSIVE)
  }

  /** Whether there may be another one. */
  #takeOne(): boolean {
    const fd = this.#native.sockets.accept(this.#socket.fd)
    if (fd < 0) {
      this.#options.giveBack()
      this.#failed(-fd)
      return fd === -Errno.ECONNABORTED || fd === -Errno.EINTR
    }
    this.#pause = shortestPause
    this.#options.onConnection(this.#accepted(fd))
    if (!this.#mustLeaveThem()) return true
    this.#failed(Errno.EMFILE)
    return false
  }

  #accepted(fd: number): AcceptedDescriptor {
    const { sockets } = this.#native
    const peer = sockets.peer()
    const local = (this.#wildcard ? sockets.localName(fd) : undefined) ?? this.bound
    const remote = this.bound.network === "unix" ? unix() : (peer ?? tcp(undefined, undefined))
    return new AcceptedDescriptor(new Descriptor(this.#native, fd), {
      remote: { network: remote.network, address: remote.address },
      local: { network: local.network, address: local.address }
    })
  }

  #failed(errno: number): void {
    if (!this.#socket.open) return
    if (!mustBackOff(errno)) return this.#socket.wait(Epoll.IN | Epoll.EXCLUSIVE)
    this.#socket.wait(0)
    const { address, network } = this.bound
    this.#rest()
    const error = systemError("accept4", errno)
    this.#options.onAcceptError({
      reason: isDescriptorShortage(error) ? "descriptors" : "other",
      message: `accept ${network} ${address}: accept4: ${cause(error)}`
    })
  }

  /** Looks again later, each time after a longer pause. */
  #rest(): void {
    this.#cancelPause = Timer.after(this.#pause, () => {
      this.#cancelPause = undefined
      if (this.#mustLeaveThem()) this.#rest()
      else this.#take()
    })
    this.#pause = Math.min(2 * this.#pause, longestPause)
  }
}

/** A listening socket, or how error messages go on. */
type Bound = Result.Result<BoundSocket, string>

const listenOn = (native: Native, family: number, options: ListenOptions, address: Buffer | undefined): Bound => {
  const { sockets } = native
  if (address === undefined) return Result.fail("invalid argument")
  const fd = sockets.open(family)
  if (fd < 0) return Result.fail(cause(systemError("socket", -fd)))
  const socket = new Descriptor(native, fd)
  const isTcp = family !== Sock.AF_UNIX
  if (isTcp) sockets.tune(fd)
  const failed =
    (isTcp ? sockets.reuse(fd, options.reusePort) : 0) || sockets.bind(fd, address) || sockets.listen(fd, backlog)
  if (failed === 0) return named(native, socket, options)
  socket.close()
  return Result.fail(cause(systemError("bind", failed)))
}

const named = (native: Native, socket: Descriptor, options: ListenOptions): Bound => {
  const name = native.sockets.localName(socket.fd)
  const { address } = options
  if (name === undefined) {
    socket.close()
    return Result.fail("address family not supported by protocol")
  }
  return Result.succeed({
    socket,
    name: address._tag === "Unix" ? unix(address.path) : { network: name.network, address: name.address },
    wildcard: name.network === "tcp" && name.wildcard
  })
}

const adopt = (native: Native, fd: number, options: ListenOptions): Bound => {
  const { sockets, thread } = native
  thread.adopt(fd)
  const socket = new Descriptor(native, fd)
  const failed = sockets.nonBlocking(fd)
  if (failed !== 0) {
    socket.close()
    return Result.fail(cause(systemError("fcntl", failed)))
  }
  sockets.tune(fd)
  return named(native, socket, options)
}

const open = (native: Native, options: ListenOptions): Effect.Effect<Listener, BindError> => {
  const { address, inheritedFd } = options
  const fails = (message: string) => new BindError({ address: address.text, message })
  const made = (doing: string, bound: Bound): Effect.Effect<Listener, BindError> =>
    Result.isFailure(bound)
      ? Effect.fail(fails(`${doing}: ${bound.failure}`))
      : Effect.succeed(new Acceptor(native, bound.success, options))
  if (inheritedFd !== undefined) {
    return Effect.suspend(() => made(`listen fd ${inheritedFd}`, adopt(native, inheritedFd, options)))
  }
  switch (address._tag) {
    case "Unix": {
      const { path } = address
      const doing = `listen ${written(address)}: bind`
      const bind = (at: string) => Effect.sync(() => listenOn(native, Sock.AF_UNIX, options, unixAddress(at)))
      if (!hasSocketFile(path)) return Effect.flatMap(bind(path), (bound) => made(doing, bound))
      return listenAt(
        path,
        (temporary) => Effect.flatMap(bind(temporary), Effect.fromResult),
        ({ socket }) => socket.close()
      ).pipe(
        Effect.mapBoth({
          onFailure: (why) => fails(`${doing}: ${typeof why === "string" ? why : pathCause(why)}`),
          onSuccess: ([bound, file]) => new Acceptor(native, bound, options, file)
        })
      )
    }
    case "Tcp":
      return Effect.matchEffect(resolve(address.host), {
        onFailure: (message) => Effect.fail(fails(`listen tcp: ${message}`)),
        onSuccess: (host) => {
          const family = host.includes(":") ? Sock.AF_INET6 : Sock.AF_INET
          const where = address.host === "" ? `:${address.port}` : hostPort(host, address.port)
          return made(`listen tcp ${where}: bind`, listenOn(native, family, options, ipAddress(host, address.port)))
        }
      })
    default:
      return Effect.fail(fails(`listen ${address.text}: no descriptor was inherited`))
  }
}

/** Binds and listens. Nothing is delivered before the first `resume`. */
export const listen = (native: Native, options: ListenOptions): Effect.Effect<Listener, BindError, Scope.Scope> =>
  Effect.acquireRelease(open(native, options), (listener) => Effect.sync(listener.stop))
