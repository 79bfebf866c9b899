import { assert, describe, it } from "@effect/vitest"
import { HandshakeGate } from "../../../src/transport/node/HandshakeGate.ts"

const entering = (gate: HandshakeGate, log: Array<string>) => (name: string) => gate.enter(() => void log.push(name))

describe("the gate for handshakes", () => {
  it("lets so many in, and the others in order as room is made", () => {
    const log: Array<string> = []
    const enter = entering(new HandshakeGate(2), log)
    const [a, b, , d] = ["a", "b", "c", "d"].map(enter)
    assert.deepStrictEqual(log, ["a", "b"])
    a?.()
    a?.()
    assert.deepStrictEqual(log, ["a", "b", "c"])
    d?.()
    b?.()
    assert.deepStrictEqual(log, ["a", "b", "c"])
    enter("e")
    assert.deepStrictEqual(log, ["a", "b", "c", "e"])
  })

  it("makes room again for one that is over at once", () => {
    const gate = new HandshakeGate(1)
    const log: Array<string> = []
    const leave = gate.enter(() => void log.push("first"))
    leave()
    entering(gate, log)("second")
    assert.deepStrictEqual(log, ["first", "second"])
  })
})
