/** The tunnel's state, as `/_status` and the service manager report it (docs/compatibility/status-and-metrics.md, 3). */
import { Context, Effect, Layer, SubscriptionRef } from "effect"

export interface State {
  readonly listening: boolean
  readonly reloading: boolean
  readonly stopping: boolean
  /** Start of the latest reload attempt, Unix milliseconds. */
  readonly lastReload: number | undefined
}

export class Status extends Context.Service<
  Status,
  {
    readonly state: SubscriptionRef.SubscriptionRef<State>
    /** The accept loop is running. */
    readonly listening: Effect.Effect<void>
    /** A reload begins; ignored while stopping. */
    readonly reloading: Effect.Effect<void>
    /** A reload has ended, successfully or not; ignored while stopping. */
    readonly reloaded: Effect.Effect<void>
    /** Shutdown begins; the state is final. */
    readonly stopping: Effect.Effect<void>
  }
>()("ghostunnel/Status") {
  static readonly layer: Layer.Layer<Status> = Layer.effect(
    Status,
    Effect.gen(function* () {
      const state = yield* SubscriptionRef.make<State>({
        listening: false,
        reloading: false,
        stopping: false,
        lastReload: undefined
      })
      const change = (next: (state: State, now: number) => State) =>
        Effect.clockWith((clock) =>
          SubscriptionRef.update(state, (current) =>
            current.stopping ? current : next(current, clock.currentTimeMillisUnsafe())
          )
        )
      return {
        state,
        listening: change((s) => ({ ...s, listening: true })),
        reloading: change((s, now) => ({ ...s, reloading: true, lastReload: now })),
        reloaded: change((s) => ({ ...s, reloading: false })),
        stopping: change((s) => ({ ...s, stopping: true }))
      }
    })
  )
}

/** The `message` of `/_status`: the first true one of stopping, reloading, listening, initializing. */
export const message = (state: State): "stopping" | "reloading" | "listening" | "initializing" =>
  state.stopping ? "stopping" : state.reloading ? "reloading" : state.listening ? "listening" : "initializing"

/** Whether the tunnel accepts connections: also while reloading, not while draining. */
export const isUp = (state: State): boolean => state.listening && !state.stopping
