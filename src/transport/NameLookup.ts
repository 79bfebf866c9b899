/**
 * Names to addresses, as a dial needs them (contract: command line, section 8.4). Look-ups wait for name servers on few
 * helper threads of the whole process, and neither a thread nor the process ends before its own have: so everybody who asks
 * for the same name at a time shares one look-up, and worker threads leave them to the main thread.
 */
import { type LookupAddress, lookup } from "node:dns"

/** Told once: the addresses in the resolver's order, or the failure with its code. */
export type Found = (failure: { readonly code: string } | undefined, addresses: ReadonlyArray<LookupAddress>) => void

/** Finds the addresses of a name, in its own time: whoever asks keeps to its deadline itself. */
export type Resolver = (host: string, found: Found) => void

const ofThisThread: Resolver = (host, found) =>
  lookup(host, { all: true, order: "verbatim" }, (error, addresses) =>
    error === null ? found(undefined, addresses) : found({ code: error.code ?? "EAI_FAIL" }, [])
  )

/** Gives those who ask for a name that is being looked up the answer to the question that is under way. */
export const sharing = (resolver: Resolver): Resolver => {
  const underWay = new Map<string, Array<Found>>()
  return (host, found) => {
    const others = underWay.get(host)
    if (others !== undefined) return void others.push(found)
    const all = [found]
    underWay.set(host, all)
    resolver(host, (failure, addresses) => {
      underWay.delete(host)
      for (const each of all) each(failure, addresses)
    })
  }
}

let find = sharing(ofThisThread)

/** From now on another thread answers for this one. */
export const lookUpBy = (resolver: Resolver): void => {
  find = sharing(resolver)
}

export const findAddresses: Resolver = (host, found) => find(host, found)
