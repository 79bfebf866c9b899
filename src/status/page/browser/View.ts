/** Writes a snapshot into the document. */
import type { PageInterval, PageView } from "../PageView.ts"
import { draw, type Series } from "./Charts.ts"
import { byId, say } from "./Elements.ts"
import { bytes, bytesPerSecond, clock, day, duration, perSecond, timeLeft, whole } from "./Format.ts"
import { showTables } from "./Tables.ts"

type Counter = "opened" | "failed" | "forwarded" | "returned"

const showNumbers = ({ intervals, open, time, totals }: PageView): void => {
  // The last interval that is over and the one in progress.
  const recent = intervals.slice(-2)
  const seconds = Math.max(1, (time - (recent[0]?.at ?? time)) / 1000)
  const rate = (key: Counter): number => recent.reduce((sum, each) => sum + each[key], 0) / seconds
  say("open", whole(open))
  say("opened", perSecond(rate("opened")))
  say("opened-total", `${whole(totals.established)} in all`)
  say("failed", perSecond(rate("failed")))
  const failed = byId("failed").parentElement
  if (failed !== null) failed.className = rate("failed") > 0 ? "alarm" : ""
  say("failed-total", `${whole(totals.refused)} in all`)
  say("forwarded", bytesPerSecond(rate("forwarded")))
  say("forwarded-total", `${bytes(totals.forwarded)} in all`)
  say("returned", bytesPerSecond(rate("returned")))
  say("returned-total", `${bytes(totals.returned)} in all`)
}

const showCharts = ({ intervalMillis, intervals }: PageView, to: number): void => {
  const over = intervals.slice(0, -1)
  const span = { ends: over.map(({ at }) => at + intervalMillis), from: to - 60 * intervalMillis, to }
  const of = (read: (interval: PageInterval) => number | undefined) => over.map(read)
  const rate = (key: Counter) => of((each) => (each[key] * 1000) / intervalMillis)
  const line = (name: string, kind: Series["kind"], values: Series["values"]): Series => ({ name, kind, values })
  draw(
    byId("rates"),
    [line("opened", "first", rate("opened")), line("refused", "second", rate("failed"))],
    span,
    perSecond
  )
  draw(
    byId("volumes"),
    [line("to target", "first", rate("forwarded")), line("from target", "second", rate("returned"))],
    span,
    bytesPerSecond
  )
  draw(
    byId("durations"),
    [
      line(
        "median",
        "first",
        of(({ p50 }) => p50)
      ),
      line(
        "99th percentile",
        "second",
        of(({ p99 }) => p99)
      )
    ],
    span,
    duration
  )
}

const threadsText = ({ number, replaced, serving }: PageView["workers"]): string =>
  number === 0 ? "main thread" : `${serving} of ${number} serving${replaced === 0 ? "" : `, ${replaced} replaced`}`

const showFacts = (view: PageView): void => {
  const root = document.documentElement
  root.dataset.state = view.message
  root.dataset.connection = "open"
  say("mode", view.mode)
  say("listen", view.listen)
  say("target", view.target)
  say("state", view.message)
  say("durations-name", view.mode === "server" ? "Handshake" : "Reaching the target")
  say("version", view.version)
  say("uptime", timeLeft(view.time - view.since))
  say("workers", threadsText(view.workers))
  say("sandbox", view.sandbox)
  const { reloadError } = view
  say("problem", reloadError === undefined ? "" : `The last reload failed; the old certificates stay: ${reloadError}`)
  byId("problem").hidden = reloadError === undefined
  say("reloaded", view.lastReload === undefined ? "not yet" : day(view.lastReload))
  say("updated", clock(view.time))
  document.title = `${view.message === "listening" ? "" : `${view.message} · `}${view.listen} · Ghostunnel ${view.mode}`
}

let lastDrawn: number | undefined

export const show = (view: PageView): void => {
  showFacts(view)
  showNumbers(view)
  showTables(view)
  // Charts change when an interval is over.
  const newest = view.intervals.at(-1)?.at
  if (newest !== undefined && newest !== lastDrawn) showCharts(view, newest)
  lastDrawn = newest
}
