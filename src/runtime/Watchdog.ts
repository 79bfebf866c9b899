/** Reports to systemd's watchdog (docs/compatibility/command-line.md, 5.6): `WATCHDOG=1` at half its interval. */
import { Duration, Effect, Schedule } from "effect"
import { ServiceNotify } from "./ServiceNotify.ts"

const wholeNumber = (text: string): number | undefined => (/^[+-]?\d{1,15}$/.test(text) ? Number(text) : undefined)

/**
 * How often to report (docs/compatibility/command-line.md, 5.6): half of `WATCHDOG_USEC`, though not more often than each
 * millisecond. Undefined when there is no watchdog, when it is another process's, or when the variables are junk. Pure.
 */
export const watchdogInterval = (
  env: Readonly<Record<string, string | undefined>>,
  pid: number
): Duration.Duration | undefined => {
  const micros = wholeNumber(env.WATCHDOG_USEC ?? "") ?? 0
  const owner = env.WATCHDOG_PID ?? ""
  if (micros <= 0 || (owner !== "" && wholeNumber(owner) !== pid)) return undefined
  return Duration.millis(Math.max(1, micros / 2000))
}

/**
 * Reports until interrupted, first after one interval; returns at once without a watchdog. Fork it where it outlives the
 * drain.
 */
export const watch = Effect.fnUntraced(function* (
  env: Readonly<Record<string, string | undefined>> = process.env,
  pid: number = process.pid
) {
  const notify = yield* ServiceNotify
  const interval = watchdogInterval(env, pid)
  if (interval === undefined) return
  yield* notify
    .send(() => ["WATCHDOG=1"])
    .pipe(Effect.repeat(Schedule.fixed(interval)), Effect.delay(interval), Effect.asVoid)
})
