/**
 * Copies both ways between two open connections until both directions have ended (docs/compatibility/command-line.md, 8.2 and 8.3). Effect sees its beginning and its end only.
 */
import { Effect } from "effect"
import type { ConnectionFailure } from "../ConnectionFailure.ts"
import * as Timer from "../Timer.ts"
import type { PumpLimits, PumpOutcome, Stream } from "../Transport.ts"
import { Direction } from "./Direction.ts"
import { Epoll } from "./Layout.ts"
import type { Native } from "./Native.ts"
import { NativeStream } from "./NativeStream.ts"

type Cut = "close-timeout" | "lifetime"

const noop = () => {}

class Pump {
  readonly #accepted: NativeStream
  readonly #dialled: NativeStream
  readonly #limits: PumpLimits
  readonly #done: (outcome: PumpOutcome) => void
  readonly #forward: Direction
  readonly #back: Direction
  #cut: Cut | undefined
  #closing = false
  #open = 2
  #cancelLifetime = noop
  #cancelIdle = noop

  constructor(
    native: Native,
    accepted: NativeStream,
    dialled: NativeStream,
    limits: PumpLimits,
    done: (outcome: PumpOutcome) => void
  ) {
    this.#accepted = accepted
    this.#dialled = dialled
    this.#limits = limits
    this.#done = done
    const { thread } = native
    const { carried } = limits
    const onEnded = this.#onEnded
    this.#forward = new Direction(thread, {
      from: accepted,
      to: dialled,
      source: "peer",
      sink: "backend",
      carried: (bytes) => carried("forwarded", bytes),
      onEnded
    })
    this.#back = new Direction(thread, {
      from: dialled,
      to: accepted,
      source: "backend",
      sink: "peer",
      carried: (bytes) => carried("returned", bytes),
      onEnded
    })
  }

  start(): void {
    const { lifetime } = this.#limits
    if (lifetime > 0) this.#cancelLifetime = Timer.after(lifetime, () => this.#cutOff("lifetime"))
    this.#accepted.descriptor.onReady = (mask) => this.#onReady(mask, this.#forward, this.#back)
    this.#dialled.descriptor.onReady = (mask) => this.#onReady(mask, this.#back, this.#forward)
    this.#run(this.#forward)
    this.#run(this.#back)
    this.#wait()
  }

  /** Closes both ends at once, without close_notify. */
  abort(): void {
    this.#closing = true
    this.#release()
    this.#accepted.destroy()
    this.#dialled.destroy()
    this.#forward.release()
    this.#back.release()
  }

  #release(): void {
    this.#cancelLifetime()
    this.#cancelIdle()
  }

  /** Something about a stream: it may be read by `source` and written by `sink`. */
  #onReady(mask: number, source: Direction, sink: Direction): boolean {
    const broken = mask & (Epoll.HUP | Epoll.ERR)
    if (sink.wantsToWrite && (broken !== 0 || mask & Epoll.OUT)) this.#run(sink)
    // Reading may have waited for leave to write.
    if (!this.#closing && source.wantsToRead && !source.waitsForTurn) this.#run(source)
    this.#wait()
    return this.#onlyMoves
  }

  /** Nothing has ended yet: whatever has happened, bytes were moved and no more. */
  get #onlyMoves(): boolean {
    return !this.#closing && this.#forward.end === undefined && this.#back.end === undefined
  }

  #run(direction: Direction): void {
    if (this.#closing || !direction.run()) return
    direction.takeTurn(() => {
      this.#run(direction)
      this.#wait()
      return this.#onlyMoves
    })
  }

  #wait(): void {
    if (this.#closing) return
    this.#waitFor(this.#accepted, this.#forward, this.#back)
    this.#waitFor(this.#dialled, this.#back, this.#forward)
  }

  #waitFor(stream: NativeStream, source: Direction, sink: Direction): void {
    let mask = 0
    if (source.wantsToRead) mask = stream.channel.readNeedsWrite ? Epoll.OUT : Epoll.IN
    if (sink.wantsToWrite) mask |= Epoll.OUT
    stream.descriptor.wait(mask)
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
    this.#closeStream(this.#accepted, this.#back)
    this.#closeStream(this.#dialled, this.#forward)
  }

  #closeStream(stream: NativeStream, sink: Direction): void {
    // TLS peers still get their close_notify; plain sockets close at once.
    const gently = this.#cut === undefined || stream.tls !== undefined
    stream.finish(gently ? sink.drain : undefined, () => {
      sink.release()
      if (--this.#open === 0) this.#done(this.#outcome())
    })
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
export const pump = (
  native: Native,
  accepted: Stream,
  dialled: Stream,
  limits: PumpLimits
): Effect.Effect<PumpOutcome> =>
  Effect.callback((resume) => {
    if (!(accepted instanceof NativeStream && dialled instanceof NativeStream)) {
      return resume(Effect.die(new TypeError("a stream of another transport")))
    }
    const pair = new Pump(native, accepted, dialled, limits, (outcome) => resume(Effect.succeed(outcome)))
    pair.start()
    return Effect.sync(() => pair.abort())
  })
