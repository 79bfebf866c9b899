/** Logs warnings before the tunnel's own certificates expire, and once they have: peers then refuse every handshake. */
import { Clock, Duration, Effect } from "effect"
import { type CertificateExpiry, ownExpiries } from "../credentials/CertificateExpiry.ts"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { LogDetails } from "../runtime/JsonLine.ts"
import type { LogEvent } from "../runtime/LogEvent.ts"
import type { Log } from "../runtime/Logging.ts"

const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

/** Remaining times at which a warning is repeated; at 0 the certificate has expired. */
const reminders = [14 * day, 7 * day, 3 * day, day, 0]
/** Warnings begin when less than a third of the lifetime remains, but not earlier than this. */
const earliestWarning = 30 * day
/** Check the clock at least this often: it may be set, and the machine may sleep. */
const longestSleep = hour

/** The remaining times at which to warn about a certificate, the longest first. */
const marksOf = ({ notAfter, notBefore }: CertificateExpiry): ReadonlyArray<number> => {
  const begin = Math.min((notAfter - notBefore) / 3, earliestWarning)
  return [begin, ...reminders.filter((each) => each < begin)]
}

/** How many of its marks a certificate has passed. */
const passed = (certificate: CertificateExpiry, now: number): number =>
  marksOf(certificate).filter((mark) => certificate.notAfter - now < mark).length

const rfc3339 = (millis: number): string => new Date(millis).toISOString().replace(/\.000Z$/, "Z")

const remaining = (millis: number): string => {
  if (millis < hour) return "less than an hour"
  const [count, unit] = millis < 2 * day ? [Math.floor(millis / hour), "hour"] : [Math.floor(millis / day), "day"]
  return `${count} ${unit}${count === 1 ? "" : "s"}`
}

interface Warning {
  readonly event: LogEvent
  readonly message: string
  readonly details: LogDetails
}

/** What to log about a certificate at this time. */
const warningOf = (certificate: CertificateExpiry, now: number): Warning => {
  const { notAfter, notBefore, role, serial, subject } = certificate
  const what = `the ${role === "leaf" ? "certificate" : "intermediate certificate"} ${subject}`
  const fields = { role, subject, serial, not_before: rfc3339(notBefore), not_after: rfc3339(notAfter) }
  if (now < notBefore) {
    const message = `warning: ${what} is not valid before ${rfc3339(notBefore)}: peers refuse it until then; check the clock`
    return { message, event: "certificate_not_yet_valid", details: { fields } }
  }
  if (now > notAfter) {
    const message = `warning: ${what} has expired on ${rfc3339(notAfter)}: peers refuse it; renew it and reload`
    return { message, event: "certificate_expired", details: { fields } }
  }
  const left = remaining(notAfter - now)
  return {
    message: `warning: ${what} expires in ${left}, on ${rfc3339(notAfter)}: renew it and reload`,
    event: "certificate_expires",
    details: { fields }
  }
}

export interface ExpiryWatch {
  /** Watches this material from now on, and warns at once about certificates that expire soon or are not valid now. */
  readonly take: (material: TlsMaterial) => Effect.Effect<void>
  /** Repeats warnings as time passes, forever. `tick` runs after every look at the clock, at least hourly. */
  readonly loop: (tick: () => void) => Effect.Effect<never>
}

/** A watch without certificates; call `take` to set them. */
export const makeExpiryWatch = (log: Log["Service"]["line"]): ExpiryWatch => {
  let watched: Array<{ readonly certificate: CertificateExpiry; warnings: number }> = []
  const warn = (certificate: CertificateExpiry, now: number) => {
    const { details, event, message } = warningOf(certificate, now)
    log(event, message, undefined, { ...details, level: "warn" })
  }
  const check = (now: number) => {
    for (const each of watched) {
      const warnings = passed(each.certificate, now)
      if (warnings > each.warnings) warn(each.certificate, now)
      each.warnings = warnings
    }
  }
  const untilNext = (now: number): number => {
    const times = watched.flatMap(({ certificate }) =>
      marksOf(certificate).map((mark) => certificate.notAfter - mark - now)
    )
    // One millisecond after the mark, when it counts as passed.
    return Math.min(longestSleep, ...times.filter((time) => time >= 0).map((time) => time + 1))
  }
  const step = (tick: () => void) =>
    Effect.gen(function* () {
      yield* Effect.sleep(Duration.millis(untilNext(yield* Clock.currentTimeMillis)))
      check(yield* Clock.currentTimeMillis)
      tick()
    })
  return {
    take: (material) =>
      Effect.map(Clock.currentTimeMillis, (now) => {
        watched = ownExpiries(material).map((certificate) => ({ certificate, warnings: passed(certificate, now) }))
        for (const { certificate, warnings } of watched) {
          if (warnings > 0 || now < certificate.notBefore) warn(certificate, now)
        }
      }),
    loop: (tick) => Effect.forever(step(tick))
  }
}
