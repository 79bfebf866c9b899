/** Reloads of a tunnel and their log lines. A failed load, even a defect, does not prevent the next reload. */
import { Cause, Effect, Queue, Result } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Lifecycle } from "../runtime/Lifecycle.ts"
import type { Log } from "../runtime/Logging.ts"
import type { Status } from "../status/Status.ts"
import type { CertificateStatus } from "./CertificateStatus.ts"

/** The parts of a reload. */
export interface ReloadParts {
  /** Reads all credentials again and passes them to every user. */
  readonly load: Effect.Effect<TlsMaterial, { readonly message: string }>
  readonly reloads: Lifecycle["Service"]["reloads"]
  readonly status: Pick<Status["Service"], "reloading" | "reloaded">
  /** Warns about certificates that expire soon. */
  readonly expiry: (material: TlsMaterial) => Effect.Effect<void>
  readonly certificateStatus: Pick<CertificateStatus, "failed" | "reloaded"> | undefined
  readonly log: Log["Service"]["line"]
}

/** How to reload, and the result of the last reload. */
export interface Reloading {
  /** Reloads once; `false` if the load failed and the old material stays in use. Logs the result. */
  readonly reload: Effect.Effect<boolean>
  /**
   * Handles requests forever, one at a time. A retry logs nothing if it fails like the reload before it, and is skipped after
   * a success.
   */
  readonly loop: Effect.Effect<never>
  /** Whether the last reload failed. */
  readonly hasFailed: () => boolean
}

/** The failure's message; a defect counts as a failure. */
const sentence = (cause: Cause.Cause<{ readonly message: string }>): string =>
  Result.match(Cause.findError(cause), {
    onSuccess: ({ message }) => message,
    onFailure: (others) => `internal error: ${String(Cause.squash(others))}`
  })

/** Makes the reloads of one tunnel; `hasFailed` is false at first. */
export const makeReloading = ({ expiry, load, log, reloads, certificateStatus, status }: ReloadParts): Reloading => {
  let failure: string | undefined
  const attempt = (isRetry: boolean) =>
    Effect.gen(function* () {
      const loaded = yield* Effect.andThen(status.reloading, load).pipe(
        Effect.tap((material) => Effect.sync(() => certificateStatus?.reloaded(material))),
        Effect.catchCause((cause) => Effect.fail(sentence(cause))),
        Effect.result
      )
      const isKnown = isRetry && Result.isFailure(loaded) && loaded.failure === failure
      failure = Result.isFailure(loaded) ? loaded.failure : undefined
      if (Result.isFailure(loaded)) {
        certificateStatus?.failed(loaded.failure)
        if (!isKnown) log("reload_failed", `error reloading TLS configuration: ${loaded.failure}`)
      } else {
        if (loaded.success.identity !== undefined) {
          log("certificate_loaded", `loaded certificate: ${loaded.success.subject}`)
        }
        yield* expiry(loaded.success)
      }
      if (!isKnown) log("reloaded", "reloading configuration complete")
      return Result.isSuccess(loaded)
    }).pipe(Effect.ensuring(status.reloaded))
  const next = Effect.gen(function* () {
    const request = yield* Queue.take(reloads)
    if (request._tag === "Retry" && failure === undefined) return
    if (request._tag === "Signal") log("reload", `received ${request.name}, reloading TLS configuration`)
    if (request._tag === "FilesChanged") log("reload", "certificate files have changed, reloading TLS configuration")
    yield* attempt(request._tag === "Retry")
  })
  return { reload: attempt(false), loop: Effect.forever(next), hasFailed: () => failure !== undefined }
}
