import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { eventOf, type PageFacts, type PageMoment, pageSnapshot } from "../../../src/status/page/PageSnapshot.ts"

const facts: PageFacts = {
  mode: "server",
  listen: "localhost:8443",
  target: "localhost:8080",
  version: "1.2.3",
  sandbox: {
    mode: "auto",
    abi: 7,
    enforced: ["files", "TCP listening", "TCP connecting"],
    notEnforced: [],
    threadsOutside: []
  }
}

const moment: PageMoment = {
  time: 2000,
  since: 1000,
  state: { listening: true, reloading: false, stopping: false, lastReload: undefined },
  totals: { open: 3, established: 5, refused: 1, forwarded: 10, returned: 20 },
  live: { identities: [], hidden: 0, intervals: [], refusals: [] },
  certificates: [],
  reloadError: undefined,
  threads: { serving: [true, false], replaced: 1 }
}

describe("a snapshot", () => {
  it("contains everything the page shows", () => {
    const certificate = { role: "leaf", subject: "CN=server", notAfter: 7000, serial: "not shown" }
    const refusal = { at: 1500, client: "127.0.0.1:1", stage: "handshake", reason: "acl", message: "no" }
    const interval = { at: 0, opened: 1, failed: 0, forwarded: 0, returned: 0, p50: 0.001, p99: 0.002 }
    const identities = [{ identity: "CN=a", open: 1, total: 2 }]
    const live = { identities, hidden: 4, intervals: [interval], refusals: [refusal] }
    assert.deepStrictEqual(JSON.parse(pageSnapshot(facts, { ...moment, live, certificates: [certificate] })), {
      time: 2000,
      since: 1000,
      mode: "server",
      listen: "localhost:8443",
      target: "localhost:8080",
      version: "1.2.3",
      sandbox: "enforced",
      workers: { number: 2, serving: 1, replaced: 1 },
      message: "listening",
      open: 3,
      totals: { established: 5, refused: 1, forwarded: 10, returned: 20 },
      intervalMillis: 5000,
      identities,
      hidden: 4,
      intervals: [interval],
      refusals: [refusal],
      certificates: [{ role: "leaf", subject: "CN=server", notAfter: 7000 }]
    })
  })

  it("contains the time of the last reload, or why it failed", () => {
    const state = { ...moment.state, lastReload: 1700 }
    const told = JSON.parse(pageSnapshot(facts, { ...moment, state, reloadError: "no such file" }))
    assert.deepStrictEqual([told.lastReload, told.reloadError], [1700, "no such file"])
  })

  it("is one event, whatever names and messages hold", () => {
    const hostile = fc.oneof(
      fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
      fc.constantFrom("a\n\ndata: {}", "\r\n\r\nid: 1", "</script><img src=x onerror=alert(1)>", "\u2028\u2029\u0000")
    )
    fc.assert(
      fc.property(hostile, hostile, (identity, message) => {
        const refusals = [{ at: 1, client: identity, stage: "handshake", reason: "acl", message }]
        const live = { identities: [{ identity, open: 1, total: 1 }], hidden: 0, intervals: [], refusals }
        const event = eventOf(pageSnapshot(facts, { ...moment, live }))
        assert.match(event, /^data: [^\r\n]*\n\n$/)
        assert.notMatch(event, /[<>&\u2028\u2029\u0000]/)
        const told = JSON.parse(event.slice("data: ".length))
        assert.deepStrictEqual([told.identities[0].identity, told.refusals[0].message], [identity, message])
      })
    )
  })
})
