/** Fetching revocation lists: what is followed, what is refused, and what remains of earlier fetches. */

import { writeFileSync } from "node:fs"
import { createServer, type RequestListener, type Server } from "node:http"
import { createServer as createSecureServer } from "node:https"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Queue } from "effect"
import { FetchedLists } from "../../src/credentials/FetchedLists.ts"
import { fetchInBackground } from "../../src/process/ListFetcher.ts"
import { disposeTestCas, makeCa, testCaDirectory } from "../support/TestCa.ts"
import { makeCrl } from "../support/TestCrl.ts"

afterAll(disposeTestCas)

const listening = (server: Server) =>
  Effect.acquireRelease(
    Effect.promise(
      () =>
        new Promise<number>((resolve) => {
          server.listen(0, "127.0.0.1", () => {
            const address = server.address()
            resolve(typeof address === "object" && address !== null ? address.port : 0)
          })
        })
    ),
    () =>
      Effect.promise(() => {
        server.closeAllConnections()
        return new Promise((resolve) => server.close(resolve))
      })
  )

const cast = Effect.promise(async () => {
  const ca = await makeCa("Fetcher Root")
  return { ca, list: await makeCrl(ca), identity: await ca.issue({ cn: "lists", ip: ["127.0.0.1"] }) }
})

/** Fetches until the first line, which tells how it went. */
const fetchOnce = (url: string, environment: NodeJS.ProcessEnv = {}) =>
  Effect.gen(function* () {
    const lines = yield* Queue.unbounded<string>()
    const fetched = new FetchedLists([url])
    let changes = 0
    yield* fetchInBackground({
      fetched,
      changed: Effect.sync(() => void changes++),
      environment,
      log: (_event, line) => void Queue.offerUnsafe(lines, line)
    })
    return { line: (yield* Queue.take(lines)).replaceAll(/127\.0\.0\.1:\d+/g, "HOST"), fetched, changes: () => changes }
  })

const serve = (answer: RequestListener) =>
  Effect.map(listening(createServer(answer)), (port) => `http://127.0.0.1:${port}`)

describe("fetching revocation lists", () => {
  it.live("takes PEM and DER, and follows three redirects", () =>
    Effect.gen(function* () {
      const { list } = yield* cast
      const base = yield* serve(({ url = "" }, response) => {
        const left = Number(url.slice(1))
        if (left > 0) response.writeHead(302, { Location: `/${left - 1}` }).end()
        else response.end(url === "/pem" ? list.pem : list.der)
      })
      for (const path of ["/pem", "/0", "/3"]) {
        const { fetched, line } = yield* fetchOnce(base + path)
        assert.strictEqual(line, `fetched revocation lists from http://HOST${path}`)
        assert.deepStrictEqual([fetched.lists.length, fetched.missing], [1, []])
      }
      const { fetched, line } = yield* fetchOnce(`${base}/4`)
      assert.strictEqual(line, "error fetching revocation lists from http://HOST/4: stopped after 3 redirects")
      assert.deepStrictEqual(fetched.missing.length, 1)
    })
  )

  it.live("refuses what is no list, too large, or leads to plaintext", () =>
    Effect.gen(function* () {
      const base = yield* serve(({ url }, response) => {
        if (url === "/large") response.writeHead(200, { "Content-Length": String(1 << 30) }).end()
        else if (url === "/file") response.writeHead(301, { Location: "file:///etc/passwd" }).end()
        else if (url === "/none") response.end("no list")
        else response.writeHead(404).end()
      })
      const errorOf = (path: string) => Effect.map(fetchOnce(base + path), ({ line }) => line.split(path, 2)[1])
      assert.strictEqual(yield* errorOf("/absent"), ": the server answered with status 404")
      assert.strictEqual(yield* errorOf("/none"), ": it holds none, neither PEM nor DER")
      assert.match((yield* errorOf("/large")) ?? "", /^: the reply is larger than \d+ MiB$/)
      assert.match((yield* errorOf("/file")) ?? "", /^: redirected to "file:/)
    })
  )

  it.live("verifies https by the system's roots, whatever the environment says", () =>
    Effect.gen(function* () {
      const { ca, identity, list } = yield* cast
      const plain = yield* serve((_, response) => response.end(list.der))
      const server = createSecureServer({ cert: identity.chainPem, key: identity.keyPem }, ({ url }, response) => {
        if (url === "/down") response.writeHead(302, { Location: plain }).end()
        else response.end(list.der)
      })
      const base = `https://127.0.0.1:${yield* listening(server)}`
      const roots = join(testCaDirectory(), "fetcher-roots.pem")
      writeFileSync(roots, ca.certPem)
      const trusting = { SSL_CERT_FILE: roots, SSL_CERT_DIR: "/nowhere" }
      assert.match((yield* fetchOnce(base, trusting)).line, /^fetched revocation lists from https:/)
      const down = yield* fetchOnce(`${base}/down`, trusting)
      assert.match(down.line, /redirected from https:\/\/ to http:\/\/$/)
      const distrusting = { SSL_CERT_FILE: "/nowhere", SSL_CERT_DIR: "/nowhere", NODE_TLS_REJECT_UNAUTHORIZED: "0" }
      const refused = yield* fetchOnce(base, distrusting)
      assert.match(refused.line, /x509: certificate signed by unknown authority$/)
    })
  )

  it("keeps what was fetched when a later attempt fails", () => {
    const fetched = new FetchedLists(["http://a"])
    assert.isTrue(fetched.succeeded("http://a", [], 1))
    assert.isFalse(fetched.succeeded("http://a", [], 2))
    assert.isTrue(fetched.failed("http://a", "away", 3))
    assert.isFalse(fetched.failed("http://a", "away", 4))
    assert.deepStrictEqual(fetched.states, [{ url: "http://a", fetchedAt: 2, triedAt: 4, error: "away", lists: [] }])
    assert.deepStrictEqual(fetched.missing, [])
  })
})
