/** Log lines of one signal: when pushes begin to fail, when they succeed again, and how much was lost. */
import { redacted } from "../../config/UrlText.ts"
import type { SignalSettings } from "./Settings.ts"

export interface SignalLog {
  readonly failed: (why: string) => void
  readonly succeeded: () => void
  /** The queue was full and an item was dropped. */
  readonly overflowed: (limit: number) => void
  /** This many items were dropped and will not be sent. */
  readonly lost: (count: number) => void
}

export const signalLog = ({ signal, url }: SignalSettings, line: (text: string) => void): SignalLog => {
  let failing = false
  let overflowing = false
  let dropped = 0
  return {
    failed: (why) => {
      if (!failing) line(`error exporting OTLP ${signal}: ${why}`)
      failing = true
    },
    succeeded: () => {
      if (failing) line(`exporting OTLP ${signal} again to ${redacted(url.href)}`)
      if (dropped > 0) line(`warning: ${dropped} OTLP ${signal} were dropped`)
      failing = false
      overflowing = false
      dropped = 0
    },
    overflowed: (limit) => {
      dropped++
      if (!overflowing) line(`warning: dropping OTLP ${signal}: ${limit} are waiting to be exported`)
      overflowing = true
    },
    lost: (count) => {
      dropped += count
    }
  }
}
