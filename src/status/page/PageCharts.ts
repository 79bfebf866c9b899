/**
 * The part of the page's script that draws lines over time, as inline SVG. Plain JavaScript for browsers; everything that
 * comes from outside becomes text or a number, never markup.
 */
export const charts = `
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
`
