/**
 * Where Node verifies chains by itself, a chain that is made to be expensive holds up the whole thread: then few handshakes
 * run at a time, so that little of it can be under way, and the others wait for their turn until their deadline.
 */
import * as Timer from "../Timer.ts"

/** Handshakes of one thread at a time. */
export const handshakeLimit = 8

export class HandshakeGate {
  readonly #waiting = new Set<() => void>()
  #free: number

  constructor(limit: number) {
    this.#free = limit
  }

  /**
   * Calls `begin` as soon as there is room, perhaps at once. The function given back leaves, or gives up waiting; calling it
   * again does nothing.
   */
  enter(begin: () => void): () => void {
    let inside = false
    let over = false
    const start = () => {
      inside = true
      begin()
    }
    const leave = () => {
      if (over) return
      over = true
      if (!inside) return void this.#waiting.delete(start)
      this.#free++
      this.#next()
    }
    this.#waiting.add(start)
    this.#next()
    return leave
  }

  #next(): void {
    const [start] = this.#waiting
    if (start === undefined || this.#free === 0) return
    this.#waiting.delete(start)
    this.#free--
    start()
  }
}

const gate = new HandshakeGate(handshakeLimit)

/** A handshake that may have to wait. */
export interface Turn {
  /** Whether it has to. */
  readonly gated: boolean
  /** `performance.now()` milliseconds; counts while it waits, too. */
  readonly deadline: number
  /** Begins; to call `ended` when the handshake is over. */
  readonly begin: (ended: () => void) => void
  /** The deadline has passed before its turn came. */
  readonly late: () => void
}

/** Waits for a turn of this thread. The function given back stops waiting, or makes room for the next one. */
export const takeTurn = ({ begin, deadline, gated, late }: Turn): (() => void) => {
  if (!gated) {
    begin(() => {})
    return () => {}
  }
  let leave: (() => void) | undefined
  let over = false
  const ended = () => {
    over = true
    leave?.()
  }
  const stopWaiting = Timer.at(deadline, () => {
    ended()
    late()
  })
  leave = gate.enter(() => {
    stopWaiting()
    begin(ended)
  })
  if (over) leave()
  return () => {
    stopWaiting()
    ended()
  }
}
