/**
 * Resolves names while the tunnel runs (docs/compatibility/command-line.md, 8.4). Look-ups block the few helper threads of the
 * process, and neither a thread nor the process ends before its own look-ups have. So concurrent requests for a name share
 * look-ups, and worker threads leave them to the main thread.
 */
import { type LookupAddress, lookup } from "node:dns"
import type { LookupFunction } from "node:net"
import { Context } from "effect"

/** Called once: with the addresses in the resolver's order, or with the failure's code. */
export type Found = (failure: { readonly code: string } | undefined, addresses: ReadonlyArray<LookupAddress>) => void

/** Finds the addresses of a name. It has no deadline; callers keep their own. */
export type Resolver = (host: string, found: Found) => void

const ofThisThread: Resolver = (host, found) =>
  lookup(host, { all: true, order: "verbatim" }, (error, addresses) =>
    error === null ? found(undefined, addresses) : found({ code: error.code ?? "EAI_FAIL" }, [])
  )

/**
 * How old the latest look-up of a name may be for further requests to join it, in milliseconds. A query or its answer may be
 * lost, and the resolver retries only after seconds.
 */
const FRESH = 1_000
/** Concurrent look-ups per name, so that one name cannot occupy all helper threads. */
const AT_A_TIME = 2

/** One look-up and its waiting callers. */
interface Attempt {
  readonly began: number
  readonly asked: Array<Found>
}

/**
 * Lets concurrent requests for a name share a look-up, and starts a second one if the first takes long. The first addresses
 * found go to all callers; a failure goes only to those that waited for that look-up.
 */
export const sharing = (resolver: Resolver, now: () => number = () => performance.now()): Resolver => {
  const underWay = new Map<string, Array<Attempt>>()
  return (host, found) => {
    const attempts = underWay.get(host) ?? []
    const latest = attempts.at(-1)
    if (latest !== undefined && (now() - latest.began < FRESH || attempts.length >= AT_A_TIME)) {
      return void latest.asked.push(found)
    }
    const attempt: Attempt = { began: now(), asked: [found] }
    underWay.set(host, [...attempts, attempt])
    resolver(host, (failure, addresses) => {
      const all = underWay.get(host) ?? []
      const rest = all.filter((each) => each !== attempt)
      if (rest.length > 0) underWay.set(host, rest)
      else underWay.delete(host)
      const told = (failure === undefined ? all : [attempt]).flatMap((each) => each.asked.splice(0))
      for (const each of told) each(failure, addresses)
    })
  }
}

/** How a thread finds addresses: by default itself, sharing look-ups over everything on the thread. */
export const NameLookup = Context.Reference<Resolver>("ghostunnel/NameLookup", {
  defaultValue: () => findAddresses
})

/** This thread's own look-ups, for what runs on the main thread alone. */
export const findAddresses: Resolver = sharing(ofThisThread)

/** A resolver as the `lookup` option of Node's sockets. */
export const socketLookup =
  (find: Resolver): LookupFunction =>
  (hostname, { all }, callback) =>
    find(hostname, (failure, addresses) => {
      const [first] = addresses
      if (failure !== undefined || first === undefined) {
        const code = failure?.code ?? "ENOTFOUND"
        const error = Object.assign(new Error(`getaddrinfo ${code} ${hostname}`), {
          code,
          syscall: "getaddrinfo",
          hostname
        })
        return callback(error, "")
      }
      if (all === true) callback(null, [...addresses])
      else callback(null, first.address, first.family)
    })

/** This thread's own look-ups for Node's sockets. */
export const lookupForSocket = socketLookup(findAddresses)
