/**
 * Recent activity for the status page: open connections by identity, rates, handshake durations, and refused connections with
 * reasons. Built from connection records alone; its size is bounded under any load.
 */
import type { ConnectionRecord } from "../proxy/ConnectionRecord.ts"

/** Activity in one period of time. */
export interface Interval {
  /** Start of the period, Unix milliseconds. */
  readonly at: number
  readonly opened: number
  readonly failed: number
  readonly forwarded: number
  readonly returned: number
  /** Percentiles in seconds of handshakes (server mode) or dials (client mode); absent if there were none. */
  readonly p50?: number
  readonly p99?: number
}

/** A connection that was refused or failed before it was established. */
export interface Refusal {
  /** Unix milliseconds. */
  readonly at: number
  readonly client: string
  readonly stage: string
  readonly reason: string
  readonly message: string
}

export interface LiveIdentity {
  readonly identity: string
  readonly open: number
  readonly total: number
}

export interface LiveSnapshot {
  readonly identities: ReadonlyArray<LiveIdentity>
  /** The number of identities not listed. */
  readonly hidden: number
  /** Oldest first; the last one is still in progress. */
  readonly intervals: ReadonlyArray<Interval>
  /** Newest first. */
  readonly refusals: ReadonlyArray<Refusal>
}

/** Length of an interval in milliseconds. */
export const intervalMillis = 5000
const intervalsKept = 60
const refusalsKept = 50
const identitiesKept = 2000
const identitiesShown = 50
/** Durations an interval keeps; further ones replace a random one, which keeps the sample unbiased. */
const durationsKept = 512
const longestMessage = 300

interface Building {
  at: number
  opened: number
  failed: number
  forwardedBefore: number
  returnedBefore: number
  seen: number
  readonly durations: Array<number>
}

const percentile = (sorted: ReadonlyArray<number>, p: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * p))] ?? 0

interface Totals {
  readonly forwarded: number
  readonly returned: number
}

export class LiveView {
  readonly #carried: () => Totals
  readonly #now: () => number
  readonly #random: () => number
  readonly #identities = new Map<string, { open: number; total: number }>()
  readonly #refusals: Array<Refusal> = []
  readonly #finished: Array<Interval> = []
  #current: Building

  /** `carried` returns the total bytes copied so far; `now` returns Unix milliseconds. */
  constructor(carried: () => Totals, now: () => number, random: () => number = Math.random) {
    this.#carried = carried
    this.#now = now
    this.#random = random
    this.#current = this.#begin(this.#now())
  }

  record(record: ConnectionRecord): void {
    this.advance()
    const { _tag, facts } = record
    if (facts === undefined) return
    if (_tag === "Opened") {
      this.#current.opened++
      const known = this.#identity(facts.tls?.subject)
      known.open++
      known.total++
      const nanos = facts.handshakeNanos ?? facts.dialNanos
      if (nanos !== undefined) this.#observe(nanos / 1e9)
    } else if (_tag === "Closed" || (_tag === "Aborted" && record.nanos !== undefined)) {
      const known = this.#identity(facts.tls?.subject)
      known.open = Math.max(0, known.open - 1)
    } else if (_tag === "HandshakeFailed" || _tag === "DialFailed" || _tag === "PrefixFailed") {
      this.#current.failed++
      const stage = _tag === "HandshakeFailed" ? "handshake" : _tag === "DialFailed" ? "dial" : "PROXY header"
      const message = record.message.slice(0, longestMessage)
      this.#refusals.unshift({ at: record.at, client: facts.client.address, stage, reason: record.reason, message })
      this.#refusals.length = Math.min(this.#refusals.length, refusalsKept)
    }
  }

  snapshot(): LiveSnapshot {
    this.advance()
    const busy = [...this.#identities]
      .map(([identity, { open, total }]) => ({ identity, open, total }))
      .toSorted((a, b) => b.open - a.open || b.total - a.total)
    return {
      identities: busy.slice(0, identitiesShown),
      hidden: Math.max(0, busy.length - identitiesShown),
      intervals: [...this.#finished, this.#finish(this.#current)],
      refusals: [...this.#refusals]
    }
  }

  /**
   * Closes the interval if its time is over, and adds empty ones for periods without activity. Call it regularly, so that
   * bytes are attributed to the interval in which they were copied.
   */
  advance(): void {
    const now = this.#now()
    if (now < this.#current.at + intervalMillis) return
    this.#finished.push(this.#finish(this.#current))
    const missed = Math.floor((now - this.#current.at) / intervalMillis) - 1
    for (let n = Math.max(1, missed - intervalsKept); n <= missed; n++) {
      const at = this.#current.at + n * intervalMillis
      this.#finished.push({ at, opened: 0, failed: 0, forwarded: 0, returned: 0 })
    }
    this.#finished.splice(0, this.#finished.length - intervalsKept)
    this.#current = this.#begin(now)
  }

  #identity(subject: string | undefined): { open: number; total: number } {
    const name = subject ?? "no certificate"
    const known = this.#identities.get(name)
    if (known !== undefined) return known
    if (this.#identities.size >= identitiesKept) this.#makeRoom()
    const fresh = { open: 0, total: 0 }
    this.#identities.set(name, fresh)
    return fresh
  }

  /** Removes the oldest identity without an open connection; if all have one, the oldest. */
  #makeRoom(): void {
    let oldest: string | undefined
    for (const [name, { open }] of this.#identities) {
      oldest ??= name
      if (open === 0) {
        oldest = name
        break
      }
    }
    if (oldest !== undefined) this.#identities.delete(oldest)
  }

  #observe(seconds: number): void {
    const { durations } = this.#current
    this.#current.seen++
    if (durations.length < durationsKept) durations.push(seconds)
    else {
      const place = Math.floor(this.#random() * this.#current.seen)
      if (place < durationsKept) durations[place] = seconds
    }
  }

  #begin(now: number): Building {
    const { forwarded, returned } = this.#carried()
    const at = now - (now % intervalMillis)
    return { at, opened: 0, failed: 0, forwardedBefore: forwarded, returnedBefore: returned, seen: 0, durations: [] }
  }

  #finish(building: Building): Interval {
    const { forwarded, returned } = this.#carried()
    const sorted = building.durations.toSorted((a, b) => a - b)
    return {
      at: building.at,
      opened: building.opened,
      failed: building.failed,
      forwarded: forwarded - building.forwardedBefore,
      returned: returned - building.returnedBefore,
      ...(sorted.length === 0 ? {} : { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) })
    }
  }
}
