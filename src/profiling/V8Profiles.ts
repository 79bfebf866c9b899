/** V8's two kinds of profile as stacks with numbers. */
import type { RawFrame, RawProfile } from "./ProfiledThread.ts"

interface CallFrame {
  readonly functionName: string
  readonly url: string
  /** 0-based; -1: unknown. */
  readonly lineNumber: number
  readonly columnNumber: number
}

/** The `.cpuprofile` format, as far as it is read. */
export interface CpuProfile {
  readonly nodes: ReadonlyArray<{
    readonly id: number
    readonly callFrame: CallFrame
    readonly children?: ReadonlyArray<number>
  }>
  /** Microseconds. */
  readonly startTime: number
  readonly endTime: number
  readonly samples?: ReadonlyArray<number>
  /** Microseconds from sample to sample, the first from the start. */
  readonly timeDeltas?: ReadonlyArray<number>
}

interface HeapNode {
  readonly callFrame: CallFrame
  readonly selfSize: number
  readonly children: ReadonlyArray<HeapNode>
  readonly id?: number
}

/** A `HeapProfiler.SamplingHeapProfile` of the inspector, as far as it is read. */
export interface HeapProfile {
  readonly head: HeapNode
  readonly samples?: ReadonlyArray<{ readonly nodeId: number }>
}

/** Numbers every frame once. */
const table = () => {
  const frames: Array<RawFrame> = []
  const indices = new Map<string, number>()
  const indexOf = ({ functionName, url, lineNumber, columnNumber }: CallFrame): number => {
    const key = `${functionName}\n${url}\n${lineNumber}\n${columnNumber}`
    const known = indices.get(key)
    if (known !== undefined) return known
    indices.set(key, frames.length)
    return frames.push({ name: functionName, url, line: lineNumber + 1, column: Math.max(0, columnNumber) }) - 1
  }
  return { frames, indexOf }
}

const ROOT = "(root)"
/** Time in which the thread had nothing to do: as V8 calls it, and where the native transport sleeps. */
const IDLE = "(idle)"
const SLEEP = "transportSleep"
/** What calls C, by its module: all functions of C are one to V8, which gives them the name of any of them. */
const FFI = "node:internal/ffi/"
const NATIVE = "(native)"

/** Values: samples, and nanoseconds. */
export const fromCpu = (profile: CpuProfile): RawProfile => {
  const { frames, indexOf } = table()
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const parents = new Map(profile.nodes.flatMap((node) => (node.children ?? []).map((child) => [child, node.id])))
  const { samples = [], timeDeltas = [] } = profile
  const weights = new Map<number, { count: number; micros: number }>()
  let at = profile.startTime
  samples.forEach((id, index) => {
    at += timeDeltas[index] ?? 0
    // A sample stands for the time until the next one.
    const micros = Math.max(0, timeDeltas[index + 1] ?? profile.endTime - at)
    const weight = weights.get(id) ?? { count: 0, micros: 0 }
    weights.set(id, weight)
    weight.count += 1
    weight.micros += micros
  })
  /** Undefined for sleep. */
  const stackOf = (id: number): ReadonlyArray<number> | undefined => {
    const stack: Array<number> = []
    for (let node = nodes.get(id); node !== undefined; ) {
      const caller = nodes.get(parents.get(node.id) ?? -1)
      const { callFrame } = node
      const isNative = callFrame.url === "" && caller?.callFrame.url.startsWith(FFI) === true
      if (callFrame.functionName === SLEEP) return undefined
      if (callFrame.functionName !== ROOT)
        stack.push(indexOf(isNative ? { ...callFrame, functionName: NATIVE } : callFrame))
      node = caller
    }
    return stack
  }
  return {
    frames,
    samples: [...weights].flatMap(([id, { count, micros }]) => {
      const name = nodes.get(id)?.callFrame.functionName
      if (name === undefined || name === IDLE || name === ROOT) return []
      const stack = stackOf(id)
      return stack === undefined ? [] : [{ stack, values: [count, Math.round(micros * 1e3)] }]
    })
  }
}

/** Values: how many objects were sampled, and how many bytes they stand for. */
export const fromHeap = (profile: HeapProfile): RawProfile => {
  const { frames, indexOf } = table()
  const counts = new Map<number, number>()
  for (const { nodeId } of profile.samples ?? []) counts.set(nodeId, (counts.get(nodeId) ?? 0) + 1)
  const samples: Array<RawProfile["samples"][number]> = []
  const visit = (node: HeapNode, below: ReadonlyArray<number>): void => {
    const stack = node.callFrame.functionName === ROOT ? below : [indexOf(node.callFrame), ...below]
    if (node.selfSize > 0) samples.push({ stack, values: [counts.get(node.id ?? -1) ?? 1, node.selfSize] })
    for (const child of node.children) visit(child, stack)
  }
  visit(profile.head, [])
  return { frames, samples }
}
