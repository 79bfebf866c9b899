/** One thing to measure. */
import type { Backend, Load } from "./load/Peers.ts"
import { cpuSeconds } from "./Processes.ts"
import type { Changes, Running, Setup } from "./Subject.ts"

/** What a scenario works with: a proxy just started, and who connects to it and is behind it. */
export interface Bench {
  readonly proxy: Running
  readonly setup: Setup
  readonly load: Load
  /** A second load generator, for what the first one's own load must not disturb. */
  readonly probe: Load
  readonly backend: Backend
  /** Starts the same proxy once more, changed; the scenario stops it. */
  readonly startAnother: (changes: Changes) => Promise<Running>
  /** Scales an amount down for `--quick`. */
  readonly amount: (full: number) => number
}

/** A figure in the scenario's unit, which is compared between proxies; or one in a unit of its own, which is only told. */
export type Figure = number | readonly [value: number, unit: string, digits: number]

/** The figures of one measurement, by a word that follows the title; one without a word when there is only one. */
export type Figures = Readonly<Record<string, Figure>>

/** A scenario. */
export interface Scenario {
  /** Its name for `--only`. */
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly digits: number
  /** What a proxy must have to take part: Ghostunnel's status port and rules; a number of workers that can be chosen. */
  readonly needs: ReadonlyArray<"status" | "workers">
  readonly measure: (bench: Bench) => Promise<Figures>
}

/** CPU time in seconds that some work took, by who spent it. */
export interface Spent {
  readonly proxy: number
  readonly generator: number
  readonly backend: number
  readonly seconds: number
}

/** Measures the CPU time of some work; of another proxy than the scenario's own when one is given. */
export const spend = async (bench: Bench, work: () => Promise<unknown>, proxy = bench.proxy): Promise<Spent> => {
  const pids = [proxy.pid, bench.load.pid, bench.backend.pid]
  const before = pids.map(cpuSeconds)
  const began = performance.now()
  await work()
  const seconds = (performance.now() - began) / 1000
  const [own = Number.NaN, generator = Number.NaN, backend = Number.NaN] = pids.map(
    (pid, index) => cpuSeconds(pid) - (before[index] ?? Number.NaN)
  )
  return { proxy: own, generator, backend, seconds }
}

/** The sum of what several pieces of work took. */
export const total = (parts: ReadonlyArray<Spent>): Spent => {
  const sum = (of: (part: Spent) => number) => parts.reduce((all, part) => all + of(part), 0)
  return {
    proxy: sum((part) => part.proxy),
    generator: sum((part) => part.generator),
    backend: sum((part) => part.backend),
    seconds: sum((part) => part.seconds)
  }
}

/** The unit of shares, which the report keeps in a table of their own. */
export const shareUnit = "% of CPU"

/** How much of all CPU time the load generator took: whether it or the proxy was measured. */
export const generatorShare = ({ backend, generator, proxy }: Spent): Figure => [
  (100 * generator) / (proxy + generator + backend),
  shareUnit,
  0
]
