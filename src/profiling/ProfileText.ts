/** Profiles in the text forms of `debug=1` and `debug=2` (docs/compatibility/status-and-metrics.md, 10.1). */

import type { HeapSize, LoopDelay } from "./ProfiledThread.ts"
import type { Frame, Profile, Sample } from "./ProfileProto.ts"

/** A fiber whose places are known. */
export interface FiberFacts {
  readonly id: number
  readonly thread: string
  readonly state: ReadonlyArray<string>
  readonly stack: ReadonlyArray<Frame>
}

const places = (stack: ReadonlyArray<Frame>): ReadonlyArray<string> =>
  stack.map(({ name, file, line }) => {
    const place = file === "" ? "" : line > 0 ? `\t${file}:${line}` : `\t${file}`
    return `#\t${name}${place}`
  })

/** No blank in it: readers split at blanks. */
const addresses = (stack: ReadonlyArray<Frame>): string =>
  stack.map(({ name }) => ` ${name.replaceAll(/\s/g, "_")}`).join("")

const group = (head: string, { stack, thread }: Pick<Sample, "stack" | "thread">): ReadonlyArray<string> => [
  `${head} @${addresses(stack)}`,
  `# labels: ${JSON.stringify({ thread })}`,
  ...places(stack),
  ""
]

const remarks = (comments: ReadonlyArray<string>): ReadonlyArray<string> => comments.map((comment) => `# ${comment}`)

const text = (lines: ReadonlyArray<string>): string => `${lines.join("\n")}\n`

/** Of a profile that counts one thing; the last word of the first line is the total. */
export const countText = (name: string, profile: Profile): string => {
  const countOf = ({ values }: Sample) => values[0] ?? 0
  const groups = profile.samples.toSorted((a, b) => countOf(b) - countOf(a))
  const total = groups.reduce((sum, sample) => sum + countOf(sample), 0)
  return text([
    `${name} profile: total ${total}`,
    ...groups.flatMap((sample) => group(String(countOf(sample)), sample)),
    ...remarks(profile.comments)
  ])
}

/** One by one, with state and, for connections, stage and peer. */
export const fibersText = (fibers: ReadonlyArray<FiberFacts>, comments: ReadonlyArray<string>): string =>
  text([
    ...fibers.flatMap(({ id, state, stack, thread }) => [
      `goroutine ${id} [${[...state, `thread=${thread}`].join(", ")}]:`,
      ...stack.map(({ name, file, line }) => `${name}(...)${file === "" ? "" : `\n\t${file}:${line}`}`),
      ""
    ]),
    ...remarks(comments)
  ])

/** What the process takes in memory, bytes. */
export interface MemoryFacts {
  readonly rss: number
  readonly threads: ReadonlyArray<readonly [thread: string, size: HeapSize]>
}

/** Of the sampled objects that live: numbers in brackets are of all allocations in Go, here of the same objects. */
export const heapText = (profile: Profile, memory: MemoryFacts): string => {
  const figures = (objects: number, bytes: number) => `${objects}: ${bytes} [${objects}: ${bytes}]`
  const bytesOf = ({ values }: Sample) => values[1] ?? 0
  const groups = profile.samples.toSorted((a, b) => bytesOf(b) - bytesOf(a))
  const objects = groups.reduce((sum, { values }) => sum + (values[0] ?? 0), 0)
  const bytes = groups.reduce((sum, sample) => sum + bytesOf(sample), 0)
  return text([
    `heap profile: ${figures(objects, bytes)} @ heap/1048576`,
    ...groups.flatMap((sample) => group(figures(sample.values[0] ?? 0, bytesOf(sample)), sample)),
    "# memory, bytes",
    `# Sys = ${memory.rss}`,
    ...memory.threads.map(
      ([thread, { external, limit, total, used }]) =>
        `# ${thread}: HeapInuse = ${used}, HeapSys = ${total}, HeapLimit = ${limit}, External = ${external}`
    ),
    ...remarks(profile.comments)
  ])
}

/** Nothing waits for locks here. What blocks is a busy event loop: the text shows by how much it was late. */
export const contentionText = (
  name: "block" | "mutex",
  delays: ReadonlyArray<readonly [thread: string, delay: LoopDelay]>,
  comments: ReadonlyArray<string>
): string => {
  const millis = (nanos: number) => `${(nanos / 1e6).toFixed(3)}ms`
  return text([
    ...(name === "block" ? ["--- contention:"] : ["--- mutex:"]),
    "cycles/second=1000000000",
    ...(name === "mutex" ? ["sampling period=0"] : []),
    ...delays.map(([thread, { max, mean, p50, p90, p99, samples }]) => {
      const figures = { mean, p50, p90, p99, max }
      const words = Object.entries(figures).map(([figure, nanos]) => `${figure}=${millis(nanos)}`)
      return `# event loop delay, ${thread}: samples=${samples} ${words.join(" ")}`
    }),
    ...remarks(comments)
  ])
}
