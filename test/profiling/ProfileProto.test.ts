import { gunzipSync } from "node:zlib"
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { difference, encode, encodeProfile, type Profile, type Sample } from "../../src/profiling/ProfileProto.ts"

/** A field as the wire has it: a number, or bytes. */
type Field = readonly [field: number, value: bigint | Uint8Array]

/** Reads any protobuf message of varints and byte strings; knows nothing of profiles. */
const fields = (bytes: Uint8Array): ReadonlyArray<Field> => {
  const found: Array<Field> = []
  let at = 0
  const varint = (): bigint => {
    let value = 0n
    for (let shift = 0n; ; shift += 7n) {
      const byte = BigInt(bytes[at++] ?? 0)
      value |= (byte & 0x7fn) << shift
      if (byte < 0x80n) return value
    }
  }
  while (at < bytes.length) {
    const tag = Number(varint())
    if ((tag & 7) === 0) found.push([tag >> 3, varint()])
    else {
      assert.strictEqual(tag & 7, 2)
      const length = Number(varint())
      found.push([tag >> 3, bytes.subarray(at, at + length)])
      at += length
    }
  }
  assert.strictEqual(at, bytes.length)
  return found
}

const allBytes = (message: ReadonlyArray<Field>, field: number): ReadonlyArray<Uint8Array> =>
  message.flatMap(([number, value]) => (number === field && value instanceof Uint8Array ? [value] : []))

const number = (message: ReadonlyArray<Field>, field: number): number => {
  const found = message.find(([each]) => each === field)?.[1] ?? 0n
  assert.isTrue(typeof found === "bigint")
  return Number(BigInt.asIntN(64, typeof found === "bigint" ? found : 0n))
}

const packed = (message: ReadonlyArray<Field>, field: number): ReadonlyArray<number> => {
  const values: Array<number> = []
  for (const bytes of allBytes(message, field)) {
    let value = 0n
    let shift = 0n
    for (const byte of bytes) {
      value |= (BigInt(byte) & 0x7fn) << shift
      shift += 7n
      if (byte >= 0x80) continue
      values.push(Number(BigInt.asIntN(64, value)))
      value = shift = 0n
    }
  }
  return values
}

/** The other way round, through numbers of strings, functions and locations. */
const decode = (bytes: Uint8Array): Profile => {
  const message = fields(bytes)
  const strings = allBytes(message, 6).map((text) => new TextDecoder().decode(text))
  assert.strictEqual(strings[0], "")
  const text = (of: ReadonlyArray<Field>, field: number) => strings[number(of, field)] ?? assert.fail("no such string")
  const byId = (field: number) =>
    new Map(allBytes(message, field).map((each) => [number(fields(each), 1), fields(each)] as const))
  const functions = byId(5)
  const locations = byId(4)
  const frame = (id: number) => {
    const line = fields(allBytes(locations.get(id) ?? [], 4)[0] ?? assert.fail("no such location"))
    const of = functions.get(number(line, 1)) ?? assert.fail("no such function")
    assert.strictEqual(text(of, 3), text(of, 2))
    return { name: text(of, 2), file: text(of, 4), line: number(line, 2) }
  }
  const valueType = (of: Uint8Array | undefined) =>
    [text(fields(of ?? new Uint8Array()), 1), text(fields(of ?? new Uint8Array()), 2)] as const
  return {
    types: allBytes(message, 1).map(valueType),
    samples: allBytes(message, 2).map((bytes) => {
      const sample = fields(bytes)
      const label = fields(allBytes(sample, 3)[0] ?? new Uint8Array())
      assert.strictEqual(text(label, 1), "thread")
      return { stack: packed(sample, 1).map(frame), values: packed(sample, 2), thread: text(label, 2) }
    }),
    at: number(message, 9) / 1e6,
    durationMillis: number(message, 10) / 1e6,
    period: [valueType(allBytes(message, 11)[0]), number(message, 12)],
    comments: packed(message, 13).map((index) => strings[index] ?? ""),
    shown: text(message, 14)
  }
}

const anyText = fc.string({ unit: "grapheme", maxLength: 8 })
const anyFrame = fc.record({ name: anyText, file: anyText, line: fc.nat() })
const anyType = fc.tuple(anyText, anyText)
const anyPlace = fc.record({ stack: fc.array(anyFrame), thread: anyText })

