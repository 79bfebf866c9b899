import { describe, expect, it } from "vitest"
import { sampleOf } from "./Full.ts"

describe("sampleOf", () => {
  const cases = Array.from({ length: 10 }, (_, n) => n)
  it.each([1, 2, 3, 4, 7, 9])("gives %i cases, spread over the list", (size) => {
    const sample = sampleOf(cases, size, false)
    expect(sample.length).toBe(size)
    expect(sample[0]).toBe(0)
    expect(new Set(sample).size).toBe(size)
    expect(sampleOf(cases, size, false)).toEqual(sample)
  })
  it("gives all of a short list, and everything where that is asked for", () => {
    expect(sampleOf(cases, 20, false)).toEqual(cases)
    expect(sampleOf(cases, 2, true)).toEqual(cases)
  })
})
