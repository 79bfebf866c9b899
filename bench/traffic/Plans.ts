/** Random connections and damage from a seed; fast-check shrinks failing ones. */
import fc from "fast-check"
import type { Mangle } from "./Fuzzer.ts"
import type { Fault, Pause, Plan, Side } from "./Plan.ts"

/** Mostly small, sometimes around what a TLS record holds, sometimes many records. */
const bytes = fc.oneof(
  { weight: 3, arbitrary: fc.nat(300) },
  { weight: 3, arbitrary: fc.nat(20_000) },
  { weight: 1, arbitrary: fc.integer({ min: 16_380, max: 16_390 }) },
  { weight: 2, arbitrary: fc.nat(200_000) },
  { weight: 1, arbitrary: fc.nat(1_000_000) }
)

const fewBytes = fc.nat(500)

const writes = fc.oneof(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 70_000 }))

const pausesWithin = (total: number): fc.Arbitrary<ReadonlyArray<Pause>> =>
  fc
    .array(fc.record({ at: fc.nat(total), millis: fc.integer({ min: 1, max: 40 }) }), { maxLength: 2 })
    .map((pauses) => pauses.toSorted((a, b) => a.at - b.at))

/** Tiny writes would take too long for many bytes. */
const worthwhile = (total: number, sizes: ReadonlyArray<number>): ReadonlyArray<number> => {
  const least = Math.ceil(total / 500)
  return sizes.map((size) => Math.max(size, least))
}

const sidesOf = (total: fc.Arbitrary<number>): fc.Arbitrary<readonly [Side, Side]> =>
  fc.tuple(total, total).chain(([up, down]) => {
    const side = (total: number, arriving: number): fc.Arbitrary<Side> =>
      fc
        .record({
          sizes: fc.array(writes, { minLength: 1, maxLength: 4 }),
          pauses: pausesWithin(total),
          stalls: pausesWithin(arriving)
        })
        .map(({ sizes, ...rest }) => ({ total, sizes: worthwhile(total, sizes), ...rest }))
    return fc.tuple(side(up, down), side(down, up))
  })

const faultOf = (client: Side, backend: Side): fc.Arbitrary<Fault> =>
  fc
    .record({
      who: fc.constantFrom("client" as const, "backend" as const),
      how: fc.constantFrom("reset" as const, "leave" as const)
    })
    .chain(({ how, who }) => fc.nat((who === "client" ? client : backend).total).map((at): Fault => ({ who, how, at })))

/** A connection; with `faults`, about half of them have one. A small one has a few hundred bytes each way. */
export const plan = (faults: boolean, small = false): fc.Arbitrary<Plan> =>
  sidesOf(small ? fewBytes : bytes).chain(([client, backend]) =>
    fc.record({
      client: fc.constant(client),
      backend: fc.constant(backend),
      first: fc.constantFrom("client" as const, "backend" as const, "both" as const),
      fault: faults
        ? fc.option(faultOf(client, backend), { freq: 2, nil: undefined })
        : fc.constant<Fault | undefined>(undefined),
      version: fc.constantFrom("TLSv1.3" as const, "TLSv1.2" as const)
    })
  )

/** Damage to one direction of a connection: often within the handshake, sometimes within the records after it. */
export const mangle: fc.Arbitrary<Mangle> = fc.record({
  at: fc.oneof(fc.nat(12), fc.nat(600), fc.nat(2_500), fc.nat(30_000)),
  how: fc.constantFrom("flip" as const, "inject" as const, "end" as const, "reset" as const),
  bytes: fc.array(fc.nat(255), { minLength: 1, maxLength: 40 })
})

/** Data of a client that does not speak TLS, or only begins to: with the header of a record of some type and length. */
export const noise: fc.Arbitrary<ReadonlyArray<number>> = fc.oneof(
  fc.array(fc.nat(255), { minLength: 1, maxLength: 400 }),
  fc
    .tuple(fc.constantFrom(20, 21, 22, 23, 24), fc.nat(4), fc.nat(255), fc.nat(255), fc.array(fc.nat(255)))
    .map(([type, minor, high, low, rest]) => [type, 3, minor, high, low, ...rest]),
  fc
    .tuple(fc.nat(3), fc.nat(255), fc.array(fc.nat(255), { maxLength: 200 }))
    .map(([high, low, rest]) => [22, 3, 1, high, low, 1, 0, high, low, 3, 3, ...rest])
)

/** An endless sequence of plans from a seed. */
export const stream = function* (seed: number, faults: boolean, small = false): Generator<Plan> {
  for (let next = seed; ; next++) yield* fc.sample(plan(faults, small), { seed: next, numRuns: 200 })
}
