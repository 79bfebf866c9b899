/** Waiting for something to become true, woken by events instead of guessed times. */

/** How long anything a test waits for may take, in milliseconds: generous, because the machine may be busy. */
export const patience = 40_000

/** Wakes everyone who waits whenever something changed. */
export class Changes {
  readonly #waiting = new Set<() => void>()

  /** Lets every waiter look again. */
  notify(): void {
    for (const look of [...this.#waiting]) look()
  }

  /** Completes with what `find` gives once that is not undefined; fails with `describe()` when patience is over. */
  until<A>(find: () => A | undefined, describe: () => string, timeout = patience): Promise<A> {
    const { promise, resolve, reject } = Promise.withResolvers<A>()
    const look = () => {
      const found = find()
      if (found === undefined) return
      this.#waiting.delete(look)
      clearTimeout(timer)
      resolve(found)
    }
    const timer = setTimeout(() => {
      this.#waiting.delete(look)
      reject(new Error(`waited ${timeout} ms for ${describe()}`))
    }, timeout)
    this.#waiting.add(look)
    look()
    return promise
  }
}

/** Asks again every few milliseconds until the answer is not undefined: for what nobody announces (counters, a bound port). */
export const eventually = async <A>(
  what: string,
  ask: () => Promise<A | undefined>,
  describe: () => string = () => "",
  timeout = patience
): Promise<A> => {
  const deadline = performance.now() + timeout
  for (;;) {
    const answer = await ask()
    if (answer !== undefined) return answer
    if (performance.now() > deadline) throw new Error(`waited ${timeout} ms for ${what} ${describe()}`)
    await pause(10)
  }
}

/** Lets this much time pass; only where the time itself is the subject. */
export const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, milliseconds)
  })
