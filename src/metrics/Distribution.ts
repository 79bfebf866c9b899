/** Summary statistics of sampled values (docs/compatibility/status-and-metrics.md, 11). Pure. */

/**
 * What a histogram or timer reports, in the unit of its values. Without values everything is 0 except `count`, which covers
 * the lifetime.
 */
export interface Distribution {
  /** All observations ever made; more than the sample holds once it is full. */
  readonly count: number
  readonly min: number
  readonly max: number
  /** Sum over the sample only, so it can fall. */
  readonly sum: number
  readonly mean: number
  /** Population variance of the sample. */
  readonly variance: number
  readonly stdDev: number
  /** The value at quantile `p` in (0, 1), interpolated between neighbours. */
  readonly percentile: (p: number) => number
}

/** The value at quantile `p` of values sorted ascending; 0 without values. */
export const percentile = (sorted: Float64Array, p: number): number => {
  const n = sorted.length
  const position = p * (n + 1)
  if (position < 1) return sorted[0] ?? 0
  if (position >= n) return sorted[n - 1] ?? 0
  const floor = Math.floor(position)
  const lower = sorted[floor - 1] ?? 0
  const upper = sorted[floor] ?? 0
  return lower + (position - floor) * (upper - lower)
}

/** Summarises a sample; neither keeps nor changes `values`. */
export const distribution = (count: number, values: Float64Array): Distribution => {
  const sorted = values.toSorted()
  const n = sorted.length
  let sum = 0
  for (const value of sorted) sum += value
  const mean = n === 0 ? 0 : sum / n
  let squares = 0
  for (const value of sorted) squares += (value - mean) ** 2
  const variance = n === 0 ? 0 : squares / n
  return {
    count,
    min: sorted[0] ?? 0,
    max: sorted[n - 1] ?? 0,
    sum,
    mean,
    variance,
    stdDev: Math.sqrt(variance),
    percentile: (p) => percentile(sorted, p)
  }
}
