/** What has been fetched from each URL so far. Filled in the background, read by loads of the credentials. */
import type { LoadedList } from "./ListSources.ts"

/** How fetching from one URL goes. Times in Unix milliseconds. */
export interface FetchState {
  readonly url: string
  /** Undefined before the first fetch that succeeded. */
  readonly fetchedAt: number | undefined
  readonly triedAt: number | undefined
  /** Why the last fetch failed; undefined when it did not. */
  readonly error: string | undefined
  readonly lists: ReadonlyArray<LoadedList>
}

const idsOf = ({ lists }: FetchState): string => lists.map(({ list }) => list.id).join()

export class FetchedLists {
  readonly #states: Map<string, FetchState>

  constructor(urls: ReadonlyArray<string>) {
    const fresh = { fetchedAt: undefined, triedAt: undefined, error: undefined, lists: [] }
    this.#states = new Map(urls.map((url) => [url, { url, ...fresh }]))
  }

  get states(): ReadonlyArray<FetchState> {
    return [...this.#states.values()]
  }

  get lists(): ReadonlyArray<LoadedList> {
    return this.states.flatMap(({ lists }) => lists)
  }

  /** URLs from which nothing has been fetched yet. */
  get missing(): ReadonlyArray<string> {
    return this.states.filter(({ fetchedAt }) => fetchedAt === undefined).map(({ url }) => url)
  }

  /** Takes what a fetch brought; true when it differs from what was there. */
  succeeded(url: string, lists: ReadonlyArray<LoadedList>, at: number): boolean {
    const before = this.#states.get(url)
    const after: FetchState = { url, fetchedAt: at, triedAt: at, error: undefined, lists }
    this.#states.set(url, after)
    return before?.fetchedAt === undefined || idsOf(before) !== idsOf(after)
  }

  /** Keeps what was fetched before; true when the reason differs from that of the last attempt. */
  failed(url: string, error: string, at: number): boolean {
    const before = this.#states.get(url)
    if (before === undefined) return false
    this.#states.set(url, { ...before, triedAt: at, error })
    return before.error !== error
  }
}
