import { setImmediate as nextTurn } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { pipelinedAtATime, RequestTurns, type Turn } from "../../../src/status/http/RequestTurns.ts"
import { eventually } from "../../support/Changes.ts"

const recorder = () => {
  const begun: Array<string> = []
  const turn = (name: string, pipelined: boolean, alive = true): Turn => ({
    pipelined,
    begin: () => {
      if (alive) begun.push(name)
      return alive
    }
  })
  return { begun, turn }
}

describe("RequestTurns", () => {
  it("begins one request per turn of the loop, at once where none has begun, and skips requests of closed connections", async () => {
    const { begun, turn } = recorder()
    const turns = new RequestTurns()
    for (const name of ["a", "gone", "b", "c"]) turns.enter(turn(name, false, name !== "gone"))
    assert.deepStrictEqual(begun, ["a"])
    for (const expected of [
      ["a", "b"],
      ["a", "b", "c"]
    ]) {
      await nextTurn()
      assert.deepStrictEqual(begun, expected)
    }
    await nextTurn()
    turns.enter(turn("d", false))
    assert.deepStrictEqual(begun, ["a", "b", "c", "d"])
  })

  it("lets few pipelined requests begin until others have been answered, and prompt ones before them", async () => {
    const { begun, turn } = recorder()
    const turns = new RequestTurns()
    const pipelined = Array.from({ length: pipelinedAtATime + 2 }, (_, n) => turn(`p${n}`, true))
    for (const each of pipelined) turns.enter(each)
    turns.enter(turn("prompt", false))
    assert.deepStrictEqual(begun, ["prompt"])
    await eventually("as many as may", async () => begun.length === 1 + pipelinedAtATime || undefined)
    // Nothing would begin them but a free place.
    for (let n = 0; n < 20; n++) await nextTurn()
    assert.strictEqual(begun.length, 1 + pipelinedAtATime)
    const [first] = pipelined
    if (first !== undefined) turns.leave(first)
    await eventually("one more", async () => begun.length === 2 + pipelinedAtATime || undefined)
  })
})
