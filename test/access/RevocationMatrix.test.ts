/**
 * Every refusal with every state of the revocation lists in both modes: no list ever admits whom something else refuses.
 * OpenSSL's word comes from real handshakes.
 */
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { clientJudge, serverJudge } from "../../src/access/AccessJudge.ts"
import { refusingRevoked, revocationStatus } from "../../src/access/Revocation.ts"
import { parseRevocationList } from "../../src/access/RevocationList.ts"
import type { Judge, PresentedPeer } from "../../src/access/Verdict.ts"
import type { AccessRules } from "../../src/config/AccessRules.ts"
import { disposeTestCas, type IdentitySpec, makeCa, type TestIdentity } from "../support/TestCa.ts"
import { type CrlSpec, makeCrl, type TestCrl } from "../support/TestCrl.ts"
import { handshake } from "./NodeHandshake.ts"

afterAll(disposeTestCas)

const rules = (commonName: string): AccessRules => ({
  _tag: "Names",
  rules: { commonNames: [commonName], organizationalUnits: [], dnsNames: [], ipAddresses: [], uriPatterns: [] }
})

/** What is presented through the intermediate, and the reason with lists that know nothing bad; none where admitted. */
interface Row {
  readonly spec: IdentitySpec | undefined
  readonly from?: string
  readonly reason?: string
  readonly revoked?: "leaf" | "intermediate"
  readonly role?: "client" | "server"
}

const good: IdentitySpec = { cn: "peer", dns: ["localhost"] }
const rows: Readonly<Record<string, Row>> = {
  "a good one": { spec: good },
  "an untrusted one": { spec: good, from: "Matrix Stranger", reason: "untrusted" },
  "an expired one": { spec: { ...good, expired: true }, reason: "expired" },
  "one not yet valid": { spec: { ...good, notYetValid: true }, reason: "expired" },
  "one with the wrong usage": { spec: { ...good, eku: "codeSigning" }, reason: "key_usage" },
  "no certificate": { spec: undefined, reason: "no_cert", role: "client" },
  "one with another name": { spec: { ...good, dns: ["elsewhere.test"] }, reason: "hostname", role: "server" },
  "one that is not allowed": { spec: { ...good, cn: "other" }, reason: "acl" },
  "a revoked leaf": { spec: { ...good, ou: "revoked" }, reason: "revoked", revoked: "leaf" },
  "a revoked intermediate": { spec: { ...good, ou: "below" }, reason: "revoked", revoked: "intermediate" }
}

const states: Readonly<Record<string, CrlSpec | undefined>> = {
  "no lists asked for": undefined,
  "fresh lists": {},
  "stale lists": { stale: true },
  "a list of another issuer": {}
}

const intermediateOf = async (root: Awaited<ReturnType<typeof makeCa>>) => {
  const made = intermediates.get(root) ?? root.makeIntermediate("Matrix Intermediate")
  intermediates.set(root, made)
  return made
}
const intermediates = new Map<unknown, ReturnType<Awaited<ReturnType<typeof makeCa>>["makeIntermediate"]>>()

const present = async (
  row: Row
): Promise<{ identity: TestIdentity | undefined; peers: Record<string, PresentedPeer> }> => {
  const root = await makeCa("Matrix Root")
  const issuer = await intermediateOf(await makeCa(row.from ?? "Matrix Root"))
  const trusted = await (await intermediateOf(root)).issue({ cn: "trusted", dns: ["localhost"] })
  const identity = row.spec === undefined ? undefined : await issuer.issue(row.spec)
  const asClient = await handshake(root.certPem, trusted, identity, "TLSv1.3")
  if (identity === undefined) return { identity, peers: { client: asClient.ofClient } }
  const asServer = await handshake(root.certPem, identity, trusted, "TLSv1.3")
  return { identity, peers: { client: asClient.ofClient, server: asServer.ofServer } }
}

const listsFor = async (
  state: string,
  row: Row,
  identity: TestIdentity | undefined
): Promise<ReadonlyArray<TestCrl>> => {
  const root = await makeCa("Matrix Root")
  const middle = await intermediateOf(root)
  const spec = states[state] ?? {}
  const leaf = row.revoked === "leaf" && identity !== undefined ? [identity] : []
  const upper = await makeCrl(root, { ...spec, revoked: row.revoked === "intermediate" ? [middle] : [] })
  return state === "a list of another issuer" && row.revoked !== "leaf"
    ? [upper]
    : [upper, await makeCrl(middle, { ...spec, revoked: leaf })]
}

describe.each(Object.keys(rows))("%s", (name) => {
  it("is refused or admitted by the worst that is known", async () => {
    const row = rows[name]
    assert.isDefined(row)
    if (row === undefined) return
    const root = await makeCa("Matrix Root")
    const { identity, peers } = await present(row)
    const judges: Record<string, Judge> = {
      client: Result.getOrThrow(serverJudge(rules("peer"))),
      server: Result.getOrThrow(clientJudge(rules("peer"), "localhost"))
    }
    for (const [role, peer] of Object.entries(peers)) {
      const judge = judges[role]
      if (judge === undefined || (row.role !== undefined && row.role !== role)) continue
      for (const state of Object.keys(states)) {
        const crls = await listsFor(state, row, identity)
        const lists = crls.map(({ der }) => Result.getOrThrow(parseRevocationList(der)))
        for (const mode of ["strict", "warn"] as const) {
          const told: Array<string> = []
          const policy = {
            status: revocationStatus(lists, [root.certPem]),
            mode,
            tolerated: (why: string) => void told.push(why)
          }
          const asked = state !== "no lists asked for"
          const verdict = (asked ? refusingRevoked(judge, policy) : judge)(peer)
          const ignorant = state === "stale lists" || (state === "a list of another issuer" && row.revoked !== "leaf")
          const plain = row.revoked === undefined || asked ? row.reason : undefined
          const expected = plain ?? (asked && ignorant && mode === "strict" ? "untrusted" : "Admitted")
          const seen = verdict._tag === "Refused" ? verdict.reason : verdict._tag
          assert.strictEqual(seen, expected, `${name} as ${role}, ${state}, ${mode}`)
          assert.strictEqual(
            told.length > 0,
            expected === "Admitted" && asked && ignorant,
            `warning: ${role}, ${state}, ${mode}`
          )
        }
      }
    }
  }, 60_000)
})
