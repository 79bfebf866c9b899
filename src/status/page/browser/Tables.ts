/** The tables of peers, refusals and certificates. */
import type { PageCertificate, PageRefusal, PageView } from "../PageView.ts"
import { byId, node, say, timeNode } from "./Elements.ts"
import { clock, day, timeLeft, whole } from "./Format.ts"

/** A cell: its class, and a text or an element. */
type Cell = readonly [kind: string, content: string | HTMLElement]

const shown = new Map<string, string>()

/** Writes the rows anew if they have changed. */
const fill = <Row>(
  id: string,
  rows: ReadonlyArray<Row>,
  cells: (row: Row) => ReadonlyArray<Cell>,
  empty: string
): void => {
  const table = byId(id)
  const key = JSON.stringify(rows)
  if (shown.get(id) === key || !(table instanceof HTMLTableElement)) return
  shown.set(id, key)
  table.hidden = rows.length === 0
  const note = byId(`${id}-none`)
  note.hidden = rows.length > 0
  note.textContent = empty
  table.tBodies[0]?.replaceChildren(
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

const oneDay = 86_400_000
export type Urgency = "valid" | "soon" | "urgent" | "expired"

/** How soon a certificate expires that has so many milliseconds left. */
export const urgencyOf = (left: number): Urgency =>
  left <= 0 ? "expired" : left < 3 * oneDay ? "urgent" : left < 21 * oneDay ? "soon" : "valid"

const urgencies = { valid: "● valid", soon: "▲ soon", urgent: "▲ urgent", expired: "■ expired" } as const
const roles: ReadonlyMap<string, string> = new Map([
  ["leaf", "own"],
  ["chain", "chain"],
  ["authority", "authority"]
])

/** The refusals that are shown at once; a click shows the others. */
const refusalsShown = 10
let allRefusals = false
let lastView: PageView | undefined
byId("more-refusals").onclick = () => {
  allRefusals = !allRefusals
  if (lastView !== undefined) showTables(lastView)
}

const showRefusals = (refusals: ReadonlyArray<PageRefusal>): void => {
  const more = byId("more-refusals")
  more.hidden = refusals.length <= refusalsShown
  more.setAttribute("aria-expanded", String(allRefusals))
  say("more-refusals", allRefusals ? "Show fewer" : `Show the last ${refusals.length}`)
  fill(
    "refusals",
    allRefusals ? refusals : refusals.slice(0, refusalsShown),
    ({ at, client, message, reason, stage }) => [
      ["narrow", timeNode(at, clock(at))],
      ["narrow address", client],
      ["narrow", stage],
      ["narrow", reason.replaceAll("_", " ")],
      ["whole", message]
    ],
    "No connection has been refused."
  )
}

const showCertificates = (certificates: ReadonlyArray<PageCertificate>, now: number): void =>
  fill(
    "certificates",
    certificates.map((each) => {
      const left = each.notAfter - now
      const countdown = left <= 0 ? `${timeLeft(left)} ago` : `in ${timeLeft(left)}`
      return { ...each, urgency: urgencyOf(left), countdown }
    }),
    ({ countdown, notAfter, role, subject, urgency }) => [
      ["narrow", roles.get(role) ?? role],
      ["whole", subject],
      ["narrow", timeNode(notAfter, day(notAfter))],
      ["narrow", countdown],
      [`narrow urgency ${urgency}`, urgencies[urgency]]
    ],
    "No certificate."
  )

export const showTables = (view: PageView): void => {
  lastView = view
  fill(
    "identities",
    view.identities,
    ({ identity, open, total }) => [
      ["", identity],
      [open === 0 ? "count idle" : "count", whole(open)],
      ["count", whole(total)]
    ],
    "No peer has connected yet."
  )
  say("hidden-identities", view.hidden === 0 ? "" : `and ${whole(view.hidden)} more with fewer connections`)
  showRefusals(view.refusals)
  showCertificates(view.certificates, view.time)
}
