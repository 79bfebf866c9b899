/**
 * Copies both ways between two open connections until both directions have ended (docs/compatibility/command-line.md, 8.2 and 8.3). Effect sees its beginning and its end only.
 */
import { Effect } from "effect"
import type { ConnectionFailure } from "../ConnectionFailure.ts"
import * as Timer from "../Timer.ts"
import type { PumpLimits, PumpOutcome, Stream } from "../Transport.ts"
import { Direction } from "./Direction.ts"
import { closeGently, NodeStream } from "./NodeStream.ts"

type Cut = "close-timeout" | "lifetime"

const noop = () => {}

class Pump {
  readonly #streams: readonly [accepted: NodeStream, dialled: NodeStream]
  readonly #limits: PumpLimits
  readonly #done: (outcome: PumpOutcome) => void
  readonly #forward: Direction
  readonly #back: Direction
  #cut: Cut | undefined
  #closing = false
  #cancelLifetime = noop
  #cancelIdle = noop

  constructor(accepted: NodeStream, dialled: NodeStream, limits: PumpLimits, done: (outcome: PumpOutcome) => void) {
    this.#streams = [accepted, dialled]
    this.#limits = limits
    this.#done = done
    const { carried } = limits
    const onEnded = this.#onEnded
    const [forwarded, returned] = [
      (bytes: number) => carried("forwarded", bytes),
      (bytes: number) => carried("returned", bytes)
    ]
    this.#forward = new Direction({
      from: accepted,
      to: dialled,
      source: "peer",
      sink: "backend",
      carried: forwarded,
      onEnded
    })
    this.#back = new Direction({
      from: dialled,
      to: accepted,
      source: "backend",
      sink: "peer",
      carried: returned,
      onEnded
    })
  }

  start(): void {
    this.#forward.attach()
    this.#back.attach()
    for (const { socket } of this.#streams) if (!socket.closed) socket.once("close", this.#onClose)
    const { lifetime } = this.#limits
    if (lifetime > 0) this.#cancelLifetime = Timer.after(lifetime, () => this.#cutOff("lifetime"))
    this.#forward.flow()
    this.#back.flow()
  }

  /** Closes both ends at once, without close_notify. */
  abort(): void {
    this.#release()
    for (const { socket } of this.#streams) {
      socket.off("close", this.#onClose)
      socket.destroy()
    }
  }

  #release(): void {
    this.#cancelLifetime()
    this.#cancelIdle()
    this.#forward.detach()
    this.#back.detach()
  }

  readonly #onEnded = (ended: Direction): void => {
    const other = ended === this.#forward ? this.#back : this.#forward
    if (other.end !== undefined) return this.#close()
    // A direction that failed in TLS takes the other one, which needs the same session, with it.
    if (ended.end === "error") return other.abandon()
    if (this.#cut !== undefined) return
    if (this.#limits.closeTimeout <= 0) return this.#cutOff("close-timeout")
    other.watch()
    this.#awaitIdle(other, this.#limits.closeTimeout)
  }

  #awaitIdle(direction: Direction, millis: number): void {
    this.#cancelIdle = Timer.after(millis, () => {
      // After a stall the loop runs its timers first: what waits in the kernel must be read before it counts as silence.
      const turn = setImmediate(() => {
        const left = this.#limits.closeTimeout - direction.idleMillis()
        if (left <= 0) this.#cutOff("close-timeout")
        else this.#awaitIdle(direction, left)
      })
      this.#cancelIdle = () => clearImmediate(turn)
    })
  }

  #cutOff(cut: Cut): void {
    if (this.#closing) return
    this.#cut = cut
    this.#forward.cut()
    this.#back.cut()
  }

  #close(): void {
    this.#closing = true
    this.#release()
    for (const stream of this.#streams) {
      closeGently(stream.socket)
      // TLS peers still get their close_notify; plain sockets close at once.
      if (this.#cut !== undefined && stream.tls === undefined) stream.socket.destroy()
    }
    this.#onClose()
  }

  readonly #onClose = (): void => {
    if (this.#closing && this.#streams.every(({ socket }) => socket.closed)) this.#done(this.#outcome())
  }

  #outcome(): PumpOutcome {
    const directions = [this.#forward, this.#back]
    const failures: Array<ConnectionFailure> = []
    for (const { failure } of directions) if (failure !== undefined) failures.push(failure)
    const timeouts = directions.filter(({ end }) => end === "timeout").length
    return {
      forwarded: this.#forward.bytes,
      returned: this.#back.bytes,
      timeouts,
      failures,
      reason:
        this.#cut ?? (failures.length > 0 ? "error" : directions.some(({ end }) => end === "reset") ? "reset" : "eof")
    }
  }
}

/** Pumps two streams of this transport; any others are a defect. */
export const pump = (accepted: Stream, dialled: Stream, limits: PumpLimits): Effect.Effect<PumpOutcome> =>
  Effect.callback((resume) => {
    if (!(accepted instanceof NodeStream && dialled instanceof NodeStream)) {
      return resume(Effect.die(new TypeError("a stream of another transport")))
    }
    const pair = new Pump(accepted, dialled, limits, (outcome) => resume(Effect.succeed(outcome)))
    pair.start()
    return Effect.sync(() => pair.abort())
  })
