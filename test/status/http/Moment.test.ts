import { assert, describe, it } from "@effect/vitest"
import { perMoment, receivedAt, setReceivedAt } from "../../../src/status/http/Moment.ts"

const request = (at: number): object => {
  const made = {}
  setReceivedAt(made, at)
  return made
}

describe("perMoment", () => {
  it("answers what had arrived before by one rendering, and never by an older one", () => {
    let made = 0
    const page = perMoment((key: string) => `${key}${++made}`)
    const early = [request(performance.now()), request(performance.now())]
    assert.deepStrictEqual(
      early.map((each) => page("a", each)),
      ["a1", "a1"]
    )
    assert.strictEqual(page("a", request(performance.now() + 1000)), "a2")
    assert.strictEqual(page("b", request(0)), "b3")
    assert.strictEqual(page("a", request(0)), "a2")
  })

  it("takes a request that has not been noted for one of now", () => {
    const before = performance.now()
    assert.isAtLeast(receivedAt({}), before)
  })
})
