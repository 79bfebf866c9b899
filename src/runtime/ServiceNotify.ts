/** Reports the tunnel's state to the service manager (docs/compatibility/command-line.md, 5.6) with systemd's notify protocol. */
import { spawn } from "node:child_process"
import { Context, Effect, Layer, Semaphore, SubscriptionRef } from "effect"
import { Native, type NativeCalls } from "./Native.ts"

/** The state that is reported. */
export interface ServiceState {
  readonly listening: boolean
  readonly reloading: boolean
  readonly stopping: boolean
}

/** The constant part of every status text. */
export interface ServiceFacts {
  readonly mode: "server" | "client"
  /** `--listen`, verbatim. */
  readonly listen: string
  /** `--target`, verbatim. */
  readonly target: string
}

/** A status whose changes can be told: the shape of `Status`. */
export interface Changes<S extends ServiceState> {
  readonly state: SubscriptionRef.SubscriptionRef<S>
  readonly listening: Effect.Effect<void>
  readonly reloading: Effect.Effect<void>
  readonly reloaded: Effect.Effect<void>
  readonly stopping: Effect.Effect<void>
}

/** The connection to the service manager (docs/compatibility/command-line.md, 5.6). */
export class ServiceNotify extends Context.Service<
  ServiceNotify,
  {
    /**
     * Sends what `datagrams` gives when the turn comes, one datagram each; completes when they are sent or lost. Turns
     * never overlap, so whatever is decided inside is still true when it is sent.
     */
    readonly send: (datagrams: () => ReadonlyArray<string>) => Effect.Effect<void>
  }
>()("ghostunnel/ServiceNotify") {
  /**
   * Sends to `NOTIFY_SOCKET`: directly if libc can be called, else with `systemd-notify`. Does nothing if the variable is not
   * set.
   */
  static readonly layer = (
    env: Readonly<Record<string, string | undefined>> = process.env
  ): Layer.Layer<ServiceNotify, never, Native> =>
    Layer.unwrap(
      Effect.map(Native, (native) => {
        const socket = env.NOTIFY_SOCKET ?? ""
        if (socket === "" || process.platform !== "linux") return ServiceNotify.layerNone
        return layerOf(native.available ? direct(native, socket) : spawned(env))
      })
    )

  /** Sends nothing. For embedding and tests. */
  static readonly layerNone: Layer.Layer<ServiceNotify> = Layer.succeed(ServiceNotify, { send: () => Effect.void })
}

type Send = (datagram: string) => Effect.Effect<void>

const layerOf = (send: Send): Layer.Layer<ServiceNotify> =>
  Layer.sync(ServiceNotify, () => {
    const turn = Semaphore.makeUnsafe(1)
    return {
      send: (datagrams: () => ReadonlyArray<string>) =>
        turn.withPermits(1)(Effect.suspend(() => Effect.forEach(datagrams(), send, { discard: true })))
    }
  })

const direct =
  (native: NativeCalls, socket: string): Send =>
  (datagram) =>
    Effect.sync(() => void native.sendDatagram(socket, Buffer.from(datagram)))

/** `systemd-notify` waits until the manager has read; bound the wait for a manager that does not. */
const PATIENCE = 2000

const spawned =
  (env: Readonly<Record<string, string | undefined>>): Send =>
  (datagram) =>
    Effect.callback((resume) => {
      const done = () => resume(Effect.void)
      // Variables become lines of one datagram. Without `--pid`, which would add a line, it speaks for its parent.
      const child = spawn("systemd-notify", datagram.split("\n"), { env, stdio: "ignore", timeout: PATIENCE })
      child.once("error", done).once("exit", done)
    })

/** CLOCK_MONOTONIC in microseconds: Node's clock is that one. */
export const monotonicMicros = (): bigint => process.hrtime.bigint() / 1000n

/** What one moment sends, in order (docs/compatibility/command-line.md, 5.6). Pure. */
export const datagrams = (state: ServiceState, facts: ServiceFacts, monotonic: () => bigint): ReadonlyArray<string> => {
  const status = (word: string) => `STATUS=${word} | ${facts.mode} proxying ${facts.listen} => ${facts.target}`
  if (state.stopping) return ["STOPPING=1", status("stopping")]
  if (state.reloading) return [`RELOADING=1\nMONOTONIC_USEC=${monotonic()}`, status("reloading")]
  return state.listening ? ["READY=1", status("listening")] : []
}

/**
 * The same status; each change is sent to the service manager before it completes (docs/compatibility/command-line.md, 5.3, 5.4 and 5.6).
 * Each one looks at the state in its turn, so a change that a shutdown overtook says nothing any more, and STOPPING is
 * said once and last.
 */
export const observed = Effect.fnUntraced(function* <S extends ServiceState>(status: Changes<S>, facts: ServiceFacts) {
  const notify = yield* ServiceNotify
  let stopped = false
  const tell = notify.send(() => {
    const state = SubscriptionRef.getUnsafe(status.state)
    if (stopped) return []
    stopped = state.stopping
    return datagrams(state, facts, monotonicMicros)
  })
  const told = (change: Effect.Effect<void>) => Effect.andThen(change, tell)
  const result: Changes<S> = {
    state: status.state,
    listening: told(status.listening),
    reloading: told(status.reloading),
    reloaded: told(status.reloaded),
    stopping: told(status.stopping)
  }
  return result
})
