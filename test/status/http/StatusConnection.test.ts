/** What clients of the status port can make it do at a time. */
import { once } from "node:events"
import type { IncomingMessage, ServerResponse } from "node:http"
import type * as Net from "node:net"
import { afterEach, assert, describe, it } from "@effect/vitest"
import { type HttpServerOptions, makeStatusHttpServer } from "../../../src/status/http/StatusHttpServer.ts"
import { eventually } from "../../support/Changes.ts"
import { type Client, connect } from "../StatusPort.ts"

const open: Array<() => void> = []
afterEach(() => {
  for (const close of open.splice(0)) close()
})

/** A server whose requests wait until the test answers them. */
const start = async (change: Partial<HttpServerOptions> = {}) => {
  const requests: Array<{ readonly url: string | undefined; readonly answer: () => void }> = []
  const sockets: Array<Net.Socket> = []
  const lines: Array<string> = []
  const server = makeStatusHttpServer({
    connectTimeout: 60_000,
    tls: undefined,
    log: (line) => void lines.push(line),
    full: () => false,
    handle: (request: IncomingMessage, response: ServerResponse) => {
      requests.push({ url: request.url, answer: () => void response.end(`answer to ${request.url}.`) })
    },
    ...change
  })
  server.listener.on("connection", (socket: Net.Socket) => void sockets.push(socket))
  await once(server.listener.listen(0, "127.0.0.1"), "listening")
  const address = server.listener.address()
  const port = typeof address === "object" && address !== null ? address.port : assert.fail("no port")
  open.push(() => {
    server.stop()
    server.cut()
  })
  const at = { host: "127.0.0.1", port }
  return { ...server, requests, sockets, lines, at, client: () => connect(at) }
}

const get = (path: string, headers = "") => `GET ${path} HTTP/1.1\r\nHost: x\r\n${headers}\r\n`

/** Waits for so many requests, and sees that no further ones come without an answer. */
const requestsOf = async (server: Awaited<ReturnType<typeof start>>, count: number): Promise<void> => {
  await eventually(`${count} requests`, async () => server.requests.length >= count || undefined)
  // Long enough for a further one to begin, if one could.
  for (let turns = 0; turns < 20; turns++) await new Promise((resolve) => setImmediate(resolve))
  assert.strictEqual(server.requests.length, count)
}

describe("a client that sends ahead of its replies", () => {
  it("has one request worked on at a time, and is not read meanwhile", async () => {
    const server = await start()
    const client = await server.client()
    const flood = get("/next").repeat(100_000)
    client.send(get("/first") + flood)
    await requestsOf(server, 1)
    const [socket] = server.sockets
    await eventually("a socket that is not read", async () => socket?.isPaused() || undefined)
    const read = socket?.bytesRead ?? 0
    assert.isBelow(read, flood.length / 10)
    await requestsOf(server, 1)
    assert.strictEqual(socket?.bytesRead, read)
    server.requests[0]?.answer()
    await client.until(/answer to \/first\./)
    await requestsOf(server, 2)
    assert.strictEqual(server.requests[1]?.url, "/next")
    client.close()
  })

  it("starts no further request once the connection is closed", async () => {
    const server = await start()
    const client = await server.client()
    client.send(get("/a").repeat(50))
    await requestsOf(server, 1)
    const [socket] = server.sockets
    assert.isDefined(socket)
    socket?.destroy()
    if (socket?.closed === false) await once(socket, "close")
    server.requests[0]?.answer()
    await requestsOf(server, 1)
  })

  it("does not hold up others", async () => {
    const server = await start()
    const [greedy, modest] = await Promise.all([server.client(), server.client()])
    greedy.send(get("/greedy").repeat(100))
    await requestsOf(server, 1)
    modest.send(get("/modest"))
    await requestsOf(server, 2)
    server.requests[1]?.answer()
    await modest.until(/answer to \/modest\./)
    assert.strictEqual(greedy.received, "")
    greedy.close()
  })
})

