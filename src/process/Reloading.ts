/** Reloads of a process's tunnels and their log lines. A failed load, even a defect, does not prevent the next reload. */
import { Cause, Effect, Queue, Result } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Lifecycle } from "../runtime/Lifecycle.ts"
import type { Log } from "../runtime/Logging.ts"
import type { Status } from "../status/Status.ts"
import type { CertificateStatus } from "./CertificateStatus.ts"

/** How one tunnel is reloaded. */
export interface ReloadedTunnel {
  readonly name: string
  /** Reads all credentials again and puts them into use. */
  readonly load: Effect.Effect<TlsMaterial, { readonly message: string }>
  /** Warns about certificates that expire soon. */
  readonly expiry: (material: TlsMaterial) => Effect.Effect<void>
  readonly certificateStatus: Pick<CertificateStatus, "failed" | "reloaded"> | undefined
}

/** The parts of a reload. */
export interface ReloadParts {
  readonly tunnels: ReadonlyArray<ReloadedTunnel>
  readonly reloads: Lifecycle["Service"]["reloads"]
  readonly status: Pick<Status["Service"], "reloading" | "reloaded">
  readonly log: Log["Service"]["line"]
}

/** How to reload, and the result of the last reload. */
export interface Reloading {
  /** Reloads every tunnel once; `false` if one failed and keeps its old material. Logs the result. */
  readonly reload: Effect.Effect<boolean>
  /**
   * Handles requests forever, one at a time. A retry reloads only tunnels whose last reload failed, and logs nothing if they
   * fail as before.
   */
  readonly loop: Effect.Effect<never>
  /** Whether the last reload of some tunnel failed. */
  readonly hasFailed: () => boolean
}

/** The failure's message; a defect counts as a failure. */
const messageOf = (cause: Cause.Cause<{ readonly message: string }>): string =>
  Result.match(Cause.findError(cause), {
    onSuccess: ({ message }) => message,
    onFailure: (others) => `internal error: ${String(Cause.squash(others))}`
  })

/** Makes the reloads of a process; `hasFailed` is false at first. */
export const makeReloading = ({ log, reloads, status, tunnels }: ReloadParts): Reloading => {
  const failures = new Map<ReloadedTunnel, string>()
  // The only tunnel of a process needs no name.
  const of = ({ name }: ReloadedTunnel) => (tunnels.length > 1 ? ` of ${name}` : "")

  /** Whether there was something to log. */
  const attempt = Effect.fnUntraced(function* (tunnel: ReloadedTunnel, isRetry: boolean) {
    const { certificateStatus, expiry, load } = tunnel
    const loaded = yield* load.pipe(
      Effect.tap(() => Effect.sync(() => certificateStatus?.reloaded())),
      Effect.catchCause((cause) => Effect.fail(messageOf(cause))),
      Effect.result
    )
    if (Result.isFailure(loaded)) {
      const why = loaded.failure
      const isKnown = isRetry && why === failures.get(tunnel)
      failures.set(tunnel, why)
      certificateStatus?.failed(why)
      if (!isKnown) log("reload_failed", `error reloading TLS configuration${of(tunnel)}: ${why}`)
      return !isKnown
    }
    failures.delete(tunnel)
    const { identity, subject } = loaded.success
    if (identity !== undefined) log("certificate_loaded", `loaded certificate${of(tunnel)}: ${subject}`)
    yield* expiry(loaded.success)
    return true
  })
  const reloadAll = (isRetry: boolean) =>
    Effect.gen(function* () {
      yield* status.reloading
      const due = tunnels.filter((tunnel) => !isRetry || failures.has(tunnel))
      const logged = yield* Effect.forEach(due, (tunnel) => attempt(tunnel, isRetry))
      if (logged.includes(true)) log("reloaded", "reloading configuration complete")
      return failures.size === 0
    }).pipe(Effect.ensuring(status.reloaded))
  const next = Effect.gen(function* () {
    const request = yield* Queue.take(reloads)
    if (request._tag === "Retry" && failures.size === 0) return
    if (request._tag === "Signal") log("reload", `received ${request.name}, reloading TLS configuration`)
    if (request._tag === "FilesChanged") log("reload", "certificate files have changed, reloading TLS configuration")
    yield* reloadAll(request._tag === "Retry")
  })
  return { reload: reloadAll(false), loop: Effect.forever(next), hasFailed: () => failures.size > 0 }
}