/** Samples of these places, with one value for each type, as every profile has them. */
const profileOf = (place: fc.Arbitrary<Pick<Sample, "stack" | "thread">>, value: fc.Arbitrary<number>) =>
  fc.array(anyType, { maxLength: 4 }).chain((types): fc.Arbitrary<Profile> => {
    const anyValues = fc.array(value, { minLength: types.length, maxLength: types.length })
    return fc.record({
      types: fc.constant(types),
      shown: anyText,
      period: fc.tuple(anyType, fc.nat()),
      samples: fc.array(
        fc.tuple(place, anyValues).map(([at, values]) => ({ ...at, values })),
        { maxLength: 20 }
      ),
      at: fc.nat(),
      durationMillis: fc.nat(),
      comments: fc.array(anyText)
    })
  })
const anyProfile = profileOf(anyPlace, fc.maxSafeInteger())
/** The same places more than once, and values whose sums are exact. */
const crowdedProfile = fc
  .array(anyPlace, { minLength: 1, maxLength: 5 })
  .chain((places) => profileOf(fc.constantFrom(...places), fc.integer()))

describe("profile.proto", () => {
  it("is read as it was written", () => {
    fc.assert(fc.property(anyProfile, (profile) => assert.deepStrictEqual(decode(encodeProfile(profile)), profile)))
  })

  it("is served compressed", () => {
    const profile: Profile = {
      types: [["samples", "count"]],
      shown: "samples",
      period: [["samples", "count"], 1],
      samples: [],
      at: 1_800_000_000_123,
      durationMillis: 1_500.5,
      comments: ["thread worker-1 is missing"]
    }
    assert.deepStrictEqual(decode(gunzipSync(encode(profile))), profile)
  })

  it("holds equal strings, functions and places once", () => {
    const frame = { name: "f", file: "f.ts", line: 1 }
    const sample = { stack: [frame, { ...frame }, { ...frame, line: 2 }], values: [1], thread: "main" }
    const message = fields(
      encodeProfile({
        types: [],
        shown: "",
        period: [["", ""], 0],
        samples: [sample, sample],
        at: 0,
        durationMillis: 0,
        comments: []
      })
    )
    assert.deepStrictEqual(
      [4, 5].map((field) => allBytes(message, field).length),
      [2, 1]
    )
    assert.deepStrictEqual(
      allBytes(message, 6).map((text) => new TextDecoder().decode(text)),
      ["", "thread", "main", "f", "f.ts"]
    )
  })
})

describe("a difference", () => {
  const at = (name: string, value: number, thread = "main") => ({
    stack: [{ name, file: "", line: 0 }],
    values: [value],
    thread
  })
  const profile = (time: number, samples: Profile["samples"], comments: ReadonlyArray<string> = []): Profile => ({
    types: [["goroutine", "count"]],
    shown: "goroutine",
    period: [["goroutine", "count"], 1],
    samples,
    at: time,
    durationMillis: 0,
    comments
  })

  it("is later minus earlier, by thread, without what stayed", () => {
    const earlier = profile(1000, [at("stays", 3), at("ends", 2), at("grows", 1, "worker-1")], ["a"])
    const later = profile(
      3500,
      [at("stays", 3), at("grows", 5, "worker-1"), at("begins", 1), at("grows", 7)],
      ["a", "b"]
    )
    const found = difference(earlier, later)
    assert.deepStrictEqual(found.samples, [at("ends", -2), at("grows", 4, "worker-1"), at("begins", 1), at("grows", 7)])
    assert.deepStrictEqual([found.at, found.durationMillis, found.comments], [1000, 2500, ["a", "b"]])
  })

  it("counts samples of one place together", () => {
    const found = difference(profile(0, [at("f", 3), at("f", 4)]), profile(1, [at("f", 1), at("f", 2), at("f", 9)]))
    assert.deepStrictEqual(found.samples, [at("f", 5)])
  })

  it("to itself is nothing", () => {
    fc.assert(fc.property(crowdedProfile, (any) => assert.deepStrictEqual(difference(any, any).samples, [])))
  })
})
