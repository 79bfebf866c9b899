/** The revocation lists in use as `/_status` and metrics show them. Pure. */
import type { FetchedLists } from "../credentials/FetchedLists.ts"
import type { LoadedList } from "../credentials/ListSources.ts"
import type { Json } from "../status/StatusFacts.ts"
import type { FetchSeries, ListSeries } from "../telemetry/RevocationMetrics.ts"

/** Lists that `/_status` shows at most. */
const limit = 200

const rfc3339 = (millis: number | undefined): string | undefined =>
  millis === undefined ? undefined : new Date(millis).toISOString().replace(/\.\d+Z$/, "Z")

const listFacts = ({ list, readAt, source }: LoadedList, now: number): Json => ({
  issuer: list.issuerName,
  source,
  number: list.number?.toString(),
  base_number: list.baseNumber?.toString(),
  entries: list.entries.count,
  this_update: rfc3339(list.thisUpdate),
  next_update: rfc3339(list.nextUpdate),
  age_seconds: Math.max(0, Math.floor((now - list.thisUpdate) / 1000)),
  current: list.thisUpdate <= now && now <= (list.nextUpdate ?? Infinity),
  read: rfc3339(readAt)
})

/** The key `revocation`; undefined without lists. */
export const revocationFacts = (lists: ReadonlyArray<LoadedList>, fetched: FetchedLists, now: number): Json => {
  const { states } = fetched
  if (lists.length === 0 && states.length === 0) return undefined
  return {
    lists: lists.slice(0, limit).map((each) => listFacts(each, now)),
    fetches: states.map(({ error, fetchedAt, triedAt, url }) => ({
      url,
      last_success: rfc3339(fetchedAt),
      last_attempt: rfc3339(triedAt),
      error
    }))
  }
}

export const listSeries = (lists: ReadonlyArray<LoadedList>): ReadonlyArray<ListSeries> =>
  lists.map(({ list, source }) => ({
    issuer: list.issuerName,
    source,
    number: list.number === undefined ? undefined : Number(list.number),
    thisUpdate: list.thisUpdate,
    nextUpdate: list.nextUpdate
  }))

export const fetchSeries = (fetched: FetchedLists): ReadonlyArray<FetchSeries> => {
  const stateOf = (url: string) => fetched.states.find((state) => state.url === url)
  return fetched.states.map(({ url }) => ({
    url,
    fetchedAt: () => stateOf(url)?.fetchedAt,
    failed: () => stateOf(url)?.error !== undefined
  }))
}
