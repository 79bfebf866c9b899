import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { lock, lockNow } from "../../src/runtime/FileLock.ts"
import { loadNative, Native } from "../../src/runtime/Native.ts"

const directory = mkdtempSync(join(tmpdir(), "gt-lock-"))
afterAll(() => rmSync(directory, { recursive: true }))
let paths = 0
const newPath = () => join(directory, `${++paths}.lock`)

const withoutFfi = Effect.runSync(Effect.provide(Native, Native.layerNull))

describe.each([
  ["flock", loadNative()],
  ["without FFI", withoutFfi]
])("FileLock by %s", (_, native) => {
  it.live("lets one in at a time, and leaves no file", () =>
    Effect.gen(function* () {
      const path = newPath()
      let inside = 0
      let entered = 0
      const enter = Effect.acquireUseRelease(
        lock(path, native),
        () =>
          Effect.gen(function* () {
            entered++
            assert.strictEqual(++inside, 1)
            yield* Effect.sleep(1)
            inside--
          }),
        (held) => Effect.sync(held.release)
      )
      yield* Effect.all(
        Array.from({ length: 20 }, () => enter),
        { concurrency: "unbounded" }
      )
      assert.strictEqual(entered, 20)
      assert.isFalse(existsSync(path))
    })
  )

  it("leaves another program's file alone, however old: databases keep theirs beside their sockets", () => {
    const path = newPath()
    writeFileSync(path, "4711\n")
    utimesSync(path, 0, 0)
    lockNow(path, native)?.release()
    lockNow(path, native)?.release()
    assert.strictEqual(readFileSync(path, "utf8"), "4711\n")
  })

  it("gives up soon where nothing else can go on", () => {
    const path = newPath()
    const held = lockNow(path, native)
    assert.isUndefined(lockNow(path, native))
    held?.release()
    lockNow(path, native)?.release()
    assert.isFalse(existsSync(path))
  })

  it.effect("reports why the lock cannot be taken", () =>
    Effect.gen(function* () {
      const missing = join(directory, "missing", "x.lock")
      assert.strictEqual((yield* Effect.flip(lock(missing, native))).code, "ENOENT")
      assert.isUndefined(lockNow(missing, native))
      const link = newPath()
      const target = newPath()
      symlinkSync(target, link)
      assert.isUndefined(lockNow(link, native))
      assert.isFalse(existsSync(target))
      const folder = newPath()
      mkdirSync(folder)
      assert.isUndefined(lockNow(folder, native))
    })
  )
})

describe("FileLock of a process that died", () => {
  it("flock ends with its process: a file that is left locks nothing", () => {
    const path = newPath()
    writeFileSync(path, "")
    if (loadNative().available) lockNow(path)?.release()
    else rmSync(path)
    assert.isFalse(existsSync(path))
  })

  it("without FFI the file is given up after seconds", () => {
    const path = newPath()
    writeFileSync(path, "")
    assert.isUndefined(lockNow(path, withoutFfi))
    const longAgo = new Date(Date.now() - 60_000)
    utimesSync(path, longAgo, longAgo)
    const held = lockNow(path, withoutFfi)
    assert.isDefined(held)
    held?.release()
    assert.notInclude(readdirSync(directory), path)
  })
})
