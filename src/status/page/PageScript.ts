/**
 * The page's script: listens to the snapshots and writes them into the document. Plain JavaScript for browsers. Names of peers
 * and reasons of failures were written by others, so they only ever become text nodes.
 */
import { charts } from "./PageCharts.ts"

const words = `
const byId = (id) => document.getElementById(id)

const node = (name, kind, text) => {
  const element = document.createElement(name)
  if (kind !== "") element.className = kind
  element.textContent = text
  return element
}

/** Touches the document only where something changes: selections stay, and screen readers are not woken. */
const say = (id, text) => {
  const element = byId(id)
  if (element.textContent !== text) element.textContent = text
}

const scaled = (number, units, step) => {
  let unit = 0
  while (number >= step && unit < units.length - 1) {
    number /= step
    unit++
  }
  const digits = number === 0 || number >= 100 || (unit === 0 && Number.isInteger(number)) ? 0 : number >= 10 ? 1 : 2
  return number.toFixed(digits) + units[unit]
}
const whole = (number) => Math.round(number).toLocaleString("en")
const perSecond = (number) => (number > 0 && number < 0.01 ? "< 0.01/s" : scaled(number, ["/s", "k/s", "M/s"], 1000))
const bytes = (number) => scaled(number, [" B", " kB", " MB", " GB", " TB", " PB"], 1000)
const bytesPerSecond = (number) => bytes(number) + "/s"
const duration = (seconds) =>
  seconds === 0 ? "0 ms" : seconds < 1 ? scaled(seconds * 1e6, [" µs", " ms"], 1000) : scaled(seconds, [" s"], 1000)

const timeLeft = (millis) => {
  const minutes = Math.floor(Math.abs(millis) / 60000)
  const hours = Math.floor(minutes / 60)
  const days = Math.floor(hours / 24)
  if (days >= 10) return days + " days"
  if (days > 0) return days + " d " + (hours % 24) + " h"
  if (hours > 0) return hours + " h " + (minutes % 60) + " min"
  return minutes > 0 ? minutes + " min" : "less than a minute"
}

const clock = (at) => new Date(at).toLocaleTimeString("en-GB")
const day = (at) => new Date(at).toISOString().slice(0, 16).replace("T", " ") + " UTC"

const timeNode = (at, text) => {
  const element = node("time", "", text)
  element.dateTime = new Date(at).toISOString()
  return element
}
`

const tables = `
const shown = new Map()

/** Writes the rows anew if they have changed. A cell is a class and a text or an element. */
const fill = (id, rows, cells, empty) => {
  const table = byId(id)
  const key = JSON.stringify(rows)
  if (shown.get(id) === key) return
  shown.set(id, key)
  table.hidden = rows.length === 0
  const note = byId(id + "-none")
  note.hidden = rows.length > 0
  note.textContent = empty
  table.tBodies[0].replaceChildren(
    ...rows.map((row) => {
      const line = document.createElement("tr")
      line.setAttribute("role", "row")
      for (const [kind, content] of cells(row)) {
        const cell = node("td", kind, "")
        cell.setAttribute("role", "cell")
        cell.append(content)
        line.append(cell)
      }
      return line
    })
  )
}

const urgencies = { valid: "● valid", soon: "▲ soon", urgent: "▲ urgent", expired: "■ expired" }
const oneDay = 86400000
const urgencyOf = (left) => (left <= 0 ? "expired" : left < 3 * oneDay ? "urgent" : left < 21 * oneDay ? "soon" : "valid")
const roles = { leaf: "own", chain: "chain", authority: "authority" }

/** Further refusals are a click away. */
const refusalsShown = 10
let allRefusals = false, lastSnapshot
byId("more-refusals").onclick = () => {
  allRefusals = !allRefusals
  showTables(lastSnapshot)
}

const showTables = (view) => {
  lastSnapshot = view
  const more = byId("more-refusals")
  more.hidden = view.refusals.length <= refusalsShown
  more.setAttribute("aria-expanded", String(allRefusals))
  say("more-refusals", allRefusals ? "Show fewer" : "Show the last " + view.refusals.length)
  fill(
    "identities",
    view.identities,
    (each) => [["", each.identity], [each.open === 0 ? "count idle" : "count", whole(each.open)], ["count", whole(each.total)]],
    "Nobody has connected yet."
  )
  say("hidden-identities", view.hidden === 0 ? "" : "and " + whole(view.hidden) + " more with fewer connections")
  fill(
    "refusals",
    allRefusals ? view.refusals : view.refusals.slice(0, refusalsShown),
    (each) => [
      ["narrow", timeNode(each.at, clock(each.at))],
      ["narrow address", each.client],
      ["narrow", each.stage],
      ["narrow", each.reason.replaceAll("_", " ")],
      ["whole", each.message]
    ],
    "Nobody has been refused."
  )
  fill(
    "certificates",
    view.certificates.map((each) => {
      const left = each.notAfter - view.time
      return { ...each, urgency: urgencyOf(left), countdown: left <= 0 ? timeLeft(left) + " ago" : "in " + timeLeft(left) }
    }),
    (each) => [
      ["narrow", roles[each.role] || each.role],
      ["whole", each.subject],
      ["narrow", timeNode(each.notAfter, day(each.notAfter))],
      ["narrow", each.countdown],
      ["narrow urgency " + each.urgency, urgencies[each.urgency]]
    ],
    "No certificate."
  )
}
`

