/** Reloads of a tunnel: what is said of each. One whose load fails, even by a defect, does not prevent the next. */
import { Cause, Effect, Queue, Result } from "effect"
import type { TlsMaterial } from "../credentials/TlsMaterial.ts"
import type { Lifecycle } from "../runtime/Lifecycle.ts"
import type { Log } from "../runtime/Logging.ts"
import type { Status } from "../status/Status.ts"
import type { CertificateStatus } from "./CertificateStatus.ts"

/** What a reload is made of. */
export interface ReloadParts {
  /** Reads everything once more and hands it to all that use it. */
  readonly load: Effect.Effect<TlsMaterial, { readonly message: string }>
  readonly reloads: Lifecycle["Service"]["reloads"]
  readonly status: Pick<Status["Service"], "reloading" | "reloaded">
  /** Warns of material that is close to its end. */
  readonly expiry: (material: TlsMaterial) => Effect.Effect<void>
  readonly certificateStatus: Pick<CertificateStatus, "failed" | "reloaded"> | undefined
  readonly log: Log["Service"]["line"]
}

/** How they are asked for, and how the last one ended. */
export interface Reloading {
  /** Reloads once; `false` when the old material stays. Logs what happened. */
  readonly reload: Effect.Effect<boolean>
  /**
   * Takes one request and does it, for ever. A retry is silent when it fails like the reload before it, and is not needed
   * after one that succeeded.
   */
  readonly loop: Effect.Effect<never>
  /** Whether the last reload failed. */
  readonly hasFailed: () => boolean
}

/** A failure's own sentence; a defect of ours is a failure too. */
const sentence = (cause: Cause.Cause<{ readonly message: string }>): string =>
  Result.match(Cause.findError(cause), {
    onSuccess: ({ message }) => message,
    onFailure: (others) => `internal error: ${String(Cause.squash(others))}`
  })

/** The reloads of one tunnel, none of which has failed yet. */
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
