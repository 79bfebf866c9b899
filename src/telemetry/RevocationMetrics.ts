/** The revocation lists in use, by their issuer, and the URLs that lists are fetched from. */
import type { tunnelNames } from "./Names.ts"
import type { Registration, Registry } from "./Registry.ts"

/** One list. Times in Unix milliseconds. */
export interface ListSeries {
  readonly issuer: string
  /** Tells lists of one issuer apart. */
  readonly source: string
  readonly number: number | undefined
  readonly thisUpdate: number
  readonly nextUpdate: number | undefined
}

/** One URL; asked for at every scrape. */
export interface FetchSeries {
  readonly url: string
  readonly fetchedAt: () => number | undefined
  readonly failed: () => boolean
}

/** Lists that are shown at most: every one is a series of its own in four families. */
const limit = 200

export const registerRevocation = (
  registry: Registry,
  names: ReturnType<typeof tunnelNames>,
  lists: ReadonlyArray<ListSeries>,
  fetches: ReadonlyArray<FetchSeries>,
  now: () => number
): ReadonlyArray<Registration> => [
  ...lists.slice(0, limit).flatMap(({ issuer, nextUpdate, number, source, thisUpdate }, index) => {
    const labels = { issuer, source, list: String(index) }
    return [
      ...(number === undefined ? [] : [registry.gauge(names.listNumber, () => number, labels)]),
      registry.gauge(names.listThisUpdate, () => thisUpdate / 1000, labels),
      ...(nextUpdate === undefined ? [] : [registry.gauge(names.listNextUpdate, () => nextUpdate / 1000, labels)]),
      registry.gauge(names.listAge, () => Math.max(0, now() - thisUpdate) / 1000, labels)
    ]
  }),
  ...fetches.flatMap(({ failed, fetchedAt, url }) => [
    registry.gauge(names.listFetched, () => (fetchedAt() ?? 0) / 1000, { url }),
    registry.gauge(names.listFetchFailed, () => (failed() ? 1 : 0), { url })
  ])
]