const view = `
/** What the last interval that is over and the present one come to in a second. */
const rates = (view) => {
  const recent = view.intervals.slice(-2)
  const seconds = Math.max(1, (view.time - (recent[0] ? recent[0].at : view.time)) / 1000)
  const rate = (key) => recent.reduce((sum, each) => sum + each[key], 0) / seconds
  return { opened: rate("opened"), failed: rate("failed"), forwarded: rate("forwarded"), returned: rate("returned") }
}

const showNumbers = (view) => {
  const now = rates(view)
  say("open", whole(view.open))
  say("opened", perSecond(now.opened))
  say("opened-total", whole(view.totals.established) + " in all")
  say("failed", perSecond(now.failed))
  byId("failed").parentElement.className = now.failed > 0 ? "alarm" : ""
  say("failed-total", whole(view.totals.refused) + " in all")
  say("forwarded", bytesPerSecond(now.forwarded))
  say("forwarded-total", bytes(view.totals.forwarded) + " in all")
  say("returned", bytesPerSecond(now.returned))
  say("returned-total", bytes(view.totals.returned) + " in all")
}

const showCharts = (view) => {
  const over = view.intervals.slice(0, -1)
  const ends = over.map((each) => each.at + view.intervalMillis)
  const to = view.intervals[view.intervals.length - 1].at
  const from = to - 60 * view.intervalMillis
  const rate = (key) => over.map((each) => (each[key] * 1000) / view.intervalMillis)
  const line = (name, kind, values) => ({ name, kind, values })
  draw(byId("rates"), [line("opened", "first", rate("opened")), line("refused", "second", rate("failed"))], ends, from, to, perSecond)
  draw(byId("volumes"), [line("to target", "first", rate("forwarded")), line("from target", "second", rate("returned"))], ends, from, to, bytesPerSecond)
  const percentile = (key) => over.map((each) => each[key])
  draw(byId("durations"), [line("median", "first", percentile("p50")), line("99th percentile", "second", percentile("p99"))], ends, from, to, duration)
}

const showFacts = (view) => {
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
  const { number, serving, replaced } = view.workers
  say("workers", number === 0 ? "main thread" : serving + " of " + number + " serving" + (replaced === 0 ? "" : ", " + replaced + " replaced"))
  say("sandbox", view.sandbox)
  const problem = view.reloadError === undefined ? "" : "The last reload failed, the certificates before it stay: " + view.reloadError
  say("problem", problem)
  byId("problem").hidden = problem === ""
  say("reloaded", view.lastReload === undefined ? "not yet" : day(view.lastReload))
  say("updated", clock(view.time))
  document.title = (view.message === "listening" ? "" : view.message + " · ") + view.listen + " · Ghostunnel " + view.mode
}

let lastView
const show = (view) => {
  showFacts(view)
  showNumbers(view)
  showTables(view)
  // Charts change when an interval is over.
  const newest = view.intervals[view.intervals.length - 1].at
  if (lastView === undefined || newest !== lastView) showCharts(view)
  lastView = newest
}
`

const connection = `
/** Snapshots come every two seconds: after this long without one something is wrong. */
const patience = 10000
const pauseBetweenTries = 3000
let source, heard = 0, retry

const lost = () => {
  if (document.documentElement.dataset.connection === "lost") return
  document.documentElement.dataset.connection = "lost"
  say("state", "no connection")
  const since = heard === 0 ? "Could not reach the status port." : "Connection lost: the numbers below are of " + clock(heard) + "."
  byId("lost").replaceChildren(node("p", "", since + " Trying again."))
}

const close = () => {
  clearTimeout(retry)
  if (source !== undefined) source.close()
  source = undefined
}

const open = () => {
  close()
  const own = new EventSource("_events")
  source = own
  let quiet = setTimeout(failed, patience)
  function failed() {
    clearTimeout(quiet)
    if (own !== source) return
    lost()
    close()
    retry = setTimeout(open, pauseBetweenTries)
  }
  own.onerror = failed
  own.onmessage = (event) => {
    if (own !== source) return
    clearTimeout(quiet)
    quiet = setTimeout(failed, patience)
    heard = Date.now()
    byId("lost").replaceChildren()
    show(JSON.parse(event.data))
  }
}

// A hidden page closes its stream, so that it does not use a viewer's place.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()))
if (!document.hidden) open()
`

export const script = `"use strict";\n(() => {\n${words}${charts}${tables}${view}${connection}})()\n`
