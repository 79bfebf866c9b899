/**
 * A tunnel's TLS material: what its credential source offers, with trust anchors and revocation lists. Loaded when the layer is
 * built, replaced as a whole by every reload that succeeds, untouched by one that fails (docs/compatibility/credentials.md, 1
 * to 2.3).
 */
import { Context, Effect, Layer, Option, Result, Semaphore, Stream, SubscriptionRef } from "effect"
import type { CredentialSource as SourceConfig } from "../config/CredentialConfig.ts"
import type { RevocationConfig } from "../config/RevocationConfig.ts"
import { CredentialError } from "./CredentialError.ts"
import { CredentialSource, type CredentialState } from "./CredentialSource.ts"
import { FetchedLists } from "./FetchedLists.ts"
import { fileSource } from "./FileSource.ts"
import { state, stateSync } from "./FileState.ts"
import { isListUrl, type LoadedList, watchedPathsOf } from "./ListSources.ts"
import { readRevocationLists } from "./RevocationFiles.ts"
import type { CredentialMaterial, RevocationMaterial, TlsMaterial } from "./TlsMaterial.ts"
import { readCaBundle, readSystemRoots, type TrustAnchors } from "./TrustStore.ts"

/** What else a tunnel may ask for. */
export interface CredentialOptions {
  readonly revocation?: RevocationConfig | undefined
  /**
   * Hears, once, of a password that any user can read, and at each load of certificates that a CA bundle, and of blocks that
   * a certificate file, loses.
   */
  readonly warn?: (line: string) => void
}

export class Credentials extends Context.Service<
  Credentials,
  {
    /** The newest material. */
    readonly current: () => TlsMaterial
    /** Reads every file once more and, if all of it is good, makes it current. */
    readonly reload: Effect.Effect<TlsMaterial, CredentialError>
    /** Makes current, and emits, what the source offers by itself, not by a reload. */
    readonly pushed: Stream.Stream<TlsMaterial>
    /** The state of all files now, and when they were last read, successfully or not. */
    readonly files: { readonly now: Effect.Effect<string>; readonly read: () => string }
    /** Revocation lists that were fetched from URLs. */
    readonly fetched: FetchedLists
    /** Makes what has been fetched current, beside everything else that is. */
    readonly takeFetched: Effect.Effect<TlsMaterial>
    /** The revocation lists in use, with their origins. */
    readonly lists: () => ReadonlyArray<LoadedList>
  }
>()("ghostunnel/Credentials") {
  /**
   * Loads from files, or from the `CredentialSource` in the context if there is one; waits until it has something to offer.
   * Where it offers no trust anchors those of the CA bundle count, without one the system's roots, which are read only once.
   */
  static readonly layer = (
    config: SourceConfig,
    caBundlePath: string | undefined,
    environment: NodeJS.ProcessEnv = process.env,
    more: CredentialOptions = {}
  ): Layer.Layer<Credentials, CredentialError> =>
    Layer.effect(
      Credentials,
      Effect.gen(function* () {
        const warn = more.warn ?? (() => {})
        const given = yield* Effect.serviceOption(CredentialSource)
        const source = Option.isSome(given) ? given.value : yield* fileSource(config, environment, warn)
        let systemRoots: TrustAnchors | undefined
        const readAnchors = (): Result.Result<TrustAnchors, string> => {
          if (caBundlePath !== undefined) return readCaBundle(caBundlePath, warn)
          systemRoots ??= readSystemRoots(environment)
          return Result.succeed(systemRoots)
        }
        const listPaths = more.revocation?.listPaths ?? []
        const fetched = new FetchedLists(listPaths.filter(isListUrl))
        const paths = () => [
          ...source.files,
          ...(caBundlePath === undefined ? [] : [caBundlePath]),
          ...watchedPathsOf(listPaths)
        ]
        let read = ""
        let fileLists: ReadonlyArray<LoadedList> = []
        // The offer that was last looked at: what a reload has seen, also one that failed, is not pushed again.
        let seen: CredentialMaterial | undefined
        let current: TlsMaterial | undefined
        const failed = (message: string) => new CredentialError({ message })
        const anchorsFailed = (message: string) => new CredentialError({ message, part: "trust_anchors" })
        const take = Effect.fnUntraced(function* (offer: CredentialMaterial) {
          seen = offer
          const anchors =
            offer.trustAnchors ?? (yield* Effect.mapError(Effect.fromResult(readAnchors()), anchorsFailed))
          const lists = yield* Effect.mapError(readRevocationLists(listPaths), failed)
          fileLists = lists
          return (current = materialOf(
            (current?.generation ?? 0) + 1,
            offer,
            anchors,
            revocationOf(more.revocation, lists, fetched)
          ))
        })
        const load = Effect.gen(function* () {
          // Before reading: what changes meanwhile is a change.
          read = stateSync(paths())
          return yield* take(yield* offerOf(yield* source.refresh, source))
        })
        yield* load
        // Opening a keystore takes time: no reload sees another one half done.
        const turn = yield* Semaphore.make(1)
        const newest = (): TlsMaterial => current ?? unloaded
        const reload = load.pipe(turn.withPermit, Effect.withSpan("Credentials.reload"))
        const pushed = SubscriptionRef.changes(source.state).pipe(
          Stream.mapEffect((offered) =>
            Effect.suspend(() =>
              offered._tag === "Waiting" || offered.material === seen
                ? Effect.succeedNone
                : Effect.asSome(take(offered.material))
            ).pipe(
              Effect.catch(({ message }) =>
                Effect.sync(() => warn(`error using a new certificate: ${message}`)).pipe(Effect.as(Option.none()))
              ),
              turn.withPermit
            )
          ),
          Stream.filterMap(Result.fromOption(() => undefined))
        )
        const files = { now: Effect.promise(() => state(paths())), read: () => read }
        const takeFetched = Effect.sync((): TlsMaterial => {
          const revocation = revocationOf(more.revocation, fileLists, fetched)
          const before = newest()
          return (current = { ...before, generation: before.generation + 1, ...(revocation && { revocation }) })
        }).pipe(turn.withPermit)
        const lists = () => [...fileLists, ...fetched.lists]
        return { current: newest, reload, pushed, files, fetched, takeFetched, lists }
      })
    )
}

/** Stands for material before the first load has succeeded; the layer is not built before. */
const unloaded: TlsMaterial = { generation: 0, identity: undefined, subject: "", trustAnchors: [] }

/** The offer of a state, or the next one of a source that has none yet. */
const offerOf = (state: CredentialState, source: CredentialSource["Service"]): Effect.Effect<CredentialMaterial> =>
  state._tag === "Ready"
    ? Effect.succeed(state.material)
    : SubscriptionRef.changes(source.state).pipe(
        Stream.flatMap((next) => (next._tag === "Ready" ? Stream.succeed(next.material) : Stream.empty)),
        Stream.runHead,
        Effect.flatMap(Option.match({ onNone: () => Effect.never, onSome: Effect.succeed }))
      )

const revocationOf = (
  config: RevocationConfig | undefined,
  files: ReadonlyArray<LoadedList>,
  fetched: FetchedLists
): RevocationMaterial | undefined =>
  config === undefined
    ? undefined
    : { lists: [...files, ...fetched.lists].map(({ list }) => list), missing: fetched.missing, mode: config.mode }

const materialOf = (
  generation: number,
  { identity, subject }: CredentialMaterial,
  trustAnchors: TrustAnchors,
  revocation: RevocationMaterial | undefined
): TlsMaterial => ({
  generation,
  identity,
  subject,
  trustAnchors,
  ...(revocation === undefined ? {} : { revocation })
})
