/** Writes the `profile.proto` format that `go tool pprof` and its kin read (docs/compatibility/status-and-metrics.md, 10.2). */
import { gzipSync } from "node:zlib"

/** A place in the sources. */
export interface Frame {
  readonly name: string
  readonly file: string
  /** 1-based; 0: unknown. */
  readonly line: number
}

/** A stack, leaf first, with one number for each of the profile's kinds; differences may be negative. */
export interface Sample {
  readonly stack: ReadonlyArray<Frame>
  readonly values: ReadonlyArray<number>
  /** Which thread it is of. */
  readonly thread: string
}

/** What a number counts and its unit: `["cpu", "nanoseconds"]`. */
export type ValueType = readonly [type: string, unit: string]

export interface Profile {
  readonly types: ReadonlyArray<ValueType>
  /** The kind of number that readers show first. */
  readonly shown: string
  readonly period: readonly [type: ValueType, every: number]
  readonly samples: ReadonlyArray<Sample>
  /** Unix milliseconds. */
  readonly at: number
  readonly durationMillis: number
  readonly comments: ReadonlyArray<string>
}

/** A message being written. Zero and empty fields are left out, as the format has it. */
class Message {
  readonly #bytes: Array<number> = []

  #varint(value: number | bigint): void {
    if (typeof value === "number" && value >= 0 && value < 0x80) return void this.#bytes.push(value)
    // Negative numbers are written as the format's int64 has them: in two's complement.
    let rest = BigInt.asUintN(64, BigInt(value))
    for (; rest > 0x7fn; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) | 0x80)
    this.#bytes.push(Number(rest))
  }

  int(field: number, value: number | bigint): this {
    if (value !== 0 && value !== 0n) {
      this.#varint(field << 3)
      this.#varint(value)
    }
    return this
  }

  bytes(field: number, bytes: ArrayLike<number>): this {
    this.#varint((field << 3) | 2)
    this.#varint(bytes.length)
    for (let i = 0; i < bytes.length; i++) this.#bytes.push(bytes[i] ?? 0)
    return this
  }

  message(field: number, message: Message): this {
    return this.bytes(field, message.#bytes)
  }

  packed(field: number, values: ReadonlyArray<number>): this {
    if (values.length === 0) return this
    const packed = new Message()
    for (const value of values) packed.#varint(value)
    return this.message(field, packed)
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }
}

/** Numbers things from `first` on, equal keys once. */
const numbering = <A>(first: number, keyOf: (value: A) => string) => {
  const numbers = new Map<string, number>()
  const values: Array<A> = []
  const numberOf = (value: A): number => {
    const key = keyOf(value)
    const known = numbers.get(key)
    if (known !== undefined) return known
    numbers.set(key, first + values.length)
    return first + values.push(value) - 1
  }
  return { numberOf, values }
}

/** The message, not yet compressed. Every number is rounded to an integer. */
export const encodeProfile = (profile: Profile): Uint8Array => {
  const strings = numbering<string>(0, (text) => text)
  const text = strings.numberOf
  text("")
  const functions = numbering<Frame>(1, ({ name, file }) => `${name}\n${file}`)
  const locations = numbering<Frame>(1, ({ name, file, line }) => `${name}\n${file}\n${line}`)
  const valueType = ([type, unit]: ValueType) => new Message().int(1, text(type)).int(2, text(unit))

  const out = new Message()
  for (const type of profile.types) out.message(1, valueType(type))
  for (const { stack, thread, values } of profile.samples) {
    const label = new Message().int(1, text("thread")).int(2, text(thread))
    const sample = new Message().packed(1, stack.map(locations.numberOf)).packed(2, values.map(Math.round))
    out.message(2, sample.message(3, label))
  }
  locations.values.forEach((frame, index) => {
    const line = new Message().int(1, functions.numberOf(frame)).int(2, frame.line)
    out.message(4, new Message().int(1, index + 1).message(4, line))
  })
  functions.values.forEach(({ name, file }, index) => {
    const numbers = [index + 1, text(name), text(name), text(file)]
    const message = new Message()
    numbers.forEach((number, at) => message.int(at + 1, number))
    out.message(5, message)
  })
  const [periodType, period] = profile.period
  out
    .int(9, BigInt(Math.round(profile.at)) * 1_000_000n)
    .int(10, BigInt(Math.round(profile.durationMillis * 1e3)) * 1_000n)
    .message(11, valueType(periodType))
    .int(12, period)
    .packed(13, profile.comments.map(text))
    .int(14, text(profile.shown))
  // Last: everything above may have added strings.
  for (const string of strings.values) out.bytes(6, new TextEncoder().encode(string))
  return out.finish()
}

/** The file as it is served. */
export const encode = (profile: Profile): Uint8Array => gzipSync(encodeProfile(profile))

/** Later minus earlier, stack by stack; stacks that did not change are left out. */
export const difference = (earlier: Profile, later: Profile): Profile => {
  const stacks = new Map<string, Sample>()
  const add = (sign: 1 | -1) => (sample: Sample) => {
    const key = JSON.stringify([sample.thread, sample.stack])
    const before = stacks.get(key)?.values ?? []
    stacks.set(key, { ...sample, values: sample.values.map((value, index) => (before[index] ?? 0) + sign * value) })
  }
  earlier.samples.forEach(add(-1))
  later.samples.forEach(add(1))
  return {
    ...later,
    samples: [...stacks.values()].filter(({ values }) => values.some((value) => value !== 0)),
    at: earlier.at,
    durationMillis: later.at - earlier.at,
    comments: [...new Set([...earlier.comments, ...later.comments])]
  }
}
