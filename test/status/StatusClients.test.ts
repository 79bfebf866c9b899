/** What many requests cost the status port: renderings and checks that they share, headers that are bounded. */
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Result } from "effect"
import { eventually } from "../support/Changes.ts"
import { at, connect, exchange, request, withPort } from "./StatusPort.ts"

const get = (path: string, more = "") => `GET ${path} HTTP/1.1\r\nHost: x\r\n${more}\r\n`
const ok: Result.Result<void, string> = Result.succeed(undefined)

describe("metrics", () => {
  it("are rendered once for requests that have arrived together, and anew for a later one", async () => {
    let rendered = 0
    await withPort({ prometheus: () => `page ${++rendered}.\n` }, async (port) => {
      const client = await connect(at(port))
      const path = "/_metrics/prometheus"
      client.send(get(path).repeat(39) + get(path, "Connection: close\r\n"))
      await client.ended
      assert.strictEqual(client.received.split("HTTP/1.1 200 OK\r\n").length - 1, 40)
      // The kernel may hand them over in a few pieces.
      assert.isAtMost(rendered, 5)
      const before = rendered
      assert.match(await exchange(at(port), request(`GET ${path}`)), new RegExp(`page ${before + 1}\\.\n$`))
    })
  })

  it("do not negotiate by headers longer than any client needs", () =>
    withPort({}, async (port) => {
      const accept = (pad: number) => `Accept: text/plain;escaping=allow-utf-8${" ".repeat(pad)},x\r\n`
      const typeOf = async (pad: number) =>
        /escaping=[\w-]+/.exec(await exchange(at(port), request("GET /_metrics/prometheus", accept(pad))))?.[0]
      assert.strictEqual(await typeOf(1), "escaping=allow-utf-8")
      assert.strictEqual(await typeOf(5000), "escaping=underscores")
    }))
})

describe("/_status and /_readyz", () => {
  it("share a check of the backend that is running", async () => {
    const gate = Deferred.makeUnsafe<void>()
    let checks = 0
    const check = Effect.suspend(() => {
      checks++
      return Effect.as(Deferred.await(gate), ok)
    })
    let states = 0
    const more = () => ({ seen: ++states })
    await withPort({ check, more }, async (port) => {
      const clients = await Promise.all(Array.from({ length: 10 }, () => connect(at(port))))
      for (const [index, client] of clients.entries()) {
        client.send(get(index % 2 === 0 ? "/_status" : "/_readyz", "Connection: close\r\n"))
      }
      await eventually("a check", async () => checks > 0 || undefined)
      // A request on another connection, answered after those: they have all begun.
      await exchange(at(port), request("GET /_livez"))
      await port.runtime.runPromise(Deferred.succeed(gate, undefined))
      await Promise.all(clients.map(({ ended }) => ended))
      assert.isTrue(clients.every(({ received }) => received.startsWith("HTTP/1.1 503 ")))
      assert.isAtMost(checks, 3)
      assert.strictEqual(states, 5)
    })
  })
})
