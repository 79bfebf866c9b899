/** One thing to measure. */
import type { Load } from "./load/Peers.ts"
import { cpuSeconds } from "./Processes.ts"
import type { Running } from "./Subject.ts"

/** What a scenario works with: a proxy just started, and the load generator. */
export interface Bench {
  readonly proxy: Running
  readonly load: Load
  readonly workers: number
  /** Starts the same proxy once more, with more words on its command line and without some flags; the scenario stops it. */
  readonly startAnother: (words: ReadonlyArray<string>, without?: ReadonlyArray<string>) => Promise<Running>
  /** Scales an amount down for `--quick`. */
  readonly amount: (full: number) => number
}

/** A scenario; smaller figures are better in all of them. */
export interface Scenario {
  /** Its name for `--only`. */
  readonly name: string
  readonly title: string
  readonly unit: string
  readonly digits: number
  /** Whether it asks the status port. */
  readonly needsStatus: boolean
  /** The figures, by a word that follows the title; one without a word when there is only one. */
  readonly measure: (bench: Bench) => Promise<Readonly<Record<string, number>>>
}

/** The proxy's own CPU time in seconds for some work. */
export const cpuOf = async ({ proxy }: Bench, work: () => Promise<void>): Promise<number> => {
  const before = cpuSeconds(proxy.pid)
  await work()
  return cpuSeconds(proxy.pid) - before
}
