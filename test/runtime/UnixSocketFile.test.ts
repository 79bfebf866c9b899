/** A socket's file: stale ones are replaced, served and foreign ones are not, and only our own is removed. */
import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  writeFileSync
} from "node:fs"
import { createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { lockNow } from "../../src/runtime/FileLock.ts"
import { hasSocketFile, listenAt, removeSocketFile } from "../../src/runtime/UnixSocketFile.ts"

const root = mkdtempSync(join(tmpdir(), "gt-sock-"))
const servers = new Set<Server>()
afterAll(() => {
  for (const server of servers) server.close()
  rmSync(root, { recursive: true })
})

let directories = 0
const newDirectory = () => {
  const path = join(root, String(++directories))
  mkdirSync(path)
  return path
}

const bind = (path: string): Effect.Effect<Server, string> =>
  Effect.callback((resume) => {
    const server = createServer()
    server.once("error", (error) => resume(Effect.fail(error.message)))
    server.listen(path, () => {
      servers.add(server)
      resume(Effect.succeed(server))
    })
  })
const listen = (path: string) => listenAt(path, bind, (server) => server.close())

/** A socket's file that no process serves. */
const leave = Effect.fnUntraced(function* (path: string) {
  const server = yield* bind(`${path}-`)
  renameSync(`${path}-`, path)
  server.close()
  assert.isTrue(lstatSync(path).isSocket())
})

const codeOf = (path: string) =>
  Effect.map(Effect.flip(listen(path)), (why) => (typeof why === "string" ? why : `${why.code} ${why.at ?? ""}`.trim()))

describe("UnixSocketFile", () => {
  it.live("listens where nothing is, with nothing left beside", () =>
    Effect.gen(function* () {
      const directory = newDirectory()
      const path = join(directory, "s")
      const [, file] = yield* listen(path)
      assert.deepStrictEqual(readdirSync(directory), ["s"])
      assert.isTrue(lstatSync(path).isSocket())
      assert.isTrue(Result.isSuccess(removeSocketFile(file)))
      assert.deepStrictEqual(readdirSync(directory), [])
      assert.isTrue(Result.isSuccess(removeSocketFile(file)))
    })
  )

  it.live("takes the place of a stale socket", () =>
    Effect.gen(function* () {
      const path = join(newDirectory(), "s")
      yield* leave(path)
      const before = lstatSync(path).ino
      const [, file] = yield* listen(path)
      assert.notStrictEqual(file.inode, BigInt(before))
      assert.strictEqual(yield* codeOf(path), "EADDRINUSE")
    })
  )

  it.live("leaves alone what is served, what is no socket, what a link names, and what is another user's", () =>
    Effect.gen(function* () {
      const directory = newDirectory()
      const served = join(directory, "served")
      yield* bind(served)
      const file = join(directory, "file")
      writeFileSync(file, "kept")
      const stale = join(directory, "stale")
      yield* leave(stale)
      const link = join(directory, "link")
      symlinkSync(stale, link)
      const paths = [served, file, link, directory]
      if (process.geteuid?.() === 0) {
        const foreign = join(directory, "foreign")
        yield* leave(foreign)
        chownSync(foreign, 12_345, 12_345)
        paths.push(foreign)
      }
      for (const path of paths) {
        const before = lstatSync(path).ino
        assert.strictEqual(yield* codeOf(path), "EADDRINUSE", path)
        assert.strictEqual(lstatSync(path).ino, before)
      }
      assert.deepStrictEqual(
        readdirSync(directory).toSorted(),
        ["file", "link", "served", "stale", ...(paths.length === 5 ? ["foreign"] : [])].toSorted()
      )
    })
  )

  it.live("lets one of many have a stale socket's place", () =>
    Effect.gen(function* () {
      const directory = newDirectory()
      const path = join(directory, "s")
      yield* leave(path)
      const outcomes = yield* Effect.all(
        Array.from({ length: 16 }, () => Effect.result(listen(path))),
        { concurrency: "unbounded" }
      )
      const won = outcomes.filter(Result.isSuccess)
      assert.strictEqual(won.length, 1)
      assert.strictEqual(won[0]?.success[1].inode, lstatSync(path, { bigint: true }).ino)
      assert.deepStrictEqual(readdirSync(directory), ["s"])
    })
  )

  it.live("removes its own file only", () =>
    Effect.gen(function* () {
      const path = join(newDirectory(), "s")
      const [, first] = yield* listen(path)
      unlinkSync(path)
      const [, second] = yield* listen(path)
      removeSocketFile(first)
      assert.isTrue(existsSync(path))
      const held = lockNow(`${path}.lock`)
      removeSocketFile(second)
      assert.isTrue(existsSync(path), "somebody is looking at it")
      held?.release()
      removeSocketFile(second)
      assert.isFalse(existsSync(path))
    })
  )

  it.live("binds the longest path there is, and cleans up when it cannot", () =>
    Effect.gen(function* () {
      const directory = newDirectory()
      const deep = join(directory, "d".repeat(105 - Buffer.byteLength(directory) - 1))
      mkdirSync(deep)
      const path = join(deep, "s")
      assert.strictEqual(Buffer.byteLength(path), 107)
      const [, file] = yield* listen(path)
      assert.deepStrictEqual(readdirSync(deep), ["s"])
      removeSocketFile(file)
      const failing = listenAt(
        path,
        (temporary) => Effect.andThen(bind(temporary), Effect.fail("no more")),
        () => {}
      )
      assert.strictEqual(yield* Effect.flip(failing), "no more")
      assert.deepStrictEqual(readdirSync(deep), [])
    })
  )

  it.effect("names the file that is in the way", () =>
    Effect.gen(function* () {
      const directory = newDirectory()
      assert.strictEqual(yield* codeOf(join(directory, "missing", "s")), "ENOENT")
      const path = join(directory, "s")
      mkdirSync(`${path}.lock`)
      assert.match(yield* codeOf(path), new RegExp(`^E[A-Z]+ ${path}.lock$`))
    })
  )

  it.each(["@abstract", "", "/tmp/", "/tmp/.", "/tmp/..", ".", `/${"x".repeat(107)}`])(
    "has nothing to do with %j",
    (path) => assert.isFalse(hasSocketFile(path))
  )
  it.each(["s", "/run/.s", "a/..s", `/${"x".repeat(106)}`])("looks after %j", (path) =>
    assert.isTrue(hasSocketFile(path))
  )
})
