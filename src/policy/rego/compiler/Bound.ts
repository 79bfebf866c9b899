/** The variables that have values at some place of a body. */
export class Bound {
  readonly #outer: Bound | undefined
  readonly #names = new Set<string>()

  constructor(outer?: Bound) {
    this.#outer = outer
  }

  has(name: string): boolean {
    if (this.#names.has(name)) return true
    for (let outer = this.#outer; outer !== undefined; outer = outer.#outer) if (outer.#names.has(name)) return true
    return false
  }

  add(name: string): void {
    this.#names.add(name)
  }

  /** The same variables, and those added to it. */
  fork(): Bound {
    return new Bound(this)
  }

  /** Adds what was added to a fork to where it comes from. */
  commit(): void {
    for (const name of this.#names) this.#outer?.add(name)
  }
}
