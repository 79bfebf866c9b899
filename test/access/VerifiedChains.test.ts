import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { type PathCertificate, parsePathCertificate } from "../../src/access/PathCertificate.ts"
import { VerifiedChains } from "../../src/access/VerifiedChains.ts"
import { altNames, craft, extension, extensions, tlv } from "./CraftedCertificate.ts"

const certificate = (name: string): PathCertificate =>
  Result.getOrThrow(parsePathCertificate(craft({ tail: [extensions(altNames(tlv(0x82, Buffer.from(name))))] })))
const [leaf, other] = [certificate("a"), certificate("b")]
const role = { usage: "1", host: "localhost" }
const at = (text: string) => new Date(text)
const now = at("2026-06-01")

describe("verified chains", () => {
  it("are remembered for the same list in the same order, the same role and the same host", () => {
    const chains = new VerifiedChains()
    chains.remember([leaf.der, other.der], role, [leaf], now)
    assert.deepStrictEqual(chains.find([leaf.der, other.der], role, now), [leaf])
    assert.isUndefined(chains.find([leaf.der], role, now))
    assert.isUndefined(chains.find([other.der, leaf.der], role, now))
    assert.isUndefined(chains.find([leaf.der, other.der], { ...role, host: "other" }, now))
    assert.isUndefined(chains.find([leaf.der, other.der], { ...role, usage: "2" }, now))
  })

  it("are forgotten as soon as a certificate of the path is not valid, whichever way the clock goes", () => {
    for (const later of [at("2061-01-01"), at("2024-12-31")]) {
      const chains = new VerifiedChains()
      chains.remember([leaf.der], role, [leaf], now)
      assert.isUndefined(chains.find([leaf.der], role, later))
      assert.strictEqual(chains.size, 0)
    }
  })

  it("are bounded: the one that was asked for longest ago goes", () => {
    const chains = new VerifiedChains(2)
    const third = certificate("c")
    for (const each of [leaf, other]) chains.remember([each.der], role, [each], now)
    chains.find([leaf.der], role, now)
    chains.remember([third.der], role, [third], now)
    assert.strictEqual(chains.size, 2)
    assert.isUndefined(chains.find([other.der], role, now))
    assert.isDefined(chains.find([leaf.der], role, now))
  })
})

describe("a path certificate", () => {
  const read = (...list: ReadonlyArray<Uint8Array>) => parsePathCertificate(craft({ tail: [extensions(...list)] }))
  const critical = (id: string, value: Uint8Array) => {
    const plain = extension(id, value)
    const inside = plain.subarray(2)
    const oidEnd = 2 + (inside[1] ?? 0)
    return tlv(0x30, inside.subarray(0, oidEnd), tlv(1, [0xff]), inside.subarray(oidEnd))
  }
  const malformed: ReadonlyArray<readonly [what: string, extension: Uint8Array]> = [
    ["a critical authority key identifier", critical("2.5.29.35", tlv(0x30))],
    ["a critical subject key identifier", critical("2.5.29.14", tlv(4, [1]))],
    [
      "basic constraints with a third field",
      extension("2.5.29.19", tlv(0x30, tlv(1, [0xff]), tlv(2, [0]), tlv(2, [0])))
    ],
    ["a negative path length", extension("2.5.29.19", tlv(0x30, tlv(1, [0xff]), tlv(2, [0x80])))],
    [
      "a policy that is listed twice",
      extension("2.5.29.32", tlv(0x30, ...[1, 2].map(() => tlv(0x30, tlv(6, [42, 3])))))
    ],
    ["policy constraints of a third kind", extension("2.5.29.36", tlv(0x30, tlv(0x82, [0])))]
  ]
  it.each(malformed)("is not read with %s", (_, list) => {
    assert.isTrue(Result.isFailure(read(list)))
  })

  const constraints: ReadonlyArray<readonly [what: string, subtree: Uint8Array]> = [
    ["without any", tlv(0x30)],
    ["with an empty list", tlv(0x30, tlv(0xa0))],
    ["of an address without a mask", tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, [10, 0, 0, 0]))))],
    ["of a mask with gaps", tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x87, [10, 0, 0, 0, 255, 0, 255, 0]))))],
    ["of a domain with an empty label", tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x82, Buffer.from("a..b")))))],
    ["of a URI that is an address", tlv(0x30, tlv(0xa0, tlv(0x30, tlv(0x86, Buffer.from("127.0.0.1")))))]
  ]
  it.each(constraints)("has no name constraints %s", (_, value) => {
    const parsed = Result.getOrThrow(read(extension("2.5.29.30", value)))
    assert.throws(() => parsed.constraints())
  })

  it("tells a critical extension that nobody processes", () => {
    assert.strictEqual(Result.getOrThrow(read(critical("1.2.3", tlv(5)))).unprocessed, "1.2.3")
    assert.isUndefined(Result.getOrThrow(read(critical("2.5.29.15", tlv(3, [7, 0x80])))).unprocessed)
  })
})
