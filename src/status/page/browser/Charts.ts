/** Lines over time, as inline SVG. */
import { below, node } from "./Elements.ts"

const namespace = "http://www.w3.org/2000/svg"
const width = 600
const height = 110
const top = 6

/** One line: a value for each interval, absent where there was none. */
export interface Series {
  readonly name: string
  readonly kind: "first" | "second"
  readonly values: ReadonlyArray<number | undefined>
}

interface Point {
  readonly at: number
  readonly value: number
}

const svg = (name: string, attributes: Readonly<Record<string, string>>): SVGElement => {
  const element = document.createElementNS(namespace, name)
  if (!(element instanceof SVGElement)) throw new Error(`${name} is no element of SVG`)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

/** The smallest of 1, 2, 5 times a power of ten that is not below the number. */
const niceCeiling = (number: number): number => {
  if (!(number > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(number))
  for (const step of [1, 2, 5]) if (step * power >= number * 0.999999) return step * power
  return 10 * power
}

/** Runs of neighbouring intervals that have a value. */
const runs = (ends: ReadonlyArray<number>, values: Series["values"]): ReadonlyArray<ReadonlyArray<Point>> => {
  const found: Array<Array<Point>> = []
  let run: Array<Point> | undefined
  for (const [index, at] of ends.entries()) {
    const value = values[index]
    if (value === undefined) run = undefined
    else if (run === undefined) {
      run = [{ at, value }]
      found.push(run)
    } else run.push({ at, value })
  }
  return found
}

const sample = (kind: Series["kind"]): SVGElement => {
  const drawing = svg("svg", { viewBox: "0 0 22 8", "aria-hidden": "true" })
  drawing.append(svg("path", { d: "M1 4H21", class: `line ${kind}` }))
  return drawing
}

const present = (values: Series["values"]): ReadonlyArray<number> =>
  values.filter((value): value is number => value !== undefined)

const legend = ({ kind, name, values }: Series, format: (value: number) => string): HTMLElement => {
  const item = node("li", "", "")
  const known = present(values)
  const newest = known.at(-1)
  item.append(sample(kind), `${name} `, node("b", "", newest === undefined ? "none" : format(newest)))
  if (newest !== undefined) item.append(`, peak ${format(Math.max(0, ...known))}`)
  return item
}

/** When each interval ended, and the span of time that the chart covers. */
export interface Span {
  readonly ends: ReadonlyArray<number>
  readonly from: number
  readonly to: number
}

/** Fills a figure. The legend states the newest value, so that no information is by colour alone. */
export const draw = (
  figure: HTMLElement,
  series: ReadonlyArray<Series>,
  { ends, from, to }: Span,
  format: (value: number) => string
): void => {
  const ceiling = niceCeiling(Math.max(0, ...series.flatMap(({ values }) => present(values))))
  const x = (at: number): string => ((width * (at - from)) / (to - from)).toFixed(1)
  const y = (value: number): string => (height - 1 - ((height - 1 - top) * value) / ceiling).toFixed(1)
  const drawing = svg("svg", {
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: "none",
    "aria-hidden": "true"
  })
  const path = (d: string, kind: string): void =>
    drawing.append(svg("path", { d, class: kind, "vector-effect": "non-scaling-stroke" }))
  for (const level of [0, ceiling / 2, ceiling]) path(`M0 ${y(level)}H${width}`, "grid")
  for (const { kind, values } of series) {
    for (const run of runs(ends, values)) {
      const line = run.map(({ at, value }, index) => `${index === 0 ? "M" : "L"}${x(at)} ${y(value)}`).join("")
      const [first] = run
      if (kind === "first" && first !== undefined && run.length > 1) {
        drawing.append(svg("path", { d: `${line}V${height - 1}H${x(first.at)}Z`, class: "area first" }))
      }
      // A lone point is a dot: a line of no length with round ends.
      path(run.length === 1 ? `${line}h0.01` : line, `line ${kind}`)
    }
  }
  below(figure, "plot").replaceChildren(
    drawing,
    node("span", "top", format(ceiling)),
    node("span", "middle", format(ceiling / 2))
  )
  below(figure, "legend").replaceChildren(...series.map((each) => legend(each, format)))
}
