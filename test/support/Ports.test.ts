import { spawn } from "node:child_process"
import { once } from "node:events"
import { createServer } from "node:net"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "vitest"
import { bindable, freePort, releasePort } from "./Ports.ts"

const module = fileURLToPath(new URL("./Ports.ts", import.meta.url))
const grab = `
const { freePort } = await import(${JSON.stringify(module)})
const ports = []
for (let i = 0; i < 40; i++) ports.push(await freePort())
console.log(ports.join(" "))
process.stdin.resume()
process.stdin.on("end", () => process.exit(0))
`

/** Ports another process holds until `done` is called. */
const inAnotherProcess = async (): Promise<{ ports: ReadonlyArray<number>; done: () => Promise<unknown> }> => {
  const child = spawn(process.execPath, ["--input-type=module", "-e", grab], { stdio: ["pipe", "pipe", "inherit"] })
  const ended = once(child, "exit")
  const ports = await new Promise<string>((resolve) => child.stdout.setEncoding("utf8").once("data", resolve))
  const done = () => {
    child.stdin.end()
    return ended
  }
  return { ports: ports.trim().split(" ").map(Number), done }
}

describe("Ports", () => {
  it("never gives two processes the same port", async () => {
    const others = await Promise.all([inAnotherProcess(), inAnotherProcess(), inAnotherProcess()])
    const own = await Promise.all(Array.from({ length: 40 }, freePort))
    const everything = [...own, ...others.flatMap(({ ports }) => ports)]
    assert.strictEqual(everything.length, 160)
    assert.strictEqual(new Set(everything).size, 160)
    await Promise.all(others.map(({ done }) => done()))
    for (const port of own) releasePort(port)
  })

  it("sees listeners that share their port with others", async () => {
    const port = await freePort()
    assert.isTrue(await bindable(port))
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen({ port, host: "127.0.0.1", reusePort: true }, resolve)
    })
    assert.isFalse(await bindable(port))
    await new Promise((resolve) => {
      server.close(resolve)
    })
    releasePort(port)
  })
})
