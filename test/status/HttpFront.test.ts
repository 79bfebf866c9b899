import { assert, describe, it } from "@effect/vitest"
import { makeFront } from "../../src/status/HttpFront.ts"

const front = (connectTimeout: number) =>
  makeFront({ connectTimeout, tls: undefined, log: () => {}, handle: () => {}, full: () => false }).server

describe("makeFront", () => {
  it("sets the limits that take too long to wait for", () => {
    const server = front(10_000)
    assert.strictEqual(server.headersTimeout, 10_000)
    assert.strictEqual(server.requestTimeout, 30_000)
    assert.strictEqual(server.keepAliveTimeout, 120_000)
    // Long profiles are written for as long as it takes.
    assert.strictEqual(server.timeout, 0)
  })

  it("has no header timeout beyond that of the whole request, and none of zero, which would mean never", () => {
    assert.strictEqual(front(120_000).headersTimeout, 30_000)
    assert.strictEqual(front(0.2).headersTimeout, 1)
  })
})
