/** Collects what is wrong with a policy, so that one load reports everything. */
import { type ErrorCode, LoadError, type Location, type PolicyError } from "../syntax/Location.ts"

export class Errors {
  readonly #found: Array<PolicyError> = []

  add(code: ErrorCode, message: string, location: Location, details?: ReadonlyArray<string>): void {
    this.#found.push(details === undefined ? { code, message, location } : { code, message, location, details })
  }

  get size(): number {
    return this.#found.length
  }

  /** Throws what was found so far, ordered by place. */
  check(): void {
    if (this.#found.length === 0) return
    const order = (a: PolicyError, b: PolicyError): number =>
      a.location.source.file < b.location.source.file
        ? -1
        : a.location.source.file > b.location.source.file
          ? 1
          : a.location.row - b.location.row || a.location.column - b.location.column
    throw new LoadError([...this.#found].sort(order))
  }
}
