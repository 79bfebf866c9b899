/** Which requests of browsers a status port takes, by the headers that pages cannot choose. */
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { makeCa } from "../support/TestCa.ts"
import { address, connectTls, exchange, material, type Port, startPort, withPort } from "./StatusPort.ts"

const shown = (path: `/${string}`) =>
  HttpRouter.route("*", path, Effect.succeed(HttpServerResponse.text("shown", { status: 200 })))
const pages = { page: [shown("/"), shown("/_events")], profiling: [shown("/debug/pprof/*")] }

const ask = async (port: Port, line: string, headers: ReadonlyArray<string>): Promise<number> => {
  const text = `${line} HTTP/1.1\r\n${headers.map((header) => `${header}\r\n`).join("")}Connection: close\r\n\r\n`
  return Number((await exchange({ host: "127.0.0.1", port: port.port }, text)).split(" ", 2)[1])
}

describe("POST on plain HTTP over TCP", () => {
  const evil = "http://evil.example"
  it.each([
    ["no browser, whatever its host", ["Host: evil.example"], 200],
    ["its own page", ["Host: localhost:6060", "Origin: http://localhost:6060", "Sec-Fetch-Site: same-origin"], 200],
    ["its own page by address", ["Host: 127.0.0.1:6060", "Origin: http://127.0.0.1:6060"], 200],
    ["its own page on port 80", ["Host: [::1]", "Origin: http://[::1]:80"], 200],
    ["its own page under a named host", ["Host: Status.example:6060", "Origin: http://status.example:6060"], 200],
    ["another site", ["Host: localhost:6060", `Origin: ${evil}`, "Sec-Fetch-Site: cross-site"], 403],
    ["another site, by Origin alone", ["Host: localhost:6060", `Origin: ${evil}`], 403],
    ["another site, without Origin", ["Host: localhost:6060", "Sec-Fetch-Site: cross-site"], 403],
    ["a neighbour of the same site", ["Host: localhost:6060", "Sec-Fetch-Site: same-site"], 403],
    ["another port of this host", ["Host: localhost:6060", "Origin: http://localhost:8080"], 403],
    ["a page over HTTPS", ["Host: localhost:6060", "Origin: https://localhost:6060"], 403],
    ["an opaque origin", ["Host: localhost:6060", "Origin: null"], 403],
    ["two origins", ["Host: localhost:6060", "Origin: http://localhost:6060", `Origin: ${evil}`], 403],
    [
      "a rebound name",
      ["Host: evil.example:6060", "Origin: http://evil.example:6060", "Sec-Fetch-Site: same-origin"],
      403
    ]
  ])("from %s", async (_, headers, status) => {
    await withPort({ allowedHosts: ["status.example"] }, async (port) => {
      assert.strictEqual(await ask(port, "POST /_shutdown", headers), status)
      assert.strictEqual(port.lines.length, status === 200 ? 1 : 0)
    })
  })
})

describe("a host on plain HTTP over TCP", () => {
  const hosts = {
    named: "Host: status.example",
    literal: "Host: 10.0.0.1:80",
    local: "Host: localhost",
    foreign: "Host: x"
  }

  it("must be trusted for the page, its stream and profiles", () =>
    withPort({ ...pages, allowedHosts: ["status.example"] }, async (port) => {
      for (const path of [
        "/",
        "/_events",
        "/debug/pprof/",
        "/debug/pprof/heap",
        "/debug%2fpprof/",
        "/%64ebug/pprof/heap"
      ]) {
        const statuses: Array<number> = []
        for (const host of Object.values(hosts)) statuses.push(await ask(port, `GET ${path}`, [host]))
        // What the router does not take for one of these is not found, under any host.
        if (!statuses.every((status) => status === 404)) assert.deepStrictEqual(statuses, [200, 200, 200, 403], path)
      }
      // The target's authority does not stand in for the header.
      assert.strictEqual(await ask(port, "GET http://localhost/", [hosts.foreign]), 403)
    }))

  it("may be any for status and metrics, until hosts are named", async () => {
    const paths = ["/_status", "/_metrics", "/_metrics/json", "/_metrics/prometheus"]
    await withPort({}, async (port) => {
      await port.runtime.runPromise(port.status.listening)
      for (const path of paths) assert.strictEqual(await ask(port, `GET ${path}`, [hosts.foreign]), 200, path)
    })
    await withPort({ allowedHosts: ["status.example"] }, async (port) => {
      await port.runtime.runPromise(port.status.listening)
      for (const path of paths) {
        assert.strictEqual(await ask(port, `GET ${path}`, [hosts.foreign]), 403, path)
        assert.strictEqual(await ask(port, `GET ${path}`, [hosts.named]), 200, path)
      }
      for (const path of ["/_livez", "/_readyz"]) {
        assert.strictEqual(await ask(port, `GET ${path}`, [hosts.foreign]), 200, path)
      }
    })
  })

  it("is given once and well-formed", () =>
    withPort({}, async (port) => {
      const line = "GET /_livez"
      assert.strictEqual(await ask(port, line, ["Host: localhost", "Host: localhost"]), 400)
      assert.strictEqual(await ask(port, line, ["Host: localhost", "host: x"]), 400)
      for (const host of ["a b", "a/b", "::1", "a:b", "user@a"]) {
        assert.strictEqual(await ask(port, line, [`Host: ${host}`]), 400, host)
      }
      assert.strictEqual(await ask(port, line, ["Host:"]), 200)
    }))
})

describe("HTTPS and UNIX sockets", () => {
  const crossSite =
    "Host: evil.example\r\nOrigin: http://evil.example\r\nSec-Fetch-Site: cross-site\r\nConnection: close\r\n\r\n"

  it("are exempt", async () => {
    const path = `@ghostunnel-browsers-${process.pid}`
    const unix = await startPort({ ...pages, address: address(`unix:${path}`) })
    for (const line of ["POST /_shutdown", "GET /"]) {
      const reply = await exchange({ path: `\0${path.slice(1)}` }, `${line} HTTP/1.1\r\n${crossSite}`)
      assert.match(reply, /^HTTP\/1\.1 200 /)
    }
    await unix.close()
    const ca = await makeCa("status")
    const identity = material(await ca.issue({ cn: "a", dns: ["localhost"] }))
    const https = await startPort({ ...pages, https: true, material: identity })
    for (const line of ["POST /_shutdown", "GET /"]) {
      const client = await connectTls({ port: https.port })
      client.send(`${line} HTTP/1.1\r\n${crossSite}`)
      await client.ended
      assert.match(client.received, /^HTTP\/1\.1 200 /)
    }
    await https.close()
  })
})
