/** The data of the status page, the same for all viewers. Pure. */
import type { SandboxReceipt } from "../../runtime/Landlock.ts"
import { intervalMillis, type LiveSnapshot } from "../../telemetry/LiveView.ts"
import { message, type State } from "../Status.ts"
import { goJson } from "../StatusBody.ts"
import { sandboxState, type ThreadFacts } from "../StatusFacts.ts"
import type { PageView } from "./PageView.ts"

/** A certificate in use. */
export interface ShownCertificate {
  readonly role: string
  readonly subject: string
  /** Unix milliseconds. */
  readonly notAfter: number
}

/** Totals since the start, except `open`. */
export interface ShownTotals {
  /** Open connections. */
  readonly open: number
  readonly established: number
  /** Connections that failed before they were established. */
  readonly refused: number
  readonly forwarded: number
  readonly returned: number
}

/** The constant part. */
export interface PageFacts {
  readonly mode: "server" | "client"
  /** The configured addresses, verbatim. */
  readonly listen: string
  readonly target: string
  readonly version: string
  readonly sandbox: SandboxReceipt
}

/** The variable part. Times in Unix milliseconds. */
export interface PageMoment {
  readonly time: number
  /** When the program started. */
  readonly since: number
  readonly state: State
  readonly totals: ShownTotals
  readonly live: LiveSnapshot
  readonly certificates: ReadonlyArray<ShownCertificate>
  /** Why the last reload failed; undefined if it succeeded. */
  readonly reloadError: string | undefined
  readonly threads: ThreadFacts
}

/** A {@link PageView} as one line of JSON, also when names of peers hold line ends or markup. */
export const pageSnapshot = (facts: PageFacts, moment: PageMoment): string => {
  const { certificates, live, reloadError, since, state, threads, time, totals } = moment
  const { open, ...sums } = totals
  const view: PageView = {
    time,
    since,
    mode: facts.mode,
    listen: facts.listen,
    target: facts.target,
    version: facts.version,
    sandbox: sandboxState(facts.sandbox),
    workers: {
      number: threads.serving.length,
      serving: threads.serving.filter(Boolean).length,
      replaced: threads.replaced
    },
    message: message(state),
    lastReload: state.lastReload,
    reloadError,
    open,
    totals: sums,
    intervalMillis,
    ...live,
    certificates: certificates.map(({ notAfter, role, subject }) => ({ role, subject, notAfter }))
  }
  return goJson(view)
}

/** One server-sent event. */
export const eventOf = (json: string): string => `data: ${json}\n\n`
