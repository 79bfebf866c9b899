/** The ratios as a drawing: a bar for each pair, a dot for each round, a mark where the goal is. */
import { isMet } from "../Goals.ts"
import { charted } from "../Scenarios.ts"
import { type Comparison, ratios } from "./Comparison.ts"
import type { Results } from "./Results.ts"

const width = 820
const left = 270
const right = 60
const lineHeight = 20
const titleHeight = 30
const top = 64

const colors: Readonly<Record<string, string>> = { native: "#0b7285", node: "#5c940d" }

const escaped = (text: string): string => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;")

const text = (x: number, y: number, words: string, more = ""): string =>
  `<text x="${x.toFixed(1)}" y="${y.toFixed(1)}" ${more}>${escaped(words)}</text>`

const upright = (x: number, from: number, to: number, stroke: string, more = ""): string =>
  `<line x1="${x.toFixed(1)}" x2="${x.toFixed(1)}" y1="${from}" y2="${to}" stroke="${stroke}" ${more}/>`

const bar = (at: (ratio: number) => number, y: number, { goal, ours, rounds, theirs, value }: Comparison): string => {
  const middle = y + lineHeight / 2
  const missed = goal !== undefined && !isMet(goal, value)
  return [
    text(left - 8, middle + 4, `${ours} / ${theirs}`, 'text-anchor="end"'),
    `<rect x="${left}" y="${y + 3}" width="${(at(value) - left).toFixed(1)}" height="${lineHeight - 6}" ` +
      `fill="${colors[ours] ?? "#364fc7"}" fill-opacity="0.75"/>`,
    ...rounds.map((each) => `<circle cx="${at(each).toFixed(1)}" cy="${middle}" r="2" fill="#212529"/>`),
    ...(goal === undefined ? [] : [upright(at(goal.value), y, y + lineHeight, "#c92a2a", 'stroke-width="3"')]),
    text(width - right + 6, middle + 4, value.toFixed(2), missed ? 'fill="#c92a2a"' : "")
  ].join("\n")
}

/** Draws the ratios of the scenarios that are about cost. */
export const toSvg = (results: Results): string => {
  const names = charted.map((each) => each.name)
  const all = ratios(results).filter(({ row }) => names.includes(row.scenario))
  const titles = [...new Set(all.map(({ row }) => row.title))]
  const most = Math.max(2, ...all.flatMap(({ goal, rounds }) => [...rounds, goal?.value ?? 0]))
  const end = Math.ceil(most * 2) / 2
  const at = (ratio: number) => left + ((width - left - right) * ratio) / end
  const height = top + titles.length * titleHeight + all.length * lineHeight + 24

  let y = top
  const parts = titles.flatMap((title) => {
    const heading = text(8, y + titleHeight - 8, title, 'font-weight="bold"')
    y += titleHeight
    const bars = all.filter(({ row }) => row.title === title)
    return [
      heading,
      ...bars.map((each) => {
        y += lineHeight
        return bar(at, y - lineHeight, each)
      })
    ]
  })
  const scale = Array.from({ length: end * 2 + 1 }, (_, step) => step / 2).map((ratio) =>
    [
      upright(at(ratio), top, height - 20, ratio === 1 ? "#212529" : "#dee2e6"),
      text(at(ratio), height - 6, String(ratio), 'text-anchor="middle"')
    ].join("\n")
  )
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<rect width="${width}" height="${height}" fill="#fff"/>`,
    text(8, 22, "The tunnel's cost for each unit of another proxy's, in the same rounds", 'font-size="15"'),
    text(8, 42, "Bars: medians. Dots: rounds. Red marks: goals. Shorter is better; 1 is as dear as the other."),
    ...scale,
    ...parts,
    "</svg>\n"
  ].join("\n")
}
