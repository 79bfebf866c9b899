import { closeSync, openSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { loadFfi } from "../../../src/runtime/native/Ffi.ts"
import { Constant, loadLibC, offHeap } from "../../../src/runtime/native/LibC.ts"

describe("libc by FFI", () => {
  it("is there where Node has FFI, on Linux", () => {
    const expected = loadFfi() !== undefined && process.platform === "linux"
    assert.strictEqual(loadLibC() !== undefined, expected)
  })

  it("says why a call failed", () => {
    const libc = loadLibC()
    assert.isDefined(libc)
    assert.strictEqual(libc?.fcntl(9_999, Constant.F_GETFD, 0n), -1)
    assert.strictEqual(libc?.errno(), Constant.EBADF)
  })

  it("works on this process's own descriptors", () => {
    const libc = loadLibC()
    const fd = openSync("/dev/null", "r")
    assert.strictEqual(libc?.fcntl(fd, Constant.F_GETFD, 0n), Constant.FD_CLOEXEC)
    closeSync(fd)
    assert.strictEqual(libc?.fcntl(fd, Constant.F_GETFD, 0n), -1)
  })

  it("gives memory that is zero", () => {
    assert.isTrue(offHeap(64).every((byte) => byte === 0))
  })
})

describe("node:ffi", () => {
  it("is loaded without its warning, and other warnings still pass", async () => {
    const seen: Array<string> = []
    const listener = ({ message }: Error) => seen.push(message)
    process.on("warning", listener)
    loadFfi()
    process.emitWarning("still heard")
    await new Promise((resolve) => setImmediate(resolve))
    process.off("warning", listener)
    assert.deepStrictEqual(seen, ["still heard"])
  })
})
