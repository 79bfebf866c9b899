import { spawn } from "node:child_process"
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs"
import * as Net from "node:net"
import { networkInterfaces } from "node:os"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { BindError } from "../../src/transport/Transport.ts"
import { address, connect, exchange, request, startPort } from "./StatusPort.ts"

const fails = async (text: string): Promise<string> => {
  const outcome = await startPort({ address: address(text) }).then(
    async (port) => {
      await port.close()
      return "listening"
    },
    (error: unknown) => error
  )
  return outcome instanceof BindError ? outcome.message : String(outcome)
}

const occupied = (host: string): Promise<Net.Server> =>
  new Promise((resolve) => {
    const server = Net.createServer().listen(0, host, () => resolve(server))
  })

const portOf = (server: Net.Server): number => {
  const bound = server.address()
  return typeof bound === "object" && bound !== null ? bound.port : 0
}

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some((one) => one.address === "::1") === true)

describe("TCP", () => {
  it("binds the configured address", async () => {
    const table: ReadonlyArray<readonly [string, RegExp]> = [
      ["127.0.0.1:0", /^127\.0\.0\.1:\d+$/],
      ["localhost:0", /^127\.0\.0\.1:\d+$/],
      ["localhost:", /^127\.0\.0\.1:\d+$/],
      [":0", /^0\.0\.0\.0:\d+$/],
      ...(hasIpv6
        ? ([
            ["[::1]:0", /^\[::1\]:\d+$/],
            ["[::]:0", /^\[::\]:\d+$/]
          ] as const)
        : [])
    ]
    for (const [text, expected] of table) {
      const port = await startPort({ address: address(text) })
      assert.strictEqual(port.server.bound.network, "tcp")
      assert.match(port.server.bound.address, expected)
      if (text === ":0" || text === "[::]:0") {
        assert.match(await exchange({ host: "127.0.0.1", port: port.port }, request("GET /_metrics")), /\[\]$/)
      }
      if (text === ":0" && hasIpv6) {
        const refused = await connect({ host: "::1", port: port.port }).catch(
          (error: NodeJS.ErrnoException) => error.code
        )
        assert.strictEqual(refused, "ECONNREFUSED")
      }
      await port.close()
    }
  })

  it("shares its port with a second instance", async () => {
    const first = await startPort()
    const second = await startPort({ address: address(first.server.bound.address) })
    assert.strictEqual(second.port, first.port)
    await second.close()
    await first.close()
  })

  it("fails with Go's error text", async () => {
    const taken = await occupied("127.0.0.1")
    const port = portOf(taken)
    assert.strictEqual(await fails(`localhost:${port}`), `listen tcp 127.0.0.1:${port}: bind: address already in use`)
    taken.close()
    assert.strictEqual(await fails("192.0.2.1:80"), "listen tcp 192.0.2.1:80: bind: cannot assign requested address")
    assert.match(await fails("does-not-exist.invalid:1"), /^listen tcp: lookup does-not-exist\.invalid: /)
    assert.match(await fails("systemd:x"), /^listen systemd:x: /)
  })
})

describe("UNIX sockets", () => {
  it("come with the umask, go with the server, and are refused where a file is", async () => {
    const directory = mkdtempSync("/tmp/ghostunnel-listen-")
    const path = `${directory}/s`
    const umask = process.umask(0o022)
    const port = await startPort({ address: address(`unix:${path}`) })
    process.umask(umask)
    assert.deepStrictEqual(port.server.bound, { network: "unix", address: path })
    assert.strictEqual(statSync(path).mode & 0o777, 0o755)
    assert.match(await exchange({ path }, request("GET /_metrics")), /\[\]$/)
    await port.close()
    assert.isFalse(existsSync(path))
    writeFileSync(path, "")
    assert.strictEqual(await fails(`unix:${path}`), `listen unix ${path}: bind: address already in use`)
    assert.isTrue(existsSync(path))
    assert.strictEqual(
      await fails(`unix:${directory}/no/s`),
      `listen unix ${directory}/no/s: bind: no such file or directory`
    )
    rmSync(directory, { recursive: true })
  })

  it("can be abstract", async () => {
    const name = `ghostunnel-status-${process.pid}`
    const port = await startPort({ address: address(`unix:@${name}`) })
    assert.match(await exchange({ path: `\0${name}` }, request("GET /_metrics")), /\[\]$/)
    await port.close()
  })
})

describe("inherited descriptors", () => {
  it("are served, plain HTTP", async () => {
    for (const where of [{ port: 0, host: "127.0.0.1" }, { path: `\0ghostunnel-inherited-${process.pid}` }]) {
      const server = Net.createServer()
      await new Promise<void>((resolve) => server.listen(where, resolve))
      const to = "path" in where ? where : { host: "127.0.0.1", port: portOf(server) }
      const program = `${import.meta.dirname}/InheritedPort.ts`
      const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit", descriptor(server)] })
      server.close()
      const said = await new Promise<string>((resolve) => child.stdout?.once("data", (text) => resolve(String(text))))
      assert.strictEqual(said, `http ${"path" in where ? "unix" : "tcp"}\n`)
      assert.match(await exchange(to, request("GET /_metrics")), /\[\]$/)
      child.stdin?.end()
      assert.strictEqual(await new Promise((resolve) => child.once("exit", resolve)), 0)
    }
  })

  it("must be sockets", async () => {
    const outcome = await Effect.runPromise(
      Effect.result(Effect.tryPromise(() => startPort({ address: address("systemd:x"), inheritedFd: 9999 })))
    )
    assert.isTrue(Result.isFailure(outcome))
  })
})

/** The number of a listener's descriptor, as a service manager would hand it over. */
const descriptor = (server: Net.Server): number => {
  const handle: unknown = Reflect.get(server, "_handle")
  if (typeof handle === "object" && handle !== null && "fd" in handle && typeof handle.fd === "number") return handle.fd
  throw new Error("no descriptor")
}
