/** What the status port sends to the status page, and the page's script reads. Times in Unix milliseconds. */

/** Five seconds of the charts; durations in seconds, absent when no connection was measured. */
export interface PageInterval {
  readonly at: number
  readonly opened: number
  readonly failed: number
  readonly forwarded: number
  readonly returned: number
  readonly p50?: number | undefined
  readonly p99?: number | undefined
}

export interface PageIdentity {
  readonly identity: string
  readonly open: number
  readonly total: number
}

export interface PageRefusal {
  readonly at: number
  readonly client: string
  readonly stage: string
  readonly reason: string
  readonly message: string
}

export interface PageCertificate {
  /** `leaf`, `chain` or `authority`. */
  readonly role: string
  readonly subject: string
  readonly notAfter: number
}

export interface PageView {
  readonly time: number
  /** When the program started. */
  readonly since: number
  readonly mode: "server" | "client"
  readonly listen: string
  readonly target: string
  readonly version: string
  readonly sandbox: string
  readonly workers: { readonly number: number; readonly serving: number; readonly replaced: number }
  readonly message: "stopping" | "reloading" | "listening" | "initializing"
  readonly lastReload?: number | undefined
  /** Why the last reload failed; absent if it succeeded. */
  readonly reloadError?: string | undefined
  /** Open connections. */
  readonly open: number
  /** Since the start. */
  readonly totals: {
    readonly established: number
    /** Connections that failed before they were established. */
    readonly refused: number
    readonly forwarded: number
    readonly returned: number
  }
  readonly intervalMillis: number
  readonly identities: ReadonlyArray<PageIdentity>
  /** The number of identities not listed. */
  readonly hidden: number
  /** Oldest first; the last one is still in progress. */
  readonly intervals: ReadonlyArray<PageInterval>
  /** Newest first. */
  readonly refusals: ReadonlyArray<PageRefusal>
  readonly certificates: ReadonlyArray<PageCertificate>
}
