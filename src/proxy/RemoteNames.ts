/**
 * Look-ups of a worker thread, made by the main thread: it shares them over all threads, and the end of this one need not wait
 * for name servers. They are many, one a connection, so they have no port each; the name tells the answers apart.
 */
import type { Found as Callback, Resolver } from "../runtime/NameLookup.ts"
import type { Found, LookUp } from "./WorkerProtocol.ts"

export class RemoteNames {
  readonly #ask: (message: typeof LookUp.Type) => void
  readonly #waiting = new Map<string, Array<Callback>>()

  constructor(ask: (message: typeof LookUp.Type) => void) {
    this.#ask = ask
  }

  readonly find: Resolver = (host, found) => {
    const waiting = this.#waiting.get(host)
    if (waiting === undefined) this.#waiting.set(host, [found])
    else waiting.push(found)
    this.#ask({ _tag: "LookUp", host })
  }

  /** Addresses are for all who wait for them; a failure is only for the one who has waited longest. */
  found({ addresses, failure, host }: Found): void {
    const waiting = this.#waiting.get(host)
    if (waiting === undefined) return
    const answered = failure === undefined ? waiting.splice(0) : waiting.splice(0, 1)
    if (waiting.length === 0) this.#waiting.delete(host)
    for (const each of answered) each(failure, addresses)
  }
}
