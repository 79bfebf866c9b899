/** The one clock that log lines and connection records take their time from. */

let offset = performance.timeOrigin

/** Unix milliseconds with a fraction: the monotonic clock, put right whenever the wall clock was set. One state a thread. */
export const wallMillis = (): number => {
  const monotonic = performance.now()
  const wall = Date.now()
  if (Math.abs(wall - monotonic - offset) > 2) offset = wall - monotonic
  return monotonic + offset
}
