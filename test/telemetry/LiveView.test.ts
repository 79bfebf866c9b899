import { assert, describe, it } from "@effect/vitest"
import { intervalMillis, LiveView } from "../../src/telemetry/LiveView.ts"
import { closed, failed, opened } from "./Records.ts"

const made = () => {
  const world = { now: 0, forwarded: 0, returned: 0 }
  const view = new LiveView(
    () => ({ forwarded: world.forwarded, returned: world.returned }),
    () => world.now,
    () => 0
  )
  return { world, view }
}

describe("LiveView", () => {
  it("shows open connections by identity, the busiest first", () => {
    const { view } = made()
    for (const identity of ["CN=a", "CN=b", "CN=b", undefined]) view.record(opened(identity))
    view.record(closed("CN=a"))
    assert.deepStrictEqual(view.snapshot().identities, [
      { identity: "CN=b", open: 2, total: 2 },
      { identity: "no certificate", open: 1, total: 1 },
      { identity: "CN=a", open: 0, total: 1 }
    ])
  })

  it("never closes more connections than were opened", () => {
    const { view } = made()
    view.record(closed("CN=a"))
    assert.deepStrictEqual(view.snapshot().identities, [{ identity: "CN=a", open: 0, total: 0 }])
  })

  it("groups activity into intervals", () => {
    const { view, world } = made()
    view.record(opened("CN=a"))
    world.forwarded = 100
    world.now = intervalMillis
    view.record(failed("HandshakeFailed", "untrusted"))
    world.forwarded = 150
    world.returned = 7
    world.now = 3 * intervalMillis
    assert.deepStrictEqual(view.snapshot().intervals, [
      { at: 0, opened: 1, failed: 0, forwarded: 100, returned: 0, p50: 0.002, p99: 0.002 },
      { at: intervalMillis, opened: 0, failed: 1, forwarded: 50, returned: 7 },
      { at: 2 * intervalMillis, opened: 0, failed: 0, forwarded: 0, returned: 0 },
      { at: 3 * intervalMillis, opened: 0, failed: 0, forwarded: 0, returned: 0 }
    ])
  })

  it("counts bytes in the interval of each advance, even without connection events", () => {
    const { view, world } = made()
    for (const total of [100, 300]) {
      world.now += intervalMillis
      world.forwarded = total
      view.advance()
    }
    assert.deepStrictEqual(
      view.snapshot().intervals.map(({ forwarded }) => forwarded),
      [100, 200, 0]
    )
  })

  it("lists refused connections, newest first", () => {
    const { view } = made()
    view.record(failed("HandshakeFailed", "untrusted", "x".repeat(5000)))
    view.record(failed("DialFailed", "connect_refused"))
    view.record(failed("CopyFailed", "timeout"))
    const { refusals } = view.snapshot()
    assert.deepStrictEqual(
      refusals.map(({ reason, stage }) => [stage, reason]),
      [
        ["dial", "connect_refused"],
        ["handshake", "untrusted"]
      ]
    )
    assert.strictEqual(refusals[1]?.message.length, 300)
  })

  it("stays bounded in size under any load", () => {
    const { view, world } = made()
    for (let n = 0; n < 5000; n++) {
      view.record(opened(`CN=${n}`))
      view.record(failed("HandshakeFailed", "timeout"))
      world.now += 500
    }
    world.now += 1e9
    view.record(opened("CN=late"))
    const { hidden, identities, intervals, refusals } = view.snapshot()
    assert.isAtMost(identities.length + hidden, 2000)
    assert.strictEqual(refusals.length, 50)
    assert.isAtMost(intervals.length, 61)
    assert.isTrue(
      intervals.every(({ at }, index) => index === 0 || at === (intervals[index - 1]?.at ?? 0) + intervalMillis)
    )
  })
})
