/** Where a tunnel's identity comes from: files, a keystore, memory, an agent, a certificate authority. */
import { Context, Effect, Layer, Stream, SubscriptionRef } from "effect"
import type { CredentialError } from "./CredentialError.ts"
import { type PemPair, pemMaterial } from "./PemMaterial.ts"
import type { CredentialMaterial } from "./TlsMaterial.ts"

export type CredentialState =
  /** Nothing to offer yet: the tunnel starts once there is something. */
  | { readonly _tag: "Waiting"; readonly reason: string }
  | { readonly _tag: "Ready"; readonly material: CredentialMaterial }

export const waiting = (reason: string): CredentialState => ({ _tag: "Waiting", reason })
export const ready = (material: CredentialMaterial): CredentialState => ({ _tag: "Ready", material })

export class CredentialSource extends Context.Service<
  CredentialSource,
  {
    /** The newest offer and its changes. A source that loses its upstream keeps its last offer. */
    readonly state: SubscriptionRef.SubscriptionRef<CredentialState>
    /** Reads again what is read on request, makes it the state and returns it; other sources return their state. */
    readonly refresh: Effect.Effect<CredentialState, CredentialError>
    /** Files whose changes are watched. */
    readonly files: ReadonlyArray<string>
    /** For the log line about the source. */
    readonly description: string
  }
>()("ghostunnel/CredentialSource") {
  /** PEM texts in memory. Fails if certificate and key do not fit. */
  static readonly layerPem = (pair: PemPair): Layer.Layer<CredentialSource, CredentialError> =>
    Layer.effect(
      CredentialSource,
      Effect.flatMap(pemMaterial(pair), (material) => fromState(ready(material), "using certificate in memory"))
    )

  /**
   * Offers each value of the stream in turn, and waits for the first. After its end, or a failure, the last offer stays; a
   * source that has none then says why in its state.
   */
  static readonly layerStream = <E>(offers: Stream.Stream<CredentialMaterial, E>): Layer.Layer<CredentialSource> =>
    Layer.effect(
      CredentialSource,
      Effect.gen(function* () {
        const source = yield* fromState(waiting("no certificate has been offered yet"), "using offered certificates")
        const pause = (reason: string) =>
          SubscriptionRef.update(source.state, (state) => (state._tag === "Ready" ? state : waiting(reason)))
        yield* Stream.runForEach(offers, (material) => SubscriptionRef.set(source.state, ready(material))).pipe(
          Effect.matchCauseEffect({
            onSuccess: () => pause("no certificate was offered"),
            onFailure: (cause) =>
              Effect.andThen(
                Effect.logError("the stream of certificates failed", cause),
                pause("the stream of certificates failed")
              )
          }),
          Effect.forkScoped({ startImmediately: true })
        )
        return source
      })
    )
}

/** A source that changes only by what is set in `state`. */
export const fromState = (first: CredentialState, description: string): Effect.Effect<CredentialSource["Service"]> =>
  Effect.map(SubscriptionRef.make(first), (state) => ({
    state,
    refresh: SubscriptionRef.get(state),
    files: [],
    description
  }))
