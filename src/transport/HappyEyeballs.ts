/** Plain connections to a target, whatever sockets are made of: name, both address families (RFC 8305), one deadline. */
import type { LookupAddress } from "node:dns"
import { isIP } from "node:net"
import type { TcpAddress, UnixAddress } from "../config/Address.ts"
import { unixPathProblem } from "../config/UnixPath.ts"
import type { Resolver } from "../runtime/NameLookup.ts"
import { hostPort } from "./EndpointNames.ts"
import { cause, codeOf, lookupCause, reasonOf } from "./SystemErrors.ts"
import * as Timer from "./Timer.ts"
import type { Explained } from "./TlsErrors.ts"

/** Told once how it went. */
export interface Connected<A> {
  readonly done: (socket: A) => void
  readonly failed: (why: Explained) => void
}

/** Tries one address (an IP address, or a path as people write it); tells once how it went. Gives back what gives it up. */
export type Attempt<A> = (
  target: { readonly host: string; readonly port: number } | { readonly path: string },
  outcome: { readonly done: (socket: A) => void; readonly failed: (error: unknown) => void }
) => () => void

/** Head start of the first address family. */
const headStart = 300
/** An address gets at least this much of the time that is left, as far as there is that much. */
const fairShare = 2000

const noop = () => {}

/**
 * What to say of a connection whose two ends are the same: if no program listens on a port of the ephemeral range, the kernel
 * may choose just that one for our end, and TCP then connects it to itself (RFC 9293, section 3.5, simultaneous open).
 */
export const connectedToItself = { code: "ECONNREFUSED" } as const

/** There was no socket to connect with. */
const noDescriptor = (error: unknown): boolean => ["EMFILE", "ENFILE"].includes(codeOf(error))

const refusedBy = (where: string, error: unknown): Explained => ({
  reason: reasonOf(error),
  message: `dial ${where}: ${noDescriptor(error) ? "socket" : "connect"}: ${cause(error)}`
})
const timedOut = (where: string): Explained => ({ reason: "timeout", message: `${where}: i/o timeout` })

const loopback = "127.0.0.1"

/** Dials the addresses one after the other; a second family joins in after the head start, or when the first gave up. */
const race = <A>(
  addresses: ReadonlyArray<LookupAddress>,
  port: number,
  deadline: number,
  attempt: Attempt<A>,
  outcome: Connected<A>
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
      const cancelAttempt = attempt(
        { host: address.address, port },
        {
          done: (socket) => {
            running.delete(stop)
            cancelTimer()
            giveUp()
            outcome.done(socket)
          },
          failed: (error) => failed(refusedBy(where, error))
        }
      )
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

/** One address, and nothing to race it against. `where` is how failures name it. */
const connectOnly = <A>(
  address: Parameters<Attempt<A>>[0],
  where: () => string,
  deadline: number,
  attempt: Attempt<A>,
  outcome: Connected<A>
): (() => void) => {
  const cancelAttempt = attempt(address, {
    done: (socket) => {
      cancelTimer()
      outcome.done(socket)
    },
    failed: (error) => {
      cancelTimer()
      const { message, reason } = refusedBy(where(), error)
      const unfit = "path" in address ? unixPathProblem(address.path) : undefined
      outcome.failed({ reason, message: unfit === undefined ? message : `${message} (${unfit})` })
    }
  })
  const cancelTimer = Timer.at(deadline, () => {
    cancelAttempt()
    outcome.failed(timedOut(`dial ${where()}`))
  })
  return () => {
    cancelTimer()
    cancelAttempt()
  }
}

/** Connects by means of `attempt`, to a name's addresses that `find` gives. Gives back what gives it up. */
export const connectBy = <A>(
  find: Resolver,
  attempt: Attempt<A>,
  target: TcpAddress | UnixAddress,
  deadline: number,
  outcome: Connected<A>
): (() => void) => {
  if (target._tag === "Unix") {
    return connectOnly({ path: target.path }, () => `unix ${target.path}`, deadline, attempt, outcome)
  }
  const { port } = target
  const host = target.host === "" ? loopback : target.host
  if (isIP(host) !== 0) {
    return connectOnly({ host, port }, () => `tcp ${hostPort(host, port)}`, deadline, attempt, outcome)
  }
  let cancelRace: (() => void) | undefined
  let over = false
  const cancelTimer = Timer.at(deadline, () => {
    over = true
    outcome.failed(timedOut(`dial tcp: lookup ${host}`))
  })
  find(host, (failure, addresses) => {
    if (over) return
    cancelTimer()
    if (failure === undefined) cancelRace = race(addresses, port, deadline, attempt, outcome)
    else outcome.failed({ reason: "resolve", message: `dial tcp: ${lookupCause(host, failure)}` })
  })
  return () => {
    over = true
    cancelTimer()
    cancelRace?.()
  }
}
