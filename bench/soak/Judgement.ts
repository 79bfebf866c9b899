/** Decides whether a soak passed: takes samples and counts, returns messages about failures. */
import { median } from "../Statistics.ts"
import type { Look } from "./Look.ts"
import type { Exit } from "./Tunnel.ts"

/** A sample of the idle tunnel, and totals until then. */
export interface Sample extends Look {
  readonly seconds: number
  readonly connections: number
  readonly reloads: number
  readonly exact: number
  readonly cut: number
  readonly unserved: number
}

/** All results. */
export interface Findings {
  /** Of the tunnel. */
  readonly threads: number
  /** After the warm-up. */
  readonly before: Sample
  /** Between laps, with no connection open. */
  readonly samples: ReadonlyArray<Sample>
  readonly after: Sample
  /** Connections that the tunnel still counted long after the last client had closed. */
  readonly open: number
  readonly broken: ReadonlyArray<string>
  readonly strays: number
  /** Clients rejected although the backend was listening. */
  readonly refused: number
  readonly failedReloads: number
  /** Whether connections without a fault succeeded at the end. */
  readonly serves: boolean
  readonly exit: Exit
  readonly stderr: string
}

/** Median memory in the run's second and last quarter, in MiB, and the allowed growth. */
export interface Trend {
  readonly early: number
  readonly late: number
  readonly allowed: number
}

/** After so many connections V8's heaps have grown to the size at which they stay. */
const grownUp = 20_000

/** How much heaps may still grow until then, in MiB a thread; those of few threads are larger ones. */
const growthOf = (threads: number): number => 24 * Math.max(3, threads)

const quarter = (samples: ReadonlyArray<Sample>, which: number): ReadonlyArray<Sample> =>
  samples.slice(Math.floor((samples.length * which) / 4), Math.floor((samples.length * (which + 1)) / 4))

/**
 * Compares medians, since a heap breathes: a tenth of the second quarter's or 8 MiB more are allowed. A quarter with less
 * than 20,000 connections before it lies where heaps still grow without any leak, so a short soak allows some 70 MiB more:
 * 5,000 connections tell leaks of about 40 kB each, 100,000 connections those of half a kB.
 */
export const trendOf = ({ samples, threads }: Pick<Findings, "samples" | "threads">): Trend => {
  const middle = (which: number) => median(quarter(samples, which).map(({ memory }) => memory))
  const early = middle(1)
  const growing = (quarter(samples, 1)[0]?.connections ?? 0) < grownUp
  return { early, late: middle(3), allowed: Math.max(8, early / 10) + (growing ? growthOf(threads) : 0) }
}

const mebibytes = (value: number): string => `${value.toFixed(1)} MiB`

const about = (wrong: boolean, sentence: () => string): ReadonlyArray<string> => (wrong ? [sentence()] : [])

/** One message for each failed check; none if the soak passed. */
export const judge = (findings: Findings): ReadonlyArray<string> => {
  const { after, before, broken, exit } = findings
  const { allowed, early, late } = trendOf(findings)
  return [
    ...broken.map((each) => `Broken: ${each}`),
    ...about(
      findings.strays > 0,
      () => `The backend got ${findings.strays} connections with bytes no client has sent.`
    ),
    ...about(
      findings.refused > 0,
      () => `${findings.refused} clients were turned away although the backend listened all the while.`
    ),
    ...about(findings.failedReloads > 0, () => `${findings.failedReloads} reloads failed.`),
    ...about(before.reloads === after.reloads, () => "No reload was completed after the warm-up."),
    ...about(findings.open > 0, () => `${findings.open} connections are still open with nobody there any more.`),
    ...about(
      after.descriptors > before.descriptors,
      () => `The tunnel has ${after.descriptors} descriptors open; at the start it had ${before.descriptors}.`
    ),
    ...about(
      after.fibers > before.fibers,
      () => `The tunnel has ${after.fibers} fibers; at the start it had ${before.fibers}.`
    ),
    ...about(Number.isNaN(late - early), () => "There were too few samples to judge memory."),
    ...about(
      late - early > allowed,
      () =>
        `Memory has grown from ${mebibytes(early)} in the second quarter to ${mebibytes(late)} in the last one, ` +
        `by more than ${mebibytes(allowed)}.`
    ),
    ...about(!findings.serves, () => "At the end the tunnel did not carry what it should have."),
    ...about(findings.stderr !== "", () => `The tunnel wrote to standard error: ${findings.stderr.trim()}`),
    ...about(exit !== 0, () => `Asked to end, the tunnel ended with ${exit}.`)
  ]
}
