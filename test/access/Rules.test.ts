import { assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import fc from "fast-check"
import { type CompiledRules, compileRules, decide, type Principal } from "../../src/access/Rules.ts"
import type { NameRules } from "../../src/config/AccessRules.ts"

const none: NameRules = { commonNames: [], organizationalUnits: [], dnsNames: [], ipAddresses: [], uriPatterns: [] }
const rulesOf = (rules: Partial<NameRules>) => Result.getOrThrow(compileRules({ ...none, ...rules }, "--allow-uri"))
interface PeerNames {
  readonly cn?: string
  readonly ou?: ReadonlyArray<string>
  readonly dns?: ReadonlyArray<string>
  readonly ip?: ReadonlyArray<string>
  readonly uri?: ReadonlyArray<string>
}
const peerOf = ({ cn = "", ou = [], dns = [], ip = [], uri = [] }: PeerNames): Principal => ({
  subject: { commonName: cn, organizationalUnits: ou },
  dnsNames: dns,
  ipAddresses: ip,
  uris: uri
})

const admitted: ReadonlyArray<readonly [by: string, rules: Partial<NameRules>, peer: PeerNames]> = [
  ["CN alice", { commonNames: ["bob", "alice"] }, { cn: "alice" }],
  ['CN ""', { commonNames: [""] }, {}],
  ["OU b", { organizationalUnits: ["b"] }, { ou: ["a", "b"] }],
  ["DNS *.x", { dnsNames: ["*.x"] }, { dns: ["*.x"] }],
  ["IP 10.0.0.1", { ipAddresses: ["::ffff:10.0.0.1"] }, { ip: ["10.0.0.1"] }],
  ["IP fe80::1", { ipAddresses: ["FE80:0::1"] }, { ip: ["fe80::1"] }],
  ["URI spiffe://td/**", { uriPatterns: ["spiffe://td/**"] }, { uri: ["spiffe://other", "spiffe://td/a"] }],
  ["DNS d", { commonNames: ["a"], dnsNames: ["d"] }, { cn: "b", dns: ["c", "d"] }]
]

const denied: ReadonlyArray<readonly [detail: string, rules: Partial<NameRules>, peer: PeerNames]> = [
  ["no rule allows anybody", {}, { cn: "alice" }],
  ["presented CN=bob; allowed CN alice", { commonNames: ["alice"] }, { cn: "bob" }],
  [
    "presented CN=Alice; allowed CN alice; CN alice differs only in case or surrounding space",
    { commonNames: ["alice"] },
    { cn: "Alice" }
  ],
  ["presented no CN; allowed CN alice", { commonNames: ["alice"] }, {}],
  ['presented CN=bob; allowed CN ""', { commonNames: [""] }, { cn: "bob" }],
  [
    "presented no CN; allowed CN alice; alice is presented as DNS, not as CN",
    { commonNames: ["alice"] },
    { dns: ["alice"] }
  ],
  ["presented DNS=a.x; allowed DNS *.x", { dnsNames: ["*.x"] }, { dns: ["a.x"] }],
  ["presented DNS=*.x; allowed DNS a.x", { dnsNames: ["a.x"] }, { dns: ["*.x"] }],
  [
    "presented DNS=A.x; allowed DNS a.x; DNS a.x differs only in case or surrounding space",
    { dnsNames: ["a.x"] },
    { dns: ["A.x"] }
  ],
  ["presented no OU; allowed OU a; a is presented as CN, not as OU", { organizationalUnits: ["a"] }, { cn: "a" }],
  ["presented IP=10.0.0.2; allowed IP 10.0.0.1", { ipAddresses: ["10.0.0.1"] }, { ip: ["10.0.0.2"] }],
  [
    "presented URI=spiffe://td/a/b; allowed URI spiffe://td/*",
    { uriPatterns: ["spiffe://td/*"] },
    { uri: ["spiffe://td/a/b"] }
  ],
  [
    "presented CN=a\\u000ab, no OU; allowed CN w, x, y and 1 more or OU q",
    { commonNames: ["x", "y", "z", "w", "x"], organizationalUnits: ["q"] },
    { cn: "a\nb" }
  ],
  [
    "presented CN=clinet; allowed CN alice, bob, client; CN client is spelled almost like it",
    { commonNames: ["bob", "client", "alice"] },
    { cn: "clinet" }
  ],
  [
    "presented no CN, OU=opps; allowed CN ops or OU ops; OU ops is spelled almost like it",
    { commonNames: ["ops"], organizationalUnits: ["ops"] },
    { ou: ["opps"] }
  ],
  ["presented CN=ab; allowed CN ac", { commonNames: ["ac"] }, { cn: "ab" }],
  [
    "presented URI=spiffe://td/blue/server; allowed URI spiffe://td/*/client, spiffe://td/x; " +
      "URI spiffe://td/*/client differs in one segment",
    { uriPatterns: ["spiffe://td/x", "spiffe://td/*/client"] },
    { uri: ["spiffe://td/blue/server"] }
  ]
]

describe("Rules", () => {
  it.each(admitted)("admits by %s", (by, rules, peer) =>
    assert.deepStrictEqual(decide(rulesOf(rules), peerOf(peer)), { allowed: true, by })
  )

  it.each(denied)("denies: %s", (detail, rules, peer) => {
    const decision = decide(rulesOf(rules), peerOf(peer))
    assert.strictEqual(decision.allowed ? "admitted" : decision.detail, detail)
  })

  it("says why as a value", () => {
    assert.deepStrictEqual(decide(rulesOf({ commonNames: ["client"] }), peerOf({ cn: "clinet" })), {
      allowed: false,
      detail: "presented CN=clinet; allowed CN client; CN client is spelled almost like it",
      why: { presented: "CN=clinet", required: "CN client", nearest: "CN client is spelled almost like it" }
    })
  })

  it("answers as fast with a thousand rules, and explains without delay", () => {
    const many = Array.from({ length: 1000 }, (_, n) => `name-${n}-of-a-service.example`)
    const patterns = many.map((name) => `spiffe://td/*/${name}`)
    const thousand = rulesOf({ commonNames: many, dnsNames: many, uriPatterns: patterns })
    const hit = peerOf({ uri: ["spiffe://td/x/name-999-of-a-service.example"] })
    const miss = peerOf({ cn: "nobody-at-all-in-here.example", dns: Array(500).fill("neither.example") })
    const one = rulesOf({ uriPatterns: patterns.slice(999) })
    const once = (rules: CompiledRules, peer: Principal, times: number) => {
      const began = process.cpuUsage()
      for (let i = 0; i < times; i++) decide(rules, peer)
      const { system, user } = process.cpuUsage(began)
      return (system + user) / times
    }
    // The best of several, in microseconds of the processor: collections and compilations cost only some of them.
    const timed = (rules: CompiledRules, peer: Principal, times: number) =>
      Math.min(...[1, 2, 3, 4, 5].map(() => once(rules, peer, times)))
    assert.isTrue(decide(thousand, hit).allowed)
    timed(thousand, hit, 200)
    timed(one, hit, 200)
    // A scan of a thousand patterns takes hundreds of times as long as one of them.
    assert.isBelow(timed(thousand, hit, 2000), 20 * timed(one, hit, 2000) + 1)
    // An unbounded comparison takes longer.
    assert.isBelow(timed(thousand, miss, 5), 50_000)
  })

  it("refuses rules that say nothing", () => {
    const compile = (rules: Partial<NameRules>) => compileRules({ ...none, ...rules }, "--verify-uri")
    assert.deepStrictEqual(compile({ ipAddresses: ["10.0.0"] }), Result.fail("'10.0.0' is not an IP address"))
    assert.deepStrictEqual(
      compile({ uriPatterns: ["a", ""] }),
      Result.fail("invalid URI pattern in --verify-uri flag (input pattern was empty string)")
    )
  })

  // Few and similar names, so that they meet often.
  const text = fc.constantFrom("a", "A", "b", "a.b", "*", "*.b", "spiffe://a", "")
  const address = fc.constantFrom("10.0.0.1", "10.0.0.2", "fe80::1")
  const pattern = fc.constantFrom("spiffe://*", "spiffe://**", "a", "a.b", "b/**")
  const rules = fc.record({
    commonNames: fc.array(text, { maxLength: 3 }),
    organizationalUnits: fc.array(text, { maxLength: 3 }),
    dnsNames: fc.array(text, { maxLength: 3 }),
    ipAddresses: fc.array(address, { maxLength: 3 }),
    uriPatterns: fc.array(pattern, { maxLength: 2 })
  })
  const peer = fc
    .record({
      cn: text,
      ou: fc.array(text, { maxLength: 3 }),
      dns: fc.array(text, { maxLength: 3 }),
      ip: fc.array(address, { maxLength: 2 }),
      uri: fc.array(text, { maxLength: 2 })
    })
    .map(peerOf)

  /** Said as plainly as the Go program does. */
  const isNamed = (given: NameRules, { subject, dnsNames, ipAddresses, uris }: Principal) =>
    given.commonNames.includes(subject.commonName) ||
    given.organizationalUnits.some((ou) => subject.organizationalUnits.includes(ou)) ||
    given.dnsNames.some((name) => dnsNames.includes(name)) ||
    given.ipAddresses.some((ip) => ipAddresses.includes(ip)) ||
    given.uriPatterns.some((one) =>
      uris.some((uri) => {
        if (one === "spiffe://*") return /^spiffe:\/\/[^/]+\/?$/.test(uri)
        if (one === "spiffe://**") return /^spiffe:\/\/?(|\/.*)$/.test(uri)
        if (one === "b/**") return /^b\/?(|\/.*)$/.test(uri)
        return uri === one || uri === `${one}/`
      })
    )

  it("admits those whom a rule names and nobody else", () => {
    fc.assert(
      fc.property(rules, peer, (given, asked) => {
        assert.strictEqual(decide(rulesOf(given), asked).allowed, isNamed(given, asked))
      }),
      { numRuns: 3000 }
    )
  })

  it("does not care for order or repetition", () => {
    const mixed = (values: ReadonlyArray<string>) => [...values, ...values].reverse()
    fc.assert(
      fc.property(rules, peer, (given, asked) => {
        const other = {
          commonNames: mixed(given.commonNames),
          organizationalUnits: mixed(given.organizationalUnits),
          dnsNames: mixed(given.dnsNames),
          ipAddresses: mixed(given.ipAddresses),
          uriPatterns: mixed(given.uriPatterns)
        }
        assert.deepStrictEqual(decide(rulesOf(given), asked), decide(rulesOf(other), asked))
      })
    )
  })

  it("never lets strangers write lines or pages", () => {
    const wild = fc.uint16Array({ maxLength: 500 }).map((units) => String.fromCharCode(...units))
    const wildPeer = fc.record({ cn: wild, ou: fc.array(wild), dns: fc.array(wild), uri: fc.array(wild) }).map(peerOf)
    const everyKind = { commonNames: ["x"], organizationalUnits: ["x"], dnsNames: ["x"], uriPatterns: ["x"] }
    fc.assert(
      fc.property(wildPeer, (asked) => {
        const decision = decide(rulesOf(everyKind), asked)
        if (decision.allowed) return
        assert.isAtMost(decision.detail.length, 1002)
        assert.notMatch(decision.detail, /[\p{Cc}\u2028\u2029]/u)
        assert.notMatch(Object.values(decision.why).join(""), /[\p{Cc}\u2028\u2029]/u)
      })
    )
  })
})
