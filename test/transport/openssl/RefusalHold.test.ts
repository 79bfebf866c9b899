import { once } from "node:events"
import { readdirSync } from "node:fs"
import { connect, createServer, type Socket } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { descriptorOf } from "../../../src/transport/node/Internals.ts"
import { loadOpenSsl } from "../../../src/transport/openssl/OpenSsl.ts"
import { RefusalHold } from "../../../src/transport/openssl/RefusalHold.ts"
import { eventually } from "../../support/Changes.ts"

const descriptors = (): number => readdirSync("/proc/self/fd").length

/** Accepted connections, and their clients' ends. */
const pairs = async (count: number) => {
  const accepted: Array<Socket> = []
  const server = createServer((socket) => void accepted.push(socket.on("error", () => {})))
  await once(server.listen(0, "127.0.0.1"), "listening")
  const address = server.address()
  const port = typeof address === "object" && address !== null ? address.port : 0
  const clients = Array.from({ length: count }, () => connect(port, "127.0.0.1").on("error", () => {}))
  await eventually("all connections", async () => (accepted.length === count ? accepted : undefined))
  server.close()
  return { accepted, clients }
}

describe("the hold of refusals", () => {
  const make = () => {
    const openSsl = loadOpenSsl()
    assert.isDefined(openSsl)
    return openSsl === undefined ? undefined : new RefusalHold(openSsl)
  }

  it("keeps at most sixteen connections open, sends what waits, and gives every descriptor back", async () => {
    const hold = make()
    const { accepted, clients } = await pairs(20)
    const before = descriptors()
    for (const socket of accepted) hold?.hold(descriptorOf(socket) ?? -1)
    assert.strictEqual(hold?.held, 16)
    assert.strictEqual(descriptors(), before + 16)
    const [held] = accepted
    const [client] = clients
    held?.end("alert")
    assert.strictEqual(String(await (client === undefined ? "" : once(client, "data"))), "alert")
    await eventually("that nothing is held", async () => (hold?.held === 0 ? true : undefined))
    for (const socket of [...accepted, ...clients]) socket.destroy()
    await eventually("that descriptors are back", async () => (descriptors() <= before - 40 ? true : undefined))
  })

  it("lets go of everything at once when its owner ends", async () => {
    const hold = make()
    const { accepted, clients } = await pairs(3)
    const before = descriptors()
    for (const socket of accepted) hold?.hold(descriptorOf(socket) ?? -1)
    hold?.releaseAll()
    assert.strictEqual(hold?.held, 0)
    assert.strictEqual(descriptors(), before)
    for (const socket of [...accepted, ...clients]) socket.destroy()
  })

  it("leaves alone what is no connection", () => {
    const hold = make()
    hold?.hold(-1)
    hold?.hold(9_999)
    assert.strictEqual(hold?.held, 0)
  })
})
