/** A UNIX socket that is put aside and taken back keeps its file, and takes it along in the end. */
import { once } from "node:events"
import fs, { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs"
import { syncBuiltinESMExports } from "node:module"
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
    socket.listen({ path, backlog: 8 }, { bound: () => resolve(), failed: never, acceptFailed: never })
  )
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
  it("removes the file when it is closed, put aside or not", async () => {
    const plain = await listening("plain")
    assert.isTrue(existsSync(plain.path))
    plain.end()
    assert.deepStrictEqual(plain.files(), [])

    const aside = await listening("aside")
    assert.isTrue(aside.socket.putAside(aside.path, duplicate))
    assert.deepStrictEqual(aside.files(), ["aside"])
    aside.end()
    assert.deepStrictEqual(aside.files(), [])
  })

  it("serves those who came while it was aside, keeps the file, and removes it in the end", async () => {
    const { accepted, end, files, knock, path, socket } = await listening("back")
    const clients: Array<Socket> = []
    for (const round of [1, 2]) {
      assert.isTrue(socket.putAside(path, duplicate))
      const { client, served } = await knock()
      clients.push(client)
      assert.strictEqual(accepted.length, round - 1)
      assert.deepStrictEqual(files(), ["back"])
      socket.takeBack(duplicate, never, never)
      await served()
      assert.deepStrictEqual(files(), ["back"])
    }
    end()
    assert.deepStrictEqual(files(), [])
    for (const client of clients) client.destroy()
  })

  it("knows when somebody else has bound the path while the file was missing", async () => {
    const { end, files, path, socket } = await listening("lost")
    const { linkSync } = fs
    fs.linkSync = (from, to) => {
      if (to === path) writeFileSync(path, "another's")
      linkSync(from, to)
    }
    syncBuiltinESMExports()
    try {
      assert.isTrue(socket.putAside(path, duplicate))
    } finally {
      fs.linkSync = linkSync
      syncBuiltinESMExports()
    }
    assert.isTrue(socket.lost)
    end()
    assert.deepStrictEqual(files(), ["lost"])
    rmSync(path)
  })

  it("does not remove what somebody else has put there after it was closed", async () => {
    const first = await listening("again")
    assert.isTrue(first.socket.putAside(first.path, duplicate))
    first.end()
    const second = await listening("again")
    first.end()
    assert.isTrue(existsSync(second.path))
    second.end()
  })
})
