import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { alpnWire } from "../../../src/config/TlsOptions.ts"
import { chooseProtocol } from "../../../src/transport/native/ProtocolChoice.ts"

const wire = (...alpn: ReadonlyArray<string>): Buffer => alpnWire({ alpn }) ?? Buffer.alloc(0)

const chosen = (ours: Buffer, offered: Uint8Array): string | undefined => {
  const span = chooseProtocol(ours, offered)
  return span && ours.subarray(span.at, span.at + span.length).toString()
}

describe("the choice of an application protocol", () => {
  it("is the server's first that the client offers", () => {
    assert.strictEqual(chosen(wire("h2", "http/1.1"), wire("http/1.1", "h2")), "h2")
    assert.strictEqual(chosen(wire("h2", "http/1.1"), wire("imap", "http/1.1")), "http/1.1")
    assert.isUndefined(chosen(wire("h2"), wire("imap", "h2c", "h")))
  })

  it("compares whole names, and keeps to the names of both lists", () => {
    const names = fc.uniqueArray(fc.constantFrom("h", "h2", "h2c", "h22", "ä", "2h"), { minLength: 1 })
    fc.assert(
      fc.property(names, names, (ours, theirs) => {
        assert.strictEqual(
          chosen(wire(...ours), wire(...theirs)),
          ours.find((name) => theirs.includes(name))
        )
      })
    )
  })

  it("is none where the offer is malformed", () => {
    for (const bytes of [[], [0], [2, 104], [2, 104, 50, 0], [2, 104, 50, 9, 1], [255]]) {
      assert.isUndefined(chooseProtocol(wire("h2"), Uint8Array.from(bytes)), String(bytes))
    }
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (offered) => {
        const name = chosen(wire("h2", "a"), offered)
        if (name !== undefined) assert.include(Buffer.from(offered).toString("latin1"), name)
      })
    )
  })
})