describe("a request with a body", () => {
  it("is answered before the body has come, and ends the connection", async () => {
    const server = await start()
    const client = await server.client()
    const body = "x".repeat(500_000)
    client.send(`POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`)
    await requestsOf(server, 1)
    server.requests[0]?.answer()
    await client.ended
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n[\s\S]*answer to \/a\.$/)
  })
})

describe("a client that has ended its side", () => {
  it("gets its replies all the same", async () => {
    const server = await start()
    const client = await connect({ ...server.at, allowHalfOpen: true })
    const ended = once(client.socket, "end")
    client.socket.end(get("/a") + get("/b"))
    for (const [index, path] of ["/a", "/b"].entries()) {
      await requestsOf(server, index + 1)
      server.requests[index]?.answer()
      await client.until(new RegExp(`answer to ${path}\\.`))
    }
    await ended
    client.close()
  })

  it("gets 400 for half a head", async () => {
    const server = await start()
    const client = await connect({ ...server.at, allowHalfOpen: true })
    client.socket.end("GET / HTTP/1.1\r\nHo")
    await client.until(/^HTTP\/1\.1 400 Bad Request\r\n/)
    client.close()
  })
})

describe("a server with as many connections as it may have", () => {
  it("lets the one go that has never asked, then an idle one, and the working one last", async () => {
    const server = await start({ connections: 3 })
    const working = await server.client()
    working.send(get("/working"))
    await requestsOf(server, 1)
    const idle = await server.client()
    idle.send(get("/idle"))
    await requestsOf(server, 2)
    server.requests[1]?.answer()
    await idle.until(/answer to \/idle\./)
    const silent = await server.client()
    const ended: Array<string> = []
    const watch = (name: string, client: Client) => void client.ended.then(() => ended.push(name))
    watch("working", working)
    watch("idle", idle)
    watch("silent", silent)
    const clients: Array<Client> = []
    for (const [index, name] of ["silent", "idle"].entries()) {
      const client = await server.client()
      clients.push(client)
      client.send(get(`/${index}`))
      await requestsOf(server, 3 + index)
      await eventually(`the end of ${name}`, async () => ended.includes(name) || undefined)
      assert.deepStrictEqual(ended, ["silent", "idle"].slice(0, index + 1))
    }
    assert.match(
      server.lines[0] ?? "",
      /^http: more than 3 connections to the status port: closed the one from 127\.0\.0\.1:\d+$/
    )
    const last = await server.client()
    await eventually("the end of the oldest", async () => ended.includes("working") || undefined)
    for (const client of [...clients, last]) client.close()
  })
})

describe("what Node's parser takes for no plain request", () => {
  it.each([
    ["CONNECT localhost:80 HTTP/1.1\r\nHost: x\r\n\r\n", 405],
    ["GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400],
    ["NONSENSE / HTTP/1.1\r\nHost: x\r\n\r\n", 400],
    ["GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400]
  ])("%j is refused", async (text, status) => {
    const server = await start()
    const client = await server.client()
    client.send(text)
    await client.ended
    assert.match(client.received, new RegExp(`^HTTP/1\\.1 ${status} [\\s\\S]*Connection: close\\r\\n`))
    assert.strictEqual(server.requests.length, 0)
  })

  it("is a plain request where it asks for an upgrade", async () => {
    const server = await start()
    const client = await server.client()
    client.send(get("/a", "Connection: Upgrade\r\nUpgrade: websocket\r\n"))
    await requestsOf(server, 1)
    server.requests[0]?.answer()
    await client.until(/answer to \/a\./)
    client.close()
  })
})

describe("a head with bare LFs", () => {
  it("is answered, and nothing after it", async () => {
    const server = await start()
    const client = await server.client()
    client.send("GET /a HTTP/1.0\n\nGET /b HTTP/1.0\n\n")
    await requestsOf(server, 1)
    server.requests[0]?.answer()
    await client.ended
    assert.match(client.received, /^HTTP\/1\.1 200 OK\r\n[\s\S]*Connection: close\r\n[\s\S]*answer to \/a\.$/)
    await requestsOf(server, 1)
  })
})
