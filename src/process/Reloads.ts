/** What changes while a process runs: reloads, fetched revocation lists, certificates that come to their end. */
import { Context, Effect, Layer, Result, type Scope, Semaphore, Stream } from "effect"
import type { ProcessConfig } from "../config/ProcessConfig.ts"
import type { PolicyMaterial, TlsMaterial } from "../credentials/TlsMaterial.ts"
import { asFiber } from "../profiling/ProfiledThread.ts"
import * as FileWatch from "../runtime/FileWatch.ts"
import { Lifecycle } from "../runtime/Lifecycle.ts"
import { Log } from "../runtime/Logging.ts"
import { Status } from "../status/Status.ts"
import { generationOf, type Participant, putIntoUse } from "./Generation.ts"
import { fetchInBackground } from "./ListFetcher.ts"
import { readPolicy } from "./PolicySource.ts"
import { makeReloading, type ReloadedTunnel } from "./Reloading.ts"
import { type RunningTunnel, RunningTunnels } from "./RunningTunnels.ts"
import { StatusPort } from "./StatusPort.ts"

/** What uses a tunnel's generations. The main thread's own TLS is asked first: it knows which file OpenSSL refuses. */
const participantsOf = (
  { own, plane }: RunningTunnel,
  port: StatusPort["Service"]["server"] | undefined
): ReadonlyArray<Participant> =>
  [own, ...(port === undefined ? [] : [port]), plane].map(({ prepare }) => ({
    prepare: ({ material }) => prepare(material)
  }))

/** How a tunnel is reloaded; its revocation lists are fetched in the background while the scope is open. */
const changing = Effect.fnUntraced(function* (
  tunnel: RunningTunnel,
  participants: ReadonlyArray<Participant>
): Effect.fn.Return<ReloadedTunnel, never, Log | Scope.Scope> {
  const { certificateStatus, credentials, expiry, name } = tunnel
  const log = yield* Log
  // One change at a time, in the order in which the material was made.
  const turn = yield* Semaphore.make(1)
  let policy = tunnel.first.material.policy
  const useWith = (material: TlsMaterial, next: PolicyMaterial | undefined) =>
    putIntoUse(
      participants,
      generationOf({ ...material, ...(next && { policy: next }) }, credentials),
      (generation) => {
        policy = next
        certificateStatus?.committed(generation)
      }
    )
  const use = (material: TlsMaterial) => useWith(material, policy)
  const { access } = tunnel.settings
  // Credentials and policy are read independently: a fault in one keeps only that one as it is.
  const reload = Effect.gen(function* () {
    const loaded = yield* Effect.result(credentials.reload)
    const next = yield* Effect.result(readPolicy(access))
    if (Result.isFailure(next)) log.line("reload_failed", `error reloading OPA policy: ${next.failure.message}`)
    if (Result.isFailure(loaded) && (access._tag !== "Policy" || Result.isFailure(next)))
      return yield* Effect.fromResult(loaded)
    const material = Result.getOrElse(loaded, credentials.current)
    yield* useWith(
      material,
      Result.getOrElse(next, () => policy)
    )
    return yield* Effect.fromResult(loaded)
  })
  const fetcher = yield* fetchInBackground({
    fetched: credentials.fetched,
    changed: credentials.takeFetched.pipe(
      Effect.flatMap(use),
      Effect.catch(({ message }) =>
        Effect.sync(() => log.line("revocation_lists_failed", `error using fetched revocation lists: ${message}`))
      ),
      turn.withPermit
    ),
    environment: process.env,
    log: log.line
  })
  const pushed = Stream.runForEach(credentials.pushed, () =>
    // The newest: a reload may have been faster.
    Effect.suspend(() => use(credentials.current())).pipe(
      Effect.andThen(Effect.suspend(() => expiry.take(credentials.current()))),
      Effect.match({
        onSuccess: () => log.line("certificate_loaded", `loaded certificate: ${credentials.current().subject}`),
        onFailure: ({ message }) => log.line("reload_failed", `error reloading TLS configuration: ${message}`)
      }),
      turn.withPermit
    )
  )
  yield* Effect.forkScoped(pushed.pipe(asFiber("Process.pushedCredentials")))
  const load = reload.pipe(turn.withPermit, Effect.tap(fetcher.again))
  yield* Effect.forkScoped(expiry.loop(() => certificateStatus?.refresh()).pipe(asFiber("Process.expiryWatch")))
  return { name, load, expiry: expiry.take, certificateStatus }
})

/** Reloads of the process. Requests come from `Lifecycle`; the timer and the watch of files ask there too. */
export class Reloads extends Context.Service<
  Reloads,
  {
    /** Reloads every tunnel once; `false` if one failed and keeps its old material. Logs the result. */
    readonly reload: Effect.Effect<boolean>
  }
>()("ghostunnel/Reloads") {
  static readonly layer = ({
    process: { reloadInterval, watchFiles }
  }: ProcessConfig): Layer.Layer<Reloads, never, RunningTunnels | StatusPort | Lifecycle | Log | Status> =>
    Layer.effect(
      Reloads,
      Effect.gen(function* () {
        const tunnels = yield* RunningTunnels
        const { server } = yield* StatusPort
        const changes = yield* Effect.forEach(tunnels, (tunnel, index) =>
          changing(tunnel, participantsOf(tunnel, index === 0 ? server : undefined))
        )
        const { hasFailed, loop, reload } = makeReloading({
          tunnels: changes,
          reloads: (yield* Lifecycle).reloads,
          status: yield* Status,
          log: (yield* Log).line
        })
        if (watchFiles) yield* FileWatch.watch({ ...watchedFiles(tunnels), hasFailed })
        yield* Effect.forkScoped(loop.pipe(asFiber("Process.reloadLoop")))
        return { reload }
      })
    ).pipe(Layer.merge(Lifecycle.layerTimer(reloadInterval)))
}

/** The files of all tunnels together. */
const watchedFiles = (tunnels: ReadonlyArray<RunningTunnel>) => {
  const files = tunnels.map(({ credentials }) => credentials.files)
  return {
    now: Effect.map(
      Effect.forEach(files, ({ now }) => now),
      (states) => states.join("\n")
    ),
    read: () => files.map(({ read }) => read()).join("\n")
  }
}
