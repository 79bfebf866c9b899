/** How much of their cases suites try: a fixed sample, or all of them when `FULL=1`, as in `.ci/run --full`. */

/** Whether everything is tried. */
export const full = process.env.FULL === "1"

/** The cases to try: all of them, or `size` of them spread evenly over the list, the same ones every time. */
export const sampleOf = <A>(cases: ReadonlyArray<A>, size: number, everything = full): ReadonlyArray<A> => {
  if (everything || cases.length <= size) return cases
  const step = cases.length / size
  return cases.filter((_, index) => Math.floor(index / step) !== Math.floor((index - 1) / step))
}
