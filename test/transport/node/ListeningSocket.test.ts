/** A UNIX socket that is put aside and taken back leaves its file alone: that belongs to who has renamed it. */
import { once } from "node:events"
import { mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs"
import { connect, type Socket } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { loadNative } from "../../../src/runtime/Native.ts"
import { ListeningSocket } from "../../../src/transport/node/ListeningSocket.ts"
import { eventually } from "../../support/Changes.ts"

const directory = mkdtempSync(join(tmpdir(), "gt-listening-"))
afterAll(() => rmSync(directory, { recursive: true }))

const native = loadNative()
const duplicate = (fd: number): number | undefined => Result.getOrUndefined(native.duplicate(fd))
const never = (error?: Error) => assert.fail(`failed: ${error?.message}`)

/** One that listens on a path of its own. */
const listening = async (name: string) => {
  const path = join(directory, name)
  const accepted: Array<Socket> = []
  const socket = new ListeningSocket(8, (each) => accepted.push(each.on("error", () => {})))
  await new Promise<void>((resolve) =>
    socket.listen({ path: `${path}.new`, backlog: 8 }, { bound: () => resolve(), failed: never, acceptFailed: never })
  )
  renameSync(`${path}.new`, path)
  const files = () => readdirSync(directory).filter((file) => file.startsWith(name))
  /** How a client is received. */
  const knock = async () => {
    const before = accepted.length
    const client = connect(path)
    await once(client, "connect")
    client.on("error", () => {})
    return { client, served: () => eventually("its turn", async () => accepted.length > before || undefined) }
  }
  const end = () => {
    socket.close()
    for (const each of accepted) each.destroy()
  }
  return { socket, path, accepted, files, knock, end }
}

describe("a listening socket with a file", () => {
  it("leaves the file when it is closed, put aside or not", async () => {
    const plain = await listening("plain")
    plain.end()
    assert.deepStrictEqual(plain.files(), ["plain"])

    const aside = await listening("aside")
    assert.isTrue(aside.socket.putAside(duplicate))
    aside.end()
    assert.deepStrictEqual(aside.files(), ["aside"])
  })

  it("serves those who came while it was aside, and keeps the file", async () => {
    const { accepted, end, files, knock, socket } = await listening("back")
    const clients: Array<Socket> = []
    for (const round of [1, 2]) {
      assert.isTrue(socket.putAside(duplicate))
      const { client, served } = await knock()
      clients.push(client)
      assert.strictEqual(accepted.length, round - 1)
      socket.takeBack(duplicate, never, never, true)
      await served()
      assert.deepStrictEqual(files(), ["back"])
    }
    end()
    for (const client of clients) client.destroy()
  })
})
