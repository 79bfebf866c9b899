/** The page's routes on a status port, by clients that see every byte. */
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { Duration, Effect, Exit, Scope } from "effect"
import { type PageOptions, pageRoutes, viewersAllowed } from "../../../src/status/page/PageRoutes.ts"
import { Status } from "../../../src/status/Status.ts"
import { LiveView } from "../../../src/telemetry/LiveView.ts"
import { eventually } from "../../support/Changes.ts"
import { opened } from "../../telemetry/Records.ts"
import { type Client, connect, exchange, localRequest as request, startPort } from "../StatusPort.ts"

let read = 0

const options = (live: LiveView, change: Partial<PageOptions>): PageOptions => ({
  facts: {
    mode: "server",
    listen: "localhost:1",
    target: "localhost:2",
    version: "1",
    sandbox: { mode: "off", abi: 0, enforced: [], notEnforced: [], threadsOutside: [] }
  },
  live,
  totals: () => {
    read++
    return { open: 1, established: 1, refused: 0, forwarded: 0, returned: 0 }
  },
  certificates: () => [],
  reloadError: () => undefined,
  threads: () => ({ serving: [], replaced: 0 }),
  ...change
})

const start = async (change: Partial<PageOptions> = {}, stallTimeout = Duration.seconds(30)) => {
  const scope = Scope.makeUnsafe()
  const live = new LiveView(() => ({ forwarded: 0, returned: 0 }), Date.now)
  const made = Effect.gen(function* () {
    const status = yield* Status
    return { status, page: yield* pageRoutes(options(live, change)) }
  })
  const { page, status } = await Effect.runPromise(
    made.pipe(Effect.provide(Status.layer), Effect.provideService(Scope.Scope, scope))
  )
  const port = await startPort({ page, status, stallTimeout })
  const close = async () => {
    await port.close()
    await Effect.runPromise(Scope.close(scope, Exit.void))
  }
  return { ...port, live, status, close, at: { host: "127.0.0.1", port: port.port } }
}

let port: Awaited<ReturnType<typeof start>>

beforeAll(async () => {
  port = await start()
})
afterAll(() => port.close())

const watch = async (of = port, headers = ""): Promise<Client> => {
  const client = await connect(of.at)
  return client.send(`GET /_events HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`)
}

describe("/", () => {
  it("is the page, with its header alone for HEAD", async () => {
    const full = await exchange(port.at, request("GET /?x"))
    assert.match(full, /^HTTP\/1\.1 200 OK\r\n/)
    assert.match(full, /\r\n\r\n<!doctype html>[\s\S]*<\/html>\n$/)
    for (const header of [
      "content-security-policy: default-src 'none'; ",
      "x-content-type-options: nosniff\r\n",
      "referrer-policy: no-referrer\r\n",
      "cache-control: no-store\r\n",
      "content-type: text/html; charset=utf-8\r\n"
    ]) {
      assert.include(full, header)
    }
    const head = await exchange(port.at, request("HEAD /"))
    assert.match(head, /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\n$/)
    assert.include(head, "content-security-policy: ")
  })

  it.each(["POST /", "PUT /_events"])("%s is refused", async (line) => {
    const reply = await exchange(port.at, request(line))
    assert.match(reply, /^HTTP\/1\.1 405 [\s\S]*\r\nallow: GET, HEAD\r\n/)
  })

  it.each(["/index.html", "//", "/_events/", "/_Events"])("%s does not exist", async (path) => {
    assert.match(await exchange(port.at, request(`GET ${path}`)), /^HTTP\/1\.1 404 /)
  })
})

describe("/_events", () => {
  it("sends a snapshot at once, and then what has changed", async () => {
    const client = await watch()
    await client.until(/"identities":\[\]/)
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n[\s\S]*content-type: text\/event-stream\r\n/)
    assert.include(client.received, "cache-control: no-store\r\n")
    port.live.record(opened("CN=new"))
    await client.until(/"identity":"CN=new","open":1/)
    client.close()
  })

  it("makes one snapshot for all who ask within a second", async () => {
    const clients: Array<Client> = []
    const before = performance.now()
    const made = await makes(async () => {
      for (let n = 0; n < 5; n++) {
        const client = await watch()
        clients.push(client)
        await client.until(/data: /)
      }
    })
    assert.isAtMost(made, 1 + Math.floor((performance.now() - before) / 1000))
    for (const client of clients) client.close()
  })

  it("answers HEAD without taking a place", async () => {
    for (let n = 0; n <= viewersAllowed; n++) {
      assert.match(await exchange(port.at, request("HEAD /_events")), /^HTTP\/1\.1 200 /)
    }
  })

  it("turns away pages of other sites", async () => {
    const other = await watch(port, "Sec-Fetch-Site: cross-site\r\nConnection: close\r\n")
    await other.until(/^HTTP\/1\.1 403 [\s\S]*403 another site's page may not watch\n/)
    const neighbour = await watch(port, "Sec-Fetch-Site: same-site\r\nConnection: close\r\n")
    await neighbour.until(/^HTTP\/1\.1 403 /)
    for (const site of ["same-origin", "none"]) {
      const own = await watch(port, `Sec-Fetch-Site: ${site}\r\n`)
      await own.until(/^HTTP\/1\.1 200 /)
      own.close()
    }
  })

  it("has room for so many, and again when one leaves", async () => {
    const crowded = await start()
    const clients: Array<Client> = []
    for (let n = 0; n < viewersAllowed; n++) {
      const client = await watch(crowded)
      clients.push(client)
      await client.until(/data: /)
    }
    const one = await watch(crowded)
    await one.until(/^HTTP\/1\.1 503 [\s\S]*\r\nretry-after: 5\r\n[\s\S]*503 16 viewers are watching already\n/)
    clients[0]?.close()
    await eventually("a place", () => answers(crowded))
    for (const client of clients) client.close()
    await crowded.close()
  })

  it("closes the connection of a client that does not read, and no other", async () => {
    // More than the kernel takes in one go.
    const subject = "x".repeat(16_000_000)
    const certificates = () => [{ role: "leaf", subject, notAfter: 0 }]
    const slow = await start({ viewers: 1, certificates }, Duration.millis(2500))
    const idle = await watch(slow)
    await idle.until(/data: /)
    idle.socket.pause()
    await eventually("its place", () => answers(slow))
    idle.close()
    await slow.close()
    const quick = await start({}, Duration.seconds(4))
    const reader = await watch(quick)
    await reader.until(/(data: [^\n]*\n\n[^d]*){4}/, 20_000)
    reader.close()
    await quick.close()
  })

  it("ends by itself when the tunnel stops, with a last word", async () => {
    const stopped = await start()
    await Effect.runPromise(stopped.status.listening)
    const client = await watch(stopped)
    await client.until(/"message":"listening"/)
    await Effect.runPromise(stopped.status.stopping)
    await client.until(/"message":"stopping"[^\n]*\n\n\r\n0\r\n\r\n$/, 1900)
    await Effect.runPromise(stopped.server.stop)
    await client.ended
    await stopped.close()
  })
})

/** True when there is room for one more. */
const answers = async (of: typeof port): Promise<true | undefined> => {
  const next = await watch(of)
  const reply = await next.until(/\r\n\r\n/)
  next.close()
  return / 200 OK\r\n/.test(reply) || undefined
}

const makes = async (action: () => Promise<unknown>): Promise<number> => {
  const before = read
  await action()
  return read - before
}
