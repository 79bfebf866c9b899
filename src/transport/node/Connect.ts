/** Plain connections to a target: name, both address families (RFC 8305), one deadline. */
import { type LookupAddress, lookup } from "node:dns"
import { connect as connectSocket, isIP, type Socket } from "node:net"
import type { TcpAddress, UnixAddress } from "../../config/Address.ts"
import { hostPort, kernelPath } from "./EndpointNames.ts"
import { ScratchReader } from "./ScratchReader.ts"
import { highWaterMark, tune } from "./SocketTuning.ts"
import { cause, codeOf, lookupCause, reasonOf } from "./SystemErrors.ts"
import * as Timer from "./Timer.ts"
import type { Explained } from "./TlsErrors.ts"

/** Told once how it went. The socket is paused and unread; it reads through the reader, if one was asked for. */
export interface Connected {
  readonly done: (socket: Socket, reader?: ScratchReader) => void
  readonly failed: (why: Explained) => void
}

/** Head start of the first address family. */
const headStart = 300
/** An address gets at least this much of the time that is left, as far as there is that much. */
const fairShare = 2000

const noop = () => {}

/** One attempt. Gives back what gives it up. */
const attempt = (
  target: { readonly host: string; readonly port: number } | { readonly path: string },
  scratch: boolean,
  outcome: { readonly done: Connected["done"]; readonly failed: (error: Error) => void }
): (() => void) => {
  const reader = scratch ? new ScratchReader() : undefined
  const options = { ...target, allowHalfOpen: true, highWaterMark, onread: reader?.options }
  const socket = connectSocket(options)
  // Nothing is read before somebody wants it.
  socket.pause()
  socket.on("error", noop)
  const release = () => socket.off("connect", onConnect).off("error", onError)
  const onConnect = () => {
    release()
    outcome.done(socket, reader)
  }
  const onError = (error: Error) => {
    release()
    outcome.failed(error)
  }
  socket.once("connect", onConnect).once("error", onError)
  return () => {
    release()
    socket.destroy()
  }
}

/** There was no socket to connect with. */
const noDescriptor = (error: Error): boolean => ["EMFILE", "ENFILE"].includes(codeOf(error))

const refusedBy = (where: string, error: Error): Explained => ({
  reason: reasonOf(error),
  message: `dial ${where}: ${noDescriptor(error) ? "socket" : "connect"}: ${cause(error)}`
})
const timedOut = (where: string): Explained => ({ reason: "timeout", message: `${where}: i/o timeout` })

const loopback: LookupAddress = { address: "127.0.0.1", family: 4 }

/** Dials the addresses one after the other; a second family joins in after the head start, or when the first gave up. */
const race = (
  addresses: ReadonlyArray<LookupAddress>,
  port: number,
  deadline: number,
  scratch: boolean,
  outcome: Connected
) => {
  const running = new Set<() => void>()
  let first: Explained | undefined
  let chains = 0

  const giveUp = () => {
    for (const cancel of running) cancel()
    running.clear()
  }
  const chain = (list: ReadonlyArray<LookupAddress>, exhausted: () => void) => {
    const next = (index: number) => {
      const address = list[index]
      if (address === undefined) return exhausted()
      const left = deadline - performance.now()
      const share = Math.max(left / (list.length - index), Math.min(left, fairShare))
      const where = `tcp ${hostPort(address.address, port)}`
      const stop = () => {
        running.delete(stop)
        cancelTimer()
        cancelAttempt()
      }
      const failed = (why: Explained) => {
        stop()
        first ??= why
        next(index + 1)
      }
      const cancelTimer = Timer.after(share, () => failed(timedOut(`dial ${where}`)))
      const cancelAttempt = attempt({ host: address.address, port }, scratch, {
        done: (socket, reader) => {
          running.delete(stop)
          cancelTimer()
          giveUp()
          tune(socket)
          outcome.done(socket, reader)
        },
        failed: (error) => failed(refusedBy(where, error))
      })
      running.add(stop)
    }
    chains++
    next(0)
  }

  const family = addresses[0]?.family
  const others = addresses.filter((address) => address.family !== family)
  const exhausted = () => {
    if (--chains === 0 && !waiting) outcome.failed(first ?? timedOut("dial tcp"))
  }
  let waiting = others.length > 0
  const join = () => {
    if (!waiting) return
    waiting = false
    running.delete(cancelJoin)
    cancelJoin()
    chain(others, exhausted)
  }
  const cancelJoin = waiting ? Timer.after(headStart, join) : noop
  running.add(cancelJoin)
  chain(
    addresses.filter((address) => address.family === family),
    () => {
      join()
      exhausted()
    }
  )
  return giveUp
}

const connectUnix = (target: UnixAddress, deadline: number, scratch: boolean, outcome: Connected): (() => void) => {
  const where = `unix ${target.path}`
  const cancelAttempt = attempt({ path: kernelPath(target.path) }, scratch, {
    done: (socket, reader) => {
      cancelTimer()
      outcome.done(socket, reader)
    },
    failed: (error) => {
      cancelTimer()
      outcome.failed(refusedBy(where, error))
    }
  })
  const cancelTimer = Timer.at(deadline, () => {
    cancelAttempt()
    outcome.failed(timedOut(`dial ${where}`))
  })
  return () => {
    cancelTimer()
    cancelAttempt()
  }
}

/** Connects. Gives back what gives it up. With `scratch` the socket reads through a `ScratchReader`: not for TLS on top. */
export const connect = (
  target: TcpAddress | UnixAddress,
  deadline: number,
  outcome: Connected,
  scratch = false
): (() => void) => {
  if (target._tag === "Unix") return connectUnix(target, deadline, scratch, outcome)
  const { host, port } = target
  const family = isIP(host)
  if (host === "" || family !== 0) {
    return race([host === "" ? loopback : { address: host, family }], port, deadline, scratch, outcome)
  }
  let cancelRace: (() => void) | undefined
  let over = false
  const cancelTimer = Timer.at(deadline, () => {
    over = true
    outcome.failed(timedOut(`dial tcp: lookup ${host}`))
  })
  lookup(host, { all: true, order: "verbatim" }, (error, addresses) => {
    if (over) return
    cancelTimer()
    if (error === null) cancelRace = race(addresses, port, deadline, scratch, outcome)
    else outcome.failed({ reason: "resolve", message: `dial tcp: ${lookupCause(host, error)}` })
  })
  return () => {
    over = true
    cancelTimer()
    cancelRace?.()
  }
}
