/**
 * Names to addresses, for whoever connects by name while the tunnel runs (contract: command line, section 8.4). Look-ups wait
 * for name servers on few helper threads of the whole process, and neither a thread nor the process ends before its own have:
 * so everybody who asks for the same name at a time shares look-ups, and worker threads leave them to the main thread.
 */
import { type LookupAddress, lookup } from "node:dns"
import type { LookupFunction } from "node:net"

/** Told once: the addresses in the resolver's order, or the failure with its code. */
export type Found = (failure: { readonly code: string } | undefined, addresses: ReadonlyArray<LookupAddress>) => void

/** Finds the addresses of a name, in its own time: whoever asks keeps to its deadline itself. */
export type Resolver = (host: string, found: Found) => void

const ofThisThread: Resolver = (host, found) =>
  lookup(host, { all: true, order: "verbatim" }, (error, addresses) =>
    error === null ? found(undefined, addresses) : found({ code: error.code ?? "EAI_FAIL" }, [])
  )

/**
 * How old the latest look-up of a name may be for others to join it, in milliseconds: its question or the answer may be
 * lost, and the resolver asks again only after seconds.
 */
const FRESH = 1_000
/** Look-ups of one name at a time: of the helper threads no name may take many. */
const AT_A_TIME = 2

/** One look-up and who waits for it. */
interface Attempt {
  readonly began: number
  readonly asked: Array<Found>
}

/**
 * Gives those who ask for a name that is being looked up the answer to the question that is under way, and asks a second time
 * when that takes long. The first addresses found are everybody's; a failure is told to those who waited for that very one.
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

let find = sharing(ofThisThread)

/** From now on another thread, which shares look-ups, answers for this one. */
export const lookUpBy = (resolver: Resolver): void => {
  find = resolver
}

export const findAddresses: Resolver = (host, found) => find(host, found)

/** The same for Node's own sockets: to be their `lookup`. */
export const lookupForSocket: LookupFunction = (hostname, { all }, callback) =>
  findAddresses(hostname, (failure, addresses) => {
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
