import { assert, describe, it } from "@effect/vitest"
import { Context, Metric } from "effect"
import fc from "fast-check"
import { IdentityMetrics } from "../../src/telemetry/IdentityMetrics.ts"
import { tunnelNames } from "../../src/telemetry/Names.ts"
import { Registry } from "../../src/telemetry/Registry.ts"

const made = (limit: number) => {
  const registry = new Registry([{ context: Context.make(Metric.MetricRegistry, new Map()), labels: {} }])
  const identities = new IdentityMetrics(registry, tunnelNames("t"), limit)
  const read = (name: string) =>
    new Map(
      registry.snapshot().flatMap((each) => {
        if (each.type !== "Counter" || each.id !== name) return []
        const { identity = "", direction = "" } = each.attributes ?? {}
        return [[`${identity} ${direction}`.trim(), Number(each.state.count)] as const]
      })
    )
  return {
    identities,
    connections: () => read("t_identity_connections"),
    bytes: () => read("t_identity_carried_bytes")
  }
}

const sum = (numbers: Iterable<number>): number => [...numbers].reduce((a, b) => a + b, 0)

describe("IdentityMetrics", () => {
  it("names the first identities and counts the rest as other", () => {
    const { bytes, connections, identities } = made(2)
    for (const identity of ["a", "b", "c", "c"]) identities.opened(identity)
    identities.ended("a", 1, 2)
    identities.ended("c", 10, 20)
    assert.deepStrictEqual(Object.fromEntries(connections()), { a: 1, b: 1, other: 2 })
    assert.deepStrictEqual(Object.fromEntries(bytes()), {
      "a forwarded": 1,
      "a returned": 2,
      "other forwarded": 10,
      "other returned": 20
    })
  })

  it("replaces the least busy identity by a far busier one", () => {
    const { connections, identities } = made(1)
    identities.opened("quiet")
    identities.ended("quiet", 5, 6)
    for (let n = 0; n < 10; n++) identities.opened("busy")
    const now = connections()
    assert.isTrue(now.has("busy"))
    assert.isFalse(now.has("quiet"))
    assert.strictEqual(sum(now.values()), 11)
  })

  it("counts nothing with a limit of 0", () => {
    const { connections, identities } = made(0)
    identities.opened("a")
    identities.ended("a", 1, 1)
    assert.strictEqual(connections().size, 0)
  })

  it("bounds the number of series, loses no connection or byte, and never decreases a series", () => {
    const event = fc.record({ identity: fc.nat(30), forwarded: fc.nat(1000), returned: fc.nat(1000) })
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), fc.array(event, { maxLength: 300 }), (limit, events) => {
        const { bytes, connections, identities } = made(limit)
        let before = connections()
        let carried = 0
        for (const [index, { forwarded, identity, returned }] of events.entries()) {
          identities.opened(`i${identity}`)
          identities.ended(`i${identity}`, forwarded, returned)
          carried += forwarded + returned
          const now = connections()
          assert.isAtMost(now.size, limit + 1)
          assert.strictEqual(sum(now.values()), index + 1)
          for (const [name, value] of now) assert.isAtLeast(value, before.get(name) ?? 0)
          before = now
        }
        assert.strictEqual(sum(bytes().values()), carried)
      })
    )
  })
})
