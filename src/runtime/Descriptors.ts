/**
 * How many descriptors this process may still open (contract: command line, section 4.3). Linux; elsewhere nobody can say
 * cheaply, and nothing is ever taken for scarce.
 */
import { readdirSync, readFileSync, statSync } from "node:fs"

/** Reading the limit again shows what an operator changed meanwhile; milliseconds. */
const LIMIT_LASTS = 1000

let limit: { readonly value: number; readonly at: number } | undefined

/** The soft limit in a `/proc/PID/limits`; undefined when there is none. Pure. */
export const parseLimit = (text: string): number | undefined => {
  const found = /^Max open files\s+(\d+)/m.exec(text)?.[1]
  return found === undefined ? undefined : Number(found)
}

const readLimit = (): number | undefined => {
  const now = performance.now()
  if (limit === undefined || now - limit.at > LIMIT_LASTS) {
    try {
      limit = { value: parseLimit(readFileSync("/proc/self/limits", "utf8")) ?? Number.POSITIVE_INFINITY, at: now }
    } catch {
      // No descriptor is left to read it with: the last one known holds.
    }
  }
  return limit?.value
}

/** Open descriptors; kernels before 6.2 do not tell without listing them. */
const countOpen = (): number => {
  const { size } = statSync("/proc/self/fd")
  return size > 0 ? size : readdirSync("/proc/self/fd").length - 1
}

/** What the process has. */
export interface Usage {
  readonly limit: number
  /** Never negative. */
  readonly free: number
}

/** As it is now, of all threads together; undefined where it cannot be told. */
export const readUsage = (): Usage | undefined => {
  const known = readLimit()
  if (known === undefined || known === Number.POSITIVE_INFINITY) return undefined
  try {
    return { limit: known, free: Math.max(0, known - countOpen()) }
  } catch {
    // Counting by listing takes a descriptor itself.
    return { limit: known, free: 0 }
  }
}

/** What connections leave alone, for the status port, reloads, name look-ups and log connections. Pure. */
export const reserveOf = (limit: number): number => Math.min(64, Math.max(8, limit >> 4))

/** Whether the status port has to turn clients away, so that reloads still find a descriptor. */
export const statusIsOver = (): boolean => {
  const usage = readUsage()
  return usage !== undefined && usage.free < reserveOf(usage.limit) / 2
}

/** What the connections there are will still take. */
export interface Demand {
  /** Descriptors that the listening socket needs itself before it takes one. */
  readonly listening: number
  /** Connections that the asking thread has, in whatever state. */
  readonly connections: number
  /** Connections of all threads that are still going to dial. */
  readonly undialled: number
  /** Connections that all threads have ever taken; only differences count, modulo 2³². */
  readonly taken: number
}

/** What one more connection takes: its own and the one to its target. */
const PER_CONNECTION = 2

/** What is left beyond the reserve when all have dialled and every thread has taken one more meanwhile; may be negative. */
const beyondReserve = (usage: Usage, demand: Demand, threads: number): number =>
  usage.free - demand.listening - demand.undialled - PER_CONNECTION * threads - reserveOf(usage.limit)

/**
 * Too few to take one more connection. A thread that has none would wait for nobody's end: it may use the reserve, as long
 * as the connection and its dial each find one. Pure.
 */
export const isScarce = (usage: Usage, demand: Demand, threads: number): boolean =>
  demand.connections === 0 ? usage.free < demand.listening + PER_CONNECTION : beyondReserve(usage, demand, threads) < 0

/** Of those that are left beyond the reserve, what may go to connections before anybody looks again: a quarter. */
const UNSEEN = 4 * PER_CONNECTION

/** The question a listener asks for every connection, answered from what was read before while plenty are free. */
export const watch = (threads: number, read: () => Usage | undefined = readUsage) => {
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
