/**
 * How many descriptors this process may still open (docs/compatibility/command-line.md, 4.3). Linux only; elsewhere there is no
 * cheap way to count, and descriptors are never treated as scarce.
 */
import { readdirSync, readFileSync, statSync } from "node:fs"
import { Context } from "effect"

/** How long a limit is cached, in milliseconds; an operator may change it. */
const LIMIT_LASTS = 1000

/** The soft limit in a `/proc/PID/limits`; undefined when there is none. Pure. */
export const parseLimit = (text: string): number | undefined => {
  const found = /^Max open files\s+(\d+)/m.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

/** Counts open descriptors; kernels before 6.2 require listing them. */
const countOpen = (): number => {
  const { size } = statSync("/proc/self/fd")
  return size > 0 ? size : readdirSync("/proc/self/fd").length - 1
}

/** The process's descriptor limit and its use. */
export interface Usage {
  readonly limit: number
  /** Never negative. */
  readonly free: number
}

/** Current usage of all threads together; undefined where it cannot be determined. */
export type ReadUsage = () => Usage | undefined

/** Reads `/proc/self`, the limit at most once a second. */
export const makeReadUsage = (): ReadUsage => {
  let limit: { readonly value: number; readonly at: number } | undefined
  const readLimit = (): number | undefined => {
    const now = performance.now()
    if (limit === undefined || now - limit.at > LIMIT_LASTS) {
      try {
        limit = { value: parseLimit(readFileSync("/proc/self/limits", "utf8")) ?? Number.POSITIVE_INFINITY, at: now }
      } catch {
        // No descriptor is left to read the limit with: use the last one read.
      }
    }
    return limit?.value
  }
  return () => {
    const known = readLimit()
    if (known === undefined || known === Number.POSITIVE_INFINITY) return undefined
    try {
      return { limit: known, free: Math.max(0, known - countOpen()) }
    } catch {
      // Listing needs a descriptor itself.
      return { limit: known, free: 0 }
    }
  }
}

/** The descriptors of the process, as a thread reads them. */
export const Descriptors = Context.Reference<ReadUsage>("ghostunnel/Descriptors", { defaultValue: makeReadUsage })

/** Descriptors that connections must leave for the status port, reloads, name look-ups and logging. Pure. */
export const reserveOf = (limit: number): number => Math.min(64, Math.max(8, limit >> 4))

/** Whether the status port must refuse clients, so that a reload still finds a descriptor. */
export const statusIsOver = (read: ReadUsage): boolean => {
  const usage = read()
  return usage !== undefined && usage.free < reserveOf(usage.limit) / 2
}

/** Descriptors that current connections will still need. */
export interface Demand {
  /** Descriptors that the listening socket needs itself before it takes one. */
  readonly listening: number
  /** Connections of the asking thread, in any state. */
  readonly connections: number
  /** Connections of all threads that have not dialled yet. */
  readonly undialled: number
  /** Connections that all threads have ever accepted; only differences count, modulo 2³². */
  readonly taken: number
}

/** Descriptors per connection: its own and the one to its target. */
const PER_CONNECTION = 2

/**
 * Descriptors left beyond the reserve once all connections have dialled and every thread has accepted one more; may be
 * negative.
 */
const beyondReserve = (usage: Usage, demand: Demand, threads: number): number =>
  usage.free - demand.listening - demand.undialled - PER_CONNECTION * threads - reserveOf(usage.limit)

/**
 * Whether descriptors are too few to accept one more connection. If this thread has no open connection, none of its
 * descriptors will be freed; let it use the reserve, as long as the connection and its dial each find one. Pure.
 */
export const isScarce = (usage: Usage, demand: Demand, threads: number): boolean =>
  demand.connections === 0 ? usage.free < demand.listening + PER_CONNECTION : beyondReserve(usage, demand, threads) < 0

/** Reuse a reading until connections have taken a quarter of what was left beyond the reserve. */
const UNSEEN = 4 * PER_CONNECTION

/** The check a listener makes before every accept. It reuses the last reading while descriptors are plentiful. */
export const watch = (threads: number, read: ReadUsage) => {
  let unseen = 0
  let seen = 0
  let readAt = Number.NEGATIVE_INFINITY
  return (demand: Demand): boolean => {
    const now = performance.now()
    if ((demand.taken - seen) >>> 0 < unseen && now - readAt < LIMIT_LASTS) return false
    const usage = read()
    if (usage === undefined) return false
    readAt = now
    seen = demand.taken
    unseen = Math.floor(Math.max(0, beyondReserve(usage, demand, threads)) / UNSEEN)
    return isScarce(usage, demand, threads)
  }
}
