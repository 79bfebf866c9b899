/**
 * `--max-concurrent-conns` over all threads: slots in shared memory, taken before a connection is accepted and returned
 * after it closed. A thread that finds none free leaves its mark once, and freed slots are handed to marked threads in
 * turn: waiting clients are served in order of arrival within a thread, and no thread starves
 * (docs/compatibility/command-line.md, 4.4).
 */

/** One thread's view of the slots. */
export interface Admission {
  /** Takes a slot. On `false` the thread is marked, and `onGrant` is called once a slot has been set aside for it. */
  readonly tryEnter: () => boolean
  /** Returns one slot taken by this thread. */
  readonly leave: () => void
  /** Withdraws the mark; a slot set aside meanwhile goes back. Call once, when the thread takes no more connections. */
  readonly close: () => void
}

/** No limit: nothing is counted and no client waits. */
export const unlimited: Admission = { tryEnter: () => true, leave: () => {}, close: () => {} }

/** The slots as threads share them: a plain value for `workerData`. */
export interface SharedSlots {
  readonly memory: SharedArrayBuffer
  readonly threads: number
}

// Layout in 32-bit words: the lock, free slots, whose turn is next, then three words a thread.
const LOCK = 0
const FREE = 1
const TURN = 2
const HEADER = 3
const WAITING = 0
const GRANTED = 1
const HELD = 2
const PER_THREAD = 3

/** Far longer than the few instructions for which the lock is held. */
const LOST_MILLIS = 5_000

export const makeShared = (limit: number, threads: number): SharedSlots => {
  const memory = new SharedArrayBuffer((HEADER + PER_THREAD * threads) * 4)
  new Int32Array(memory)[FREE] = Math.min(limit, 2 ** 31 - 1)
  return { memory, threads }
}

/** Slots that are taken, for connections or about to be. */
export const slotsTaken = ({ memory, threads }: SharedSlots): number => {
  const words = new Int32Array(memory)
  let taken = 0
  for (let thread = 0; thread < threads; thread++) taken += Atomics.load(words, word(thread, HELD))
  return taken
}

/** A futex of three states (free, held, held with sleepers); held for a handful of instructions at a time. */
const locked = <A>(words: Int32Array, body: () => A): A => {
  if (Atomics.compareExchange(words, LOCK, 0, 1) !== 0) {
    // A thread that was ended while it held the lock never gives it back: after so long it is taken over.
    while (Atomics.exchange(words, LOCK, 2) !== 0) if (Atomics.wait(words, LOCK, 2, LOST_MILLIS) === "timed-out") break
  }
  const result = body()
  if (Atomics.exchange(words, LOCK, 0) === 2) Atomics.notify(words, LOCK, 1)
  return result
}

const word = (thread: number, field: number): number => HEADER + PER_THREAD * thread + field

/** Gives one slot to the next marked thread, or back to the free ones. Call with the lock held; notify outside of it. */
const passOn = (words: Int32Array, threads: number): number => {
  const turn = Atomics.load(words, TURN)
  for (let i = 0; i < threads; i++) {
    const thread = (turn + i) % threads
    if (Atomics.load(words, word(thread, WAITING)) === 0) continue
    Atomics.store(words, word(thread, WAITING), 0)
    Atomics.add(words, word(thread, GRANTED), 1)
    Atomics.add(words, word(thread, HELD), 1)
    Atomics.store(words, TURN, (thread + 1) % threads)
    return thread
  }
  Atomics.add(words, FREE, 1)
  return -1
}

const release = (words: Int32Array, threads: number, thread: number): void => {
  const granted = locked(words, () => {
    Atomics.sub(words, word(thread, HELD), 1)
    return passOn(words, threads)
  })
  if (granted >= 0) Atomics.notify(words, word(granted, GRANTED))
}

/**
 * Joins the thread to the slots. `onGrant` runs with a slot set aside that the next `tryEnter` takes; one that it leaves
 * untaken goes to the next thread.
 */
export const join = (shared: SharedSlots, thread: number, onGrant: () => void): Admission => {
  const words = new Int32Array(shared.memory)
  const granted = word(thread, GRANTED)
  let aside = 0
  let open = true

  const collect = () => {
    if (!open) return
    aside += Atomics.exchange(words, granted, 0)
    while (aside > 0) {
      const before = aside
      onGrant()
      if (aside === before) {
        aside--
        release(words, shared.threads, thread)
      }
    }
    watch()
  }
  const watch = () => {
    const wait = Atomics.waitAsync(words, granted, 0)
    if (wait.async) void wait.value.then(collect)
    else queueMicrotask(collect)
  }
  watch()

  return {
    tryEnter: () => {
      if (aside > 0) {
        aside--
        return true
      }
      return locked(words, () => {
        if (Atomics.load(words, FREE) > 0) {
          Atomics.sub(words, FREE, 1)
          Atomics.add(words, word(thread, HELD), 1)
          return true
        }
        Atomics.store(words, word(thread, WAITING), 1)
        return false
      })
    },
    leave: () => release(words, shared.threads, thread),
    close: () => {
      open = false
      const back = locked(words, () => {
        Atomics.store(words, word(thread, WAITING), 0)
        return Atomics.exchange(words, granted, 0) + aside
      })
      aside = 0
      for (let i = 0; i < back; i++) release(words, shared.threads, thread)
      // Ends the pending wait, so that nothing of this thread stays behind in the shared memory.
      Atomics.notify(words, granted)
    }
  }
}

/** Takes back everything a thread held when it died. */
export const threadLost = (shared: SharedSlots, thread: number): void => {
  const words = new Int32Array(shared.memory)
  const held = locked(words, () => {
    Atomics.store(words, word(thread, WAITING), 0)
    Atomics.store(words, word(thread, GRANTED), 0)
    return Atomics.load(words, word(thread, HELD))
  })
  for (let i = 0; i < held; i++) release(words, shared.threads, thread)
}
