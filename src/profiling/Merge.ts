/** Merges the measurements of all threads into one profile. */

import { CPU_INTERVAL_MILLIS, HEAP_INTERVAL_BYTES, type RawProfile } from "./ProfiledThread.ts"
import type { Profile, Sample, ValueType } from "./ProfileProto.ts"
import { resolve } from "./SourceMaps.ts"

/** Profiles that are read at a moment, or as the difference of two. */
export const snapshots = ["allocs", "block", "goroutine", "heap", "mutex", "threadcreate"] as const
export type SnapshotName = (typeof snapshots)[number]

type Kinds = Pick<Profile, "types" | "period">

const counting = (name: string): Kinds => ({ types: [[name, "count"]], period: [[name, "count"], 1] })

const objects = (what: string): Kinds => ({
  types: [
    [`${what}_objects`, "count"],
    [`${what}_space`, "bytes"]
  ],
  period: [["space", "bytes"], HEAP_INTERVAL_BYTES]
})

const waits: ReadonlyArray<ValueType> = [
  ["contentions", "count"],
  ["delay", "nanoseconds"]
]

const kinds: Readonly<Record<SnapshotName | "profile", Kinds>> = {
  allocs: objects("alloc"),
  block: { types: waits, period: [["contentions", "count"], 1] },
  goroutine: counting("goroutine"),
  heap: objects("inuse"),
  mutex: { types: waits, period: [["contentions", "count"], 1] },
  profile: {
    types: [
      ["samples", "count"],
      ["cpu", "nanoseconds"]
    ],
    period: [["cpu", "nanoseconds"], CPU_INTERVAL_MILLIS * 1e6]
  },
  threadcreate: counting("threadcreate")
}

/** A profile of the kind; its last kind of number is shown first. */
export const profileOf = (
  name: SnapshotName | "profile",
  samples: ReadonlyArray<Sample>,
  facts: Pick<Profile, "at" | "comments"> & { readonly durationMillis?: number }
): Profile => {
  const { types, period } = kinds[name]
  return { types, period, shown: types.at(-1)?.[0] ?? "", samples, durationMillis: 0, ...facts }
}

/** The same stack of a thread once, its numbers added. */
export const summed = (samples: Iterable<Sample>): ReadonlyArray<Sample> => {
  const sums = new Map<string, Sample>()
  for (const { stack, thread, values } of samples) {
    const key = JSON.stringify([thread, stack])
    const known = sums.get(key)?.values
    sums.set(key, { stack, thread, values: values.map((value, at) => value + (known?.[at] ?? 0)) })
  }
  return [...sums.values()]
}

/** Merges every thread's stacks, with names from the sources. */
export const merge = async (
  profiles: ReadonlyArray<readonly [thread: string, profile: RawProfile]>
): Promise<ReadonlyArray<Sample>> => {
  const frames = await resolve(profiles.flatMap(([, profile]) => profile.frames))
  const samples: Array<Sample> = []
  let base = 0
  for (const [thread, profile] of profiles) {
    for (const { stack, values } of profile.samples) {
      samples.push({ thread, values, stack: stack.flatMap((index) => frames[base + index] ?? []) })
    }
    base += profile.frames.length
  }
  return summed(samples)
}
