/** Negotiations with proxies that are not ours (docs/compatibility/command-line.md, 8.5): microsocks and tinyproxy. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import { once } from "node:events"
import { mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { connect, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Result } from "effect"
import { afterAll, beforeAll, describe, expect, it } from "vitest"
import { httpConnect } from "../../src/transport/HttpConnect.ts"
import { socks5 } from "../../src/transport/Socks5.ts"
import { parseProxyUrl } from "../../src/transport/UpstreamProxy.ts"
import { eventually } from "../support/Changes.ts"
import { freePort, releasePort } from "../support/Ports.ts"

const installed = (program: string, word: string) => spawnSync(program, [word]).error === undefined
const microsocks = installed("microsocks", "-h")
const tinyproxy = installed("tinyproxy", "-v")
const skipped = (available: boolean, program: string) => (available ? "" : ` (skipped: ${program} is not installed)`)

/** A backend that greets before it is spoken to, so that its first bytes may come along with the proxy's answer. */
const greeting = "greeting\n"
const directory = mkdtempSync(join(tmpdir(), "ghostunnel-upstream-"))
const ports: Array<number> = []
const children: Array<ChildProcess> = []
let backend: Server
let backendPort = 0

const takePort = async () => {
  const port = await freePort()
  ports.push(port)
  return port
}

beforeAll(async () => {
  backendPort = await takePort()
  backend = createServer((socket) => {
    socket.write(greeting)
    socket.on("error", () => {}).pipe(socket)
  })
  backend.listen(backendPort, "127.0.0.1")
  await once(backend, "listening")
})
afterAll(async () => {
  for (const child of children) {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue
    child.kill()
    await once(child, "exit")
  }
  backend.close()
  ports.forEach(releasePort)
  rmSync(directory, { recursive: true, force: true })
})

const start = async (port: number, program: string, ...words: ReadonlyArray<string>): Promise<void> => {
  children.push(spawn(program, words, { stdio: "ignore" }))
  await eventually(`${program} to listen on ${port}`, async () => {
    const socket = connect(port, "127.0.0.1")
    const open = await once(socket, "connect").then(
      () => true,
      () => undefined
    )
    socket.destroy()
    return open
  })
}

/** Negotiates, says `hello` through the tunnel and ends: what came back, or why it failed. */
const through = (url: string, host = "127.0.0.1", port = backendPort): Promise<string> => {
  const proxy = Result.getOrThrow(parseProxyUrl(url))
  const target = { _tag: "Tcp" as const, text: "", host, port }
  const negotiation = Result.getOrThrow(
    proxy.scheme === "http" ? httpConnect(target, proxy.credentials) : socks5(target, proxy.address, proxy.credentials)
  )
  return new Promise((resolve, reject) => {
    const socket = connect(proxy.address.port, proxy.address.host, () => socket.write(negotiation.start()))
    let text: string | undefined
    const take = (bytes: Uint8Array) => {
      text += Buffer.from(bytes).toString()
      if (text === `${greeting}hello`) socket.end()
    }
    socket.on("data", (chunk: Buffer) => {
      if (text !== undefined) return take(chunk)
      const step = negotiation.receive(chunk)
      if (step._tag === "Failed") {
        socket.destroy()
        return resolve(step.message)
      }
      socket.write(step.send)
      if (step._tag === "NeedMore") return
      text = ""
      socket.write("hello")
      take(step.surplus)
    })
    socket.on("error", reject).on("close", () => resolve(text ?? negotiation.interrupted("EOF")))
  })
}

describe.skipIf(!microsocks)(`SOCKS5 with microsocks${skipped(microsocks, "microsocks")}`, () => {
  let open = 0
  let guarded = 0
  let nobody = 0

  beforeAll(async () => {
    open = await takePort()
    guarded = await takePort()
    nobody = await takePort()
    await start(open, "microsocks", "-i", "127.0.0.1", "-p", `${open}`)
    await start(guarded, "microsocks", "-i", "127.0.0.1", "-p", `${guarded}`, "-u", "user", "-P", "p@ss")
  })

  it.each(["127.0.0.1", "localhost", "::ffff:127.0.0.1"])("reaches %s", async (host) => {
    expect(await through(`socks5://127.0.0.1:${open}`, host)).toBe(`${greeting}hello`)
  })
  it("shows a password", async () => {
    expect(await through(`socks5h://user:p%40ss@127.0.0.1:${guarded}`)).toBe(`${greeting}hello`)
  })
  it("is refused with a wrong password, and without one", async () => {
    const prefix = `socks connect tcp 127.0.0.1:${guarded}->127.0.0.1:${backendPort}: `
    expect(await through(`socks5://user:wrong@127.0.0.1:${guarded}`)).toBe(
      `${prefix}username/password authentication failed`
    )
    expect(await through(`socks5://127.0.0.1:${guarded}`)).toBe(`${prefix}no acceptable authentication methods`)
  })
  it("learns that nobody listens", async () => {
    expect(await through(`socks5://127.0.0.1:${open}`, "127.0.0.1", nobody)).toBe(
      `socks connect tcp 127.0.0.1:${open}->127.0.0.1:${nobody}: unknown error connection refused`
    )
  })
})

describe.skipIf(!tinyproxy)(`HTTP CONNECT with tinyproxy${skipped(tinyproxy, "tinyproxy")}`, () => {
  let guarded = 0
  let nobody = 0

  beforeAll(async () => {
    guarded = await takePort()
    nobody = await takePort()
    const file = join(directory, "tinyproxy.conf")
    writeFileSync(
      file,
      `Port ${guarded}\nListen 127.0.0.1\nAllow 127.0.0.1\nBasicAuth user pass.word\nMaxClients 20\nTimeout 60\nLogFile "${join(directory, "log")}"\n`
    )
    await start(guarded, "tinyproxy", "-d", "-c", file)
  })

  it.each(["127.0.0.1", "localhost"])("reaches %s", async (host) => {
    expect(await through(`http://user:pass%2Eword@127.0.0.1:${guarded}`, host)).toBe(`${greeting}hello`)
  })
  it.each(["", "user:wrong@"])("is refused with the credentials %j", async (login) => {
    expect(await through(`http://${login}127.0.0.1:${guarded}`)).toMatch(
      /^http_tunnel: failed proxying (407: 407 Proxy Authentication Required|401: 401 Unauthorized)$/
    )
  })
  it("learns that nobody listens", async () => {
    expect(await through(`http://user:pass%2Eword@127.0.0.1:${guarded}`, "127.0.0.1", nobody)).toMatch(
      /^http_tunnel: failed proxying 5\d\d: 5\d\d /
    )
  })
})
