/** Formats samples as a table, line by line while the soak runs. */
import type { Sample } from "./Judgement.ts"

const columns: ReadonlyArray<readonly [head: string, value: (sample: Sample) => string]> = [
  ["seconds", ({ seconds }) => seconds.toFixed(1)],
  ["connections", ({ connections }) => String(connections)],
  ["descriptors", ({ descriptors }) => String(descriptors)],
  ["memory MiB", ({ memory }) => memory.toFixed(1)],
  ["fibers", ({ fibers }) => String(fibers)],
  ["reloads", ({ reloads }) => String(reloads)],
  ["exact", ({ exact }) => String(exact)],
  ["cut", ({ cut }) => String(cut)],
  ["unserved", ({ unserved }) => String(unserved)]
]

const line = (cells: ReadonlyArray<string>): string => cells.map((cell) => cell.padStart(11)).join(" ")

/** The header line. */
export const head = line(columns.map(([name]) => name))

/** The line of a sample. */
export const lineOf = (sample: Sample): string => line(columns.map(([, value]) => value(sample)))
