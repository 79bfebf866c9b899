/**
 * Connections and bytes by peer identity, for the busiest N identities; all others count as `other`. An identity that becomes
 * far busier than a named one replaces it: from then on it has its own series, and the replaced one's values are added to
 * `other`. So every series only grows, and the sum of all series is exact.
 */
import type { tunnelNames } from "./Names.ts"
import type { Registry } from "./Registry.ts"

interface Numbers {
  connections: number
  forwarded: number
  returned: number
}

const other = "other"
/** An unnamed identity must be this many times as busy as the least busy named one to replace it. */
const lead = 2
/** Unnamed identities to track per named one. */
const candidatesEach = 8

const zero = (): Numbers => ({ connections: 0, forwarded: 0, returned: 0 })

const leastBusy = <A extends Numbers>(all: Iterable<readonly [string, A]>): readonly [string, A] | undefined => {
  let least: readonly [string, A] | undefined
  for (const each of all) if (least === undefined || each[1].connections < least[1].connections) least = each
  return least
}

export class IdentityMetrics {
  readonly #limit: number
  readonly #named = new Map<string, Numbers>()
  readonly #candidates = new Map<string, Numbers>()
  readonly #connections
  readonly #bytes

  /** With a limit of 0 nothing is counted. */
  constructor(registry: Registry, names: ReturnType<typeof tunnelNames>, limit: number) {
    this.#limit = limit
    this.#connections = registry.counter(names.identityConnections)
    this.#bytes = registry.counter(names.identityBytes)
  }

  opened(identity: string): void {
    if (this.#limit === 0) return
    const named = this.#named.get(identity)
    if (named !== undefined) named.connections++
    else if (this.#named.size < this.#limit) this.#named.set(identity, { ...zero(), connections: 1 })
    else this.#consider(identity)
    this.#connections.record(1, { identity: this.#label(identity) })
  }

  ended(identity: string, forwarded: number, returned: number): void {
    if (this.#limit === 0) return
    const named = this.#named.get(identity)
    if (named !== undefined) {
      named.forwarded += forwarded
      named.returned += returned
    }
    this.#addBytes(this.#label(identity), forwarded, returned)
  }

  #label(identity: string): string {
    return this.#named.has(identity) ? identity : other
  }

  #addBytes(label: string, forwarded: number, returned: number): void {
    this.#bytes.record(forwarded, { identity: label, direction: "forwarded" })
    this.#bytes.record(returned, { identity: label, direction: "returned" })
  }

  /** Counts an unnamed identity, and gives it a series when it qualifies. */
  #consider(identity: string): void {
    const candidate = this.#candidates.get(identity) ?? zero()
    candidate.connections++
    this.#candidates.set(identity, candidate)
    const least = leastBusy(this.#named)
    if (least !== undefined && candidate.connections > least[1].connections * lead) this.#replace(least, identity)
    else if (this.#candidates.size > this.#limit * candidatesEach) {
      const [forgotten] = leastBusy(this.#candidates) ?? [identity]
      this.#candidates.delete(forgotten)
    }
  }

  #replace([gone, numbers]: readonly [string, Numbers], identity: string): void {
    this.#named.delete(gone)
    this.#candidates.delete(identity)
    this.#candidates.set(gone, { ...zero(), connections: numbers.connections })
    this.#connections.forget({ identity: gone })
    for (const direction of ["forwarded", "returned"]) this.#bytes.forget({ identity: gone, direction })
    if (numbers.connections > 0) this.#connections.record(numbers.connections, { identity: other })
    this.#addBytes(other, numbers.forwarded, numbers.returned)
    this.#named.set(identity, { ...zero(), connections: 1 })
  }
}
