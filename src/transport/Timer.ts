/**
 * Timers for deadlines. They hold for longer than Node's 24.8 days, never fire early, and cost little when they are
 * cancelled before they fire, as almost all of a connection's are: distant ones share one timer of Node's.
 */

const longest = 2 ** 31 - 1

/** Deadlines nearer than this, in milliseconds, get a timer of their own, exact to Node's millisecond. */
const near = 500

/** Distant deadlines fire up to so many milliseconds late. */
const tick = 25

type Action = () => void

/** An action and the deadline it waits for. */
class Entry {
  readonly deadline: number
  readonly action: Action
  cancelled = false

  constructor(deadline: number, action: Action) {
    this.deadline = deadline
    this.action = action
  }

  readonly run = (): void => {
    if (!this.cancelled) this.action()
  }
}

/** The distant deadlines of a thread, by the tick after which they are due. */
class Wheel {
  readonly #slots = new Map<number, Set<Entry>>()
  #entries = 0
  #timer: NodeJS.Timeout | undefined
  /** The tick that `#timer` fires at. */
  #next = Infinity

  /** Runs the action once its deadline has passed, unless the returned function is called before. */
  add(deadline: number, action: Action): () => void {
    const at = Math.ceil(deadline / tick)
    const entry = new Entry(deadline, action)
    const slot = this.#slots.get(at)
    if (slot === undefined) this.#slots.set(at, new Set([entry]))
    else slot.add(entry)
    // A timer that holds nothing does not keep the process alive.
    if (this.#entries++ === 0) this.#timer?.ref()
    if (at < this.#next) this.#arm(at)
    return () => this.#cancel(at, entry)
  }

  #cancel(at: number, entry: Entry): void {
    entry.cancelled = true
    const slot = this.#slots.get(at)
    if (slot === undefined || !slot.delete(entry)) return
    if (slot.size === 0) this.#slots.delete(at)
    if (--this.#entries === 0) this.#timer?.unref()
  }

  #arm(at: number): void {
    clearTimeout(this.#timer)
    this.#next = at
    this.#timer = setTimeout(this.#turn, Math.min(longest, Math.max(0, Math.ceil(at * tick - performance.now()))))
    if (this.#entries === 0) this.#timer.unref()
  }

  readonly #turn = (): void => {
    this.#timer = undefined
    this.#next = Infinity
    const now = performance.now()
    const due: Array<Entry> = []
    let next = Infinity
    for (const [at, slot] of this.#slots) {
      if (at * tick <= now) {
        due.push(...slot)
        this.#slots.delete(at)
      } else if (at < next) next = at
    }
    this.#entries -= due.length
    if (next < Infinity) this.#arm(next)
    // As separate tasks: an action that throws does not hold up the others.
    for (const entry of due.sort((a, b) => a.deadline - b.deadline)) queueMicrotask(entry.run)
  }
}

const wheel = new Wheel()

/** Runs `action` once `performance.now()` has reached `deadline`. Returns what cancels it. */
export const at = (deadline: number, action: Action): (() => void) => {
  const left = deadline - performance.now()
  if (left > near) return wheel.add(deadline, action)
  const timer = setTimeout(action, Math.max(0, Math.ceil(left)))
  return () => clearTimeout(timer)
}

/** Runs `action` once after so many milliseconds. */
export const after = (millis: number, action: Action): (() => void) => at(performance.now() + millis, action)
