import { t as every } from "./lib-Ticker-CiuIi9VM.mjs";
import { n as intervalMillis } from "./lib-LiveView-BsZPFfbJ.mjs";
import { r as message, t as Status } from "./lib-Status-DgwCP4L3.mjs";
import { t as goJson } from "./lib-StatusBody-C8-Jucac.mjs";
import { n as sandboxState } from "./lib-StatusFacts-DP1cdeo5.mjs";
import { Clock, Effect, Stream, SubscriptionRef } from "effect";
import { createHash } from "node:crypto";
import { HttpRouter, HttpServerRequest, HttpServerResponse } from "effect/http";
import { toIncomingMessage } from "@effect/platform-node/NodeHttpServerRequest";
const script = `"use strict";\n(() => {\n
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

const svgNamespace = "http://www.w3.org/2000/svg"
const chartWidth = 600, chartHeight = 110, chartTop = 6

const svg = (name, attributes) => {
  const element = document.createElementNS(svgNamespace, name)
  for (const key in attributes) element.setAttribute(key, String(attributes[key]))
  return element
}

/** The smallest of 1, 2, 5 times a power of ten that is not below the number. */
const niceCeiling = (number) => {
  if (!(number > 0)) return 1
  const power = Math.pow(10, Math.floor(Math.log10(number)))
  for (const step of [1, 2, 5]) if (step * power >= number * 0.999999) return step * power
  return 10 * power
}

/** Runs of neighbouring points that have a value. */
const runs = (points) => {
  const found = []
  let run
  for (const point of points) {
    if (point[1] === undefined) run = undefined
    else if (run === undefined) found.push((run = [point]))
    else run.push(point)
  }
  return found
}

const sample = (kind) => {
  const drawing = svg("svg", { viewBox: "0 0 22 8", "aria-hidden": "true" })
  drawing.append(svg("path", { d: "M1 4H21", class: "line " + kind }))
  return drawing
}

/**
 * Fills a figure. Each series has a name, a kind (first or second), and its values, one for each interval. The legend
 * tells the newest value, so that nothing is said by colour alone.
 */
const draw = (figure, series, ends, from, to, format) => {
  const values = series.flatMap((each) => each.values).filter((value) => value !== undefined)
  const ceiling = niceCeiling(Math.max(0, ...values))
  const x = (at) => (chartWidth * (at - from)) / (to - from)
  const y = (value) => chartHeight - 1 - ((chartHeight - 1 - chartTop) * value) / ceiling
  const drawing = svg("svg", { viewBox: "0 0 " + chartWidth + " " + chartHeight, preserveAspectRatio: "none", "aria-hidden": "true" })
  for (const level of [0, ceiling / 2, ceiling]) {
    const place = y(level).toFixed(1)
    drawing.append(svg("path", { d: "M0 " + place + "H" + chartWidth, class: "grid", "vector-effect": "non-scaling-stroke" }))
  }
  for (const each of series) {
    for (const run of runs(ends.map((at, index) => [at, each.values[index]]))) {
      const path = run.map(([at, value], index) => (index === 0 ? "M" : "L") + x(at).toFixed(1) + " " + y(value).toFixed(1)).join("")
      if (each.kind === "first" && run.length > 1) {
        const close = "V" + (chartHeight - 1) + "H" + x(run[0][0]).toFixed(1) + "Z"
        drawing.append(svg("path", { d: path + close, class: "area first" }))
      }
      // A lone point is a dot: a line of no length with round ends.
      drawing.append(svg("path", { d: run.length === 1 ? path + "h0.01" : path, class: "line " + each.kind, "vector-effect": "non-scaling-stroke" }))
    }
  }
  const plot = figure.querySelector(".plot")
  plot.replaceChildren(drawing, node("span", "top", format(ceiling)), node("span", "middle", format(ceiling / 2)))
  figure.querySelector(".legend").replaceChildren(
    ...series.map((each) => {
      const item = node("li", "", "")
      const newest = each.values.findLast((value) => value !== undefined)
      const peak = Math.max(0, ...each.values.filter((value) => value !== undefined))
      item.append(sample(each.kind), each.name + " ", node("b", "", newest === undefined ? "none" : format(newest)))
      if (newest !== undefined) item.append(", peak " + format(peak))
      return item
    })
  )
}

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

// A page that nobody sees takes no viewer's place.
document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()))
if (!document.hidden) open()
})()\n`;
// src/status/page/PageStyle.ts
/** How the page looks: light and dark, from 320 pixels on, without motion for those who want none. */
const style = `
:root {
  color-scheme: light dark;
  --ground: #f5f6f7; --panel: #fff; --ink: #1b1f24; --muted: #57606a; --line: #d8dde2; --soft: #eef1f4;
  --first: #1f6fb5; --second: #b3540c; --good: #1f7a3a; --warn: #8a5a00; --bad: #b3261e; --bad-soft: #fdeceb;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #111417; --panel: #191d21; --ink: #e4e7ea; --muted: #9aa4ae; --line: #2c333a; --soft: #22282d;
    --first: #6cb2f2; --second: #f0a05a; --good: #6fcf8a; --warn: #e3b341; --bad: #ff8a80; --bad-soft: #3a1f1e;
  }
}
* { box-sizing: border-box; }
[hidden] { display: none !important; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--ground); color: var(--ink); font: 14px/1.45 system-ui, sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: anywhere;
}
header, main, footer, #lost { max-width: 1120px; margin-inline: auto; padding-inline: 16px; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 4px 16px; padding-block: 16px 12px; }
h1 { margin: 0; font-size: 18px; font-weight: 650; }
h1 span { color: var(--muted); font-weight: 400; }
header p { margin: 0; }
code, .address { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .93em; }
.route { color: var(--muted); }
.state { margin-inline-start: auto !important; font-weight: 600; }
.state::before {
  content: ""; display: inline-block; width: 10px; height: 10px; margin-inline-end: 7px; border-radius: 50%;
  border: 2px solid var(--warn);
}
[data-state=listening] .state::before { border-color: var(--good); background: var(--good); }
[data-connection=lost] .state { color: var(--bad); }
[data-connection=lost] .state::before { border-color: var(--bad); background: none; animation: wait 1.6s ease-in-out infinite; }
@keyframes wait { 50% { opacity: .25; } }
@media (prefers-reduced-motion: reduce) { *, *::before { animation: none !important; transition: none !important; } }
#lost > p, #problem { margin: 0 0 12px; padding: 8px 12px; border: 1px solid var(--bad); border-radius: 6px; background: var(--bad-soft); }
#problem { max-width: 1088px; margin: 0 auto 12px; }
main { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
section { min-width: 0; background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px 14px; }
h2 { margin: 0 0 8px; font-size: 13px; font-weight: 600; color: var(--muted); }
.numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(130px, 1fr)); gap: 10px 20px; margin: 0; }
.numbers div { display: flex; flex-direction: column-reverse; justify-content: flex-end; }
.numbers dt { color: var(--muted); font-size: 12px; }
.numbers dd { margin: 0; font-size: 25px; line-height: 1.2; font-weight: 600; white-space: nowrap; }
.numbers dd + dd { order: -1; font-size: 12px; font-weight: 400; color: var(--muted); white-space: normal; }
.numbers .alarm dd:first-of-type { color: var(--bad); }
.charts { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: 12px 24px; }
figure { margin: 0; min-width: 0; }
figcaption { font-weight: 600; }
.legend { margin: 2px 0 6px; padding: 0; list-style: none; font-size: 12px; color: var(--muted); }
.legend svg { width: 22px; height: 8px; margin-inline-end: 5px; vertical-align: 1px; }
.legend b { color: var(--ink); font-weight: 600; }
.plot { position: relative; }
.plot > svg { display: block; width: 100%; height: 110px; overflow: visible; }
.plot .top, .plot .middle { position: absolute; left: 0; font-size: 11px; line-height: 1; color: var(--muted); background: var(--panel); padding: 1px 4px 1px 0; }
.plot .top { top: 0; }
.plot .middle { top: 50px; }
.span { display: flex; justify-content: space-between; font-size: 11px; color: var(--muted); }
.grid { stroke: var(--line); stroke-width: 1; }
.line { fill: none; stroke-width: 1.75; stroke-linejoin: round; stroke-linecap: round; }
.area { stroke: none; opacity: .12; }
.first { stroke: var(--first); } .area.first { fill: var(--first); }
.second { stroke: var(--second); stroke-dasharray: 5 4; }
table { width: 100%; border-collapse: collapse; }
th { text-align: start; font-weight: 500; color: var(--muted); font-size: 12px; padding: 2px 12px 4px 0; border-bottom: 1px solid var(--line); }
td { padding: 5px 12px 5px 0; vertical-align: top; border-bottom: 1px solid var(--soft); }
tr:last-child td { border-bottom: 0; }
th:last-child, td:last-child { padding-inline-end: 0; }
.count { text-align: end; width: 6.5em; white-space: nowrap; }
.narrow { white-space: nowrap; width: 1%; }
.note { margin: 6px 0 0; color: var(--muted); }
.note:empty { display: none; }
button {
  margin-top: 8px; padding: 5px 12px; font: inherit; font-size: 12px; color: var(--ink); background: var(--soft);
  border: 1px solid var(--line); border-radius: 6px; cursor: pointer;
}
:focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
.idle { color: var(--muted); }
.urgency { font-weight: 600; white-space: nowrap; }
.urgency.valid { color: var(--good); } .urgency.soon { color: var(--warn); } .urgency.urgent, .urgency.expired { color: var(--bad); }
footer { padding-block: 14px 28px; color: var(--muted); font-size: 12px; }
footer dl { display: flex; flex-wrap: wrap; gap: 2px 20px; margin: 0; }
footer div { display: flex; gap: 5px; }
footer dd { margin: 0; color: var(--ink); }
@media (max-width: 820px) { .charts { grid-template-columns: minmax(0, 1fr); } }
@media (max-width: 620px) {
  header, main, footer, #lost { padding-inline: 10px; }
  section { padding: 10px 11px; }
  #problem { margin-inline: 10px; }
  .count { width: 4em; }
  .state { margin-inline-start: 0 !important; }
  .numbers { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .numbers dd { font-size: 21px; }
  .numbers div:first-child { grid-column: 1 / -1; }
  .stacked, .stacked tbody, .stacked tr { display: block; }
  .stacked thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  .stacked tr { display: flex; flex-wrap: wrap; gap: 0 12px; padding: 7px 0; border-bottom: 1px solid var(--soft); }
  .stacked tr:last-child { border-bottom: 0; }
  .stacked td { display: block; width: auto; padding: 0; border: 0; white-space: normal; }
  .stacked td:not(.whole, .urgency) { color: var(--muted); }
  .stacked .whole { flex-basis: 100%; }
}
@media print { section { break-inside: avoid; } }
`;
// src/status/page/Page.ts
/** The page for people: one document that needs nothing else, under a policy that lets nothing else in. */
const icon = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E%3Cpath d='M2 15V7a6 6 0 0 1 12 0v8l-2-2-2 2-2-2-2 2-2-2z' fill='%231f6fb5'/%3E%3Ccircle cx='6' cy='7' r='1.2' fill='white'/%3E%3Ccircle cx='10' cy='7' r='1.2' fill='white'/%3E%3C/svg%3E";
const big = (id, name, total) => `<div><dt>${name}</dt><dd id="${id}">–</dd>${total ? `<dd id="${id}-total"></dd>` : ""}</div>`;
const chart = (id, name) => `<figure id="${id}"><figcaption id="${id}-name">${name}</figcaption><ul class="legend"></ul><div class="plot"></div><div class="span"><span>5 minutes ago</span><span>now</span></div></figure>`;
const fact = (id, name) => `<div><dt>${name}</dt><dd id="${id}">–</dd></div>`;
/** Its roles are said aloud: stacked rows are no table to the browser. */
const table = ({ below = "", columns, id, stacked, title }) => {
	const heads = columns.map(([kind, name]) => `<th scope="col" role="columnheader"${kind === "" ? "" : ` class="${kind}"`}>${name}</th>`);
	return `<section aria-labelledby="${id}-title"><h2 id="${id}-title">${title}</h2>
<table id="${id}"${stacked ? " class=\"stacked\"" : ""} role="table" aria-labelledby="${id}-title" hidden>
<thead role="rowgroup"><tr role="row">${heads.join("")}</tr></thead><tbody role="rowgroup"></tbody></table>
<p id="${id}-none" class="note"></p>${below}</section>`;
};
const peers = table({
	id: "identities",
	title: "Peers",
	stacked: false,
	columns: [
		["", "identity"],
		["count", "open"],
		["count", "in all"]
	],
	below: "<p id=\"hidden-identities\" class=\"note\"></p>"
});
const certificates = table({
	id: "certificates",
	title: "Certificates",
	stacked: true,
	columns: [
		["narrow", "role"],
		["", "subject"],
		["narrow", "valid until"],
		["narrow", "expires"],
		["narrow", "state"]
	]
});
const refusals = table({
	id: "refusals",
	title: "Refusals",
	stacked: true,
	columns: [
		["narrow", "time"],
		["narrow", "client"],
		["narrow", "stage"],
		["narrow", "reason"],
		["", "message"]
	],
	below: "<button id=\"more-refusals\" type=\"button\" aria-controls=\"refusals\" aria-expanded=\"false\" hidden></button>"
});
/** The whole document. */
const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Ghostunnel</title>
<link rel="icon" href="${icon}">
<style>${style}</style>
</head>
<body>
<header>
<h1>Ghostunnel <span id="mode"></span></h1>
<p class="route address"><span id="listen"></span> → <span id="target"></span></p>
<p id="state" class="state" role="status">connecting</p>
</header>
<div id="lost" role="alert"></div>
<p id="problem" role="status" hidden></p>
<noscript><p class="note">This page needs JavaScript; <a href="_status">_status</a> does not.</p></noscript>
<main>
<section aria-labelledby="now-title"><h2 id="now-title">Now</h2><dl class="numbers">
${big("open", "open connections", false)}
${big("opened", "opened", true)}
${big("failed", "refused or failed", true)}
${big("forwarded", "to the target", true)}
${big("returned", "from the target", true)}
</dl></section>
<section aria-labelledby="charts-title"><h2 id="charts-title">Last five minutes</h2><div class="charts">
${chart("rates", "Connections")}
${chart("volumes", "Bytes carried")}
${chart("durations", "Handshake")}
</div></section>
${peers}
${certificates}
${refusals}
</main>
<footer><dl>
${fact("version", "version")}${fact("uptime", "up")}${fact("workers", "threads")}${fact("sandbox", "sandbox")}${fact("reloaded", "last reload")}${fact("updated", "updated")}
</dl></footer>
<script>${script}<\/script>
</body>
</html>
`;
const hash$1 = (text) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
/** For the page and for its stream. */
const headers = {
	"content-security-policy": [
		"default-src 'none'",
		`style-src ${hash$1(style)}`,
		`script-src ${hash$1(script)}`,
		"connect-src 'self'",
		"img-src data:",
		"base-uri 'none'",
		"form-action 'none'",
		"frame-ancestors 'none'",
		"require-trusted-types-for 'script'",
		"trusted-types 'none'"
	].join("; "),
	"x-content-type-options": "nosniff",
	"x-frame-options": "DENY",
	"referrer-policy": "no-referrer",
	"cross-origin-resource-policy": "same-origin",
	"cross-origin-opener-policy": "same-origin",
	"cache-control": "no-store"
};
// src/status/page/PageSnapshot.ts
/** A snapshot as one line of JSON, also when names of peers hold line ends or markup. */
const pageSnapshot = (facts, moment) => {
	const { certificates, live, reloadError, since, state, threads, time, totals } = moment;
	const { open, ...sums } = totals;
	return goJson({
		time,
		since,
		mode: facts.mode,
		listen: facts.listen,
		target: facts.target,
		version: facts.version,
		sandbox: sandboxState(facts.sandbox),
		workers: {
			number: threads.serving.length,
			serving: threads.serving.filter(Boolean).length,
			replaced: threads.replaced
		},
		message: message(state),
		lastReload: state.lastReload,
		reloadError,
		open,
		totals: sums,
		intervalMillis,
		...live,
		certificates: certificates.map(({ notAfter, role, subject }) => ({
			role,
			subject,
			notAfter
		}))
	});
};
/** One server-sent event. */
const eventOf = (json) => `data: ${json}\n\n`;
// src/status/page/PageRoutes.ts
/** `/` and the stream that keeps it fresh. Loaded only where the page is asked for. */
/** How many may watch at a time: each costs a connection and some 20 kB every two seconds. */
const viewersAllowed = 16;
const period = "2 seconds";
/** Viewers share a snapshot that is not older, in milliseconds. */
const fresh = 1e3;
const refusal = (status, text, more = {}) => HttpServerResponse.text(`${text}\n`, {
	status,
	contentType: "text/plain; charset=utf-8",
	headers: {
		...headers,
		...more
	}
});
/** Answers GET with `reply`, HEAD with its header, and nothing else. */
const reading = (contentType, reply) => Effect.flatMap(HttpServerRequest.HttpServerRequest, (request) => {
	if (request.method === "GET") return reply(request);
	return Effect.succeed(request.method === "HEAD" ? HttpServerResponse.empty({
		status: 200,
		headers: {
			...headers,
			"content-type": contentType
		}
	}) : refusal(405, "405 method not allowed", { allow: "GET, HEAD" }));
});
const html = "text/html; charset=utf-8";
const eventStream = "text/event-stream";
/** The routes `/` and `/_events`. Intervals of the live view end in time while the scope is open, also when nothing happens. */
const pageRoutes = Effect.fn("Page.routes")(function* (options) {
	const status = yield* Status;
	const since = yield* Clock.currentTimeMillis;
	yield* Effect.forkScoped(every(intervalMillis / 1e3, () => options.live.advance()));
	let last;
	const eventAt = (time, state) => {
		if (last !== void 0 && last.state === state && time >= last.time && time - last.time < fresh) return last.event;
		const event = eventOf(pageSnapshot(options.facts, {
			time,
			since,
			state,
			totals: options.totals(),
			live: options.live.snapshot(),
			certificates: options.certificates(),
			reloadError: options.reloadError(),
			threads: options.threads()
		}));
		last = {
			time,
			state,
			event
		};
		return event;
	};
	const stopping = SubscriptionRef.changes(status.state).pipe(Stream.filter((state) => state.stopping), Stream.runHead);
	const events = Stream.unfold("first", Effect.fnUntraced(function* (turn) {
		if (turn === "over") return void 0;
		if (turn === "later") yield* Effect.timeoutOption(stopping, period);
		const state = yield* SubscriptionRef.get(status.state);
		return [eventAt(yield* Clock.currentTimeMillis, state), state.stopping ? "over" : "later"];
	})).pipe(Stream.encodeText);
	const allowed = options.viewers ?? 16;
	let viewers = 0;
	/** The scope is the request's: it closes when the stream has ended or its reader has gone. */
	const place = Effect.acquireRelease(Effect.sync(() => viewers < allowed && ++viewers > 0), (taken) => Effect.sync(() => taken && viewers--));
	const watch = (request) => Effect.gen(function* () {
		if (request.headers["sec-fetch-site"] === "cross-site") return refusal(403, "403 another site's page may not watch");
		if (!(yield* place)) return refusal(503, `503 ${allowed} viewers are watching already`, { "retry-after": "5" });
		toIncomingMessage(request).socket.setTimeout(options.patience ?? 3e4);
		return HttpServerResponse.stream(events, {
			contentType: eventStream,
			headers: {
				...headers,
				"x-accel-buffering": "no"
			}
		});
	});
	return [HttpRouter.route("*", "/", reading(html, () => Effect.succeed(HttpServerResponse.text(page, {
		contentType: html,
		headers
	})))), HttpRouter.route("*", "/_events", reading(eventStream, watch))];
});
export { pageRoutes, viewersAllowed };

//# sourceMappingURL=lib-PageRoutes-C1RNiVxe.mjs.map