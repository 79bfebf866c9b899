/** The clock for log lines and connection records. */

let offset = performance.timeOrigin

/** Unix milliseconds with a fraction: the monotonic clock, corrected whenever the wall clock is set. One state per thread. */
export const wallMillis = (): number => {
  const monotonic = performance.now()
  const wall = Date.now()
  if (Math.abs(wall - monotonic - offset) > 2) offset = wall - monotonic
  return monotonic + offset
}
