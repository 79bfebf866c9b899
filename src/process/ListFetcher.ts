/**
 * Fetches revocation lists from URLs in the background: at start, at every reload, and again when half of what is left of
 * their validity has passed. Handshakes never wait for it.
 */
import { Clock, Duration, Effect, Queue, Random, Result, type Scope } from "effect"
import { hostOf } from "../config/UrlText.ts"
import { version } from "../config/Version.ts"
import type { FetchedLists } from "../credentials/FetchedLists.ts"
import type { LoadedList } from "../credentials/ListSources.ts"
import { listFileLimit, readListFile } from "../credentials/RevocationFiles.ts"
import { readSystemRoots } from "../credentials/TrustStore.ts"
import { connector, dialWords } from "../metrics/PushTarget.ts"
import { type Downloaded, download } from "../runtime/HttpDownload.ts"
import { redirects } from "../runtime/HttpExchange.ts"
import type { Log } from "../runtime/Logging.ts"

/** One fetch with all its redirects, without reading the lists. */
const fetchLimit = Duration.seconds(30)
const redirectLimit = 3
/** Between fetches that succeed. */
const shortestPause = Duration.minutes(1)
const longestPause = Duration.hours(12)
/** After failures: doubled with each one. */
const firstRetry = Duration.seconds(5)
const longestRetry = Duration.minutes(10)

type Connect = ReturnType<typeof connector>

const get = Effect.fnUntraced(function* (text: string, connect: Connect): Effect.fn.Return<Downloaded, string> {
  let url = URL.parse(text)
  let written = text
  for (let followed = 0; ; followed++) {
    if (url === null || (url.protocol !== "http:" && url.protocol !== "https:")) {
      return yield* Effect.fail(
        `redirected to ${JSON.stringify(written.slice(0, 200))}, which is no http:// or https:// URL`
      )
    }
    const to: URL = url
    const reply = yield* download({
      url: to,
      headers: { Host: hostOf(written, to), "User-Agent": `ghostunnel/${version}`, Accept: "*/*" },
      connect: () => connect(to),
      dialWords: (error) => dialWords(to, error),
      limit: listFileLimit
    })
    if (reply.location === undefined || !redirects.has(reply.status)) return reply
    if (followed === redirectLimit) return yield* Effect.fail(`stopped after ${redirectLimit} redirects`)
    written = reply.location
    url = URL.parse(written, to)
    if (to.protocol === "https:" && url?.protocol === "http:") {
      return yield* Effect.fail("redirected from https:// to http://")
    }
  }
})

/** The lists at a URL. */
const fetchLists = Effect.fn("ListFetcher.fetch")(function* (
  url: string,
  connect: Connect
): Effect.fn.Return<ReadonlyArray<LoadedList>, string> {
  const reply = yield* get(url, connect).pipe(
    Effect.timeoutOrElse({ duration: fetchLimit, orElse: () => Effect.fail("no whole reply within 30s") })
  )
  if (reply.status !== 200) return yield* Effect.fail(`the server answered with status ${reply.status}`)
  const readAt = yield* Clock.currentTimeMillis
  const lists = yield* readListFile(reply.chunks)
  return lists.map((list) => ({ list, source: url, readAt }))
})

/** Half of what is left until the first of the lists goes stale. */
const pauseOf = (lists: ReadonlyArray<LoadedList>, now: number): Duration.Duration => {
  const until = Math.min(...lists.map(({ list }) => list.nextUpdate ?? Infinity))
  const half = Number.isFinite(until) ? Duration.millis(Math.max(0, until - now) / 2) : longestPause
  return Duration.clamp(half, { minimum: shortestPause, maximum: longestPause })
}

const retryOf = (failures: number): Duration.Duration =>
  Duration.min(Duration.times(firstRetry, 2 ** Math.min(failures - 1, 16)), longestRetry)

export interface ListFetcherOptions {
  readonly fetched: FetchedLists
  /** Takes over lists that differ from those before. */
  readonly changed: Effect.Effect<void>
  readonly environment: NodeJS.ProcessEnv
  readonly log: Log["Service"]["line"]
}

export interface ListFetcher {
  /** Fetches from every URL at once, but from none within a minute of its last attempt. */
  readonly again: Effect.Effect<void>
}

/** Fetches while the scope is open. */
export const fetchInBackground = Effect.fn("ListFetcher.start")(function* ({
  changed,
  environment,
  fetched,
  log
}: ListFetcherOptions): Effect.fn.Return<ListFetcher, never, Scope.Scope> {
  const urls = fetched.states.map(({ url }) => url)
  if (urls.length === 0) return { again: Effect.void }
  const roots = urls.some((url) => /^https:/i.test(url)) ? readSystemRoots(environment) : []
  const connect = connector(roots)
  const follow = Effect.fnUntraced(function* (url: string, asked: Queue.Queue<void>) {
    let failures = 0
    for (;;) {
      const lists = yield* Effect.result(fetchLists(url, connect))
      const now = yield* Clock.currentTimeMillis
      failures = Result.isSuccess(lists) ? 0 : failures + 1
      if (Result.isFailure(lists)) {
        if (fetched.failed(url, lists.failure, now))
          log("revocation_lists_failed", `error fetching revocation lists from ${url}: ${lists.failure}`)
      } else if (fetched.succeeded(url, lists.success, now)) {
        // The line says that they are in use.
        yield* changed
        log("revocation_lists_fetched", `fetched revocation lists from ${url}`)
      }
      const pause = Result.isSuccess(lists) ? pauseOf(lists.success, now) : retryOf(failures)
      const jitter = yield* Random.nextBetween(0.9, 1.1)
      yield* Effect.raceFirst(Effect.sleep(Duration.times(pause, jitter)), Queue.take(asked))
    }
  })
  const queues = new Map<string, Queue.Queue<void>>()
  for (const url of urls) {
    const asked = yield* Queue.sliding<void>(1)
    queues.set(url, asked)
    yield* Effect.forkScoped(follow(url, asked))
  }
  const again = Effect.map(Clock.currentTimeMillis, (now) => {
    for (const { triedAt, url } of fetched.states) {
      const asked = queues.get(url)
      if (asked === undefined || now - (triedAt ?? now) < Duration.toMillis(shortestPause)) continue
      Queue.offerUnsafe(asked, undefined)
    }
  })
  return { again }
})
