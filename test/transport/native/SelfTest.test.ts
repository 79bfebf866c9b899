import { assert, describe, it } from "@effect/vitest"
import { selfTest } from "../../../src/transport/native/SelfTest.ts"
import { chooseTransport } from "../../../src/transport/TransportChoice.ts"

const supported = process.platform === "linux" && (process.arch === "x64" || process.arch === "arm64")

describe("the self-test", () => {
  it.runIf(supported)("passes where the transport is meant to run, again and again", () => {
    for (let i = 0; i < 20; i++) assert.isUndefined(selfTest())
  })

  if (!supported) it("fails elsewhere, in words", () => assert.isString(selfTest()))
})

describe("choosing a transport", () => {
  it("takes the one that was asked for", async () => {
    assert.deepStrictEqual(await chooseTransport("node"), { name: "node", instead: undefined })
    if (supported) assert.deepStrictEqual(await chooseTransport("native"), { name: "native", instead: undefined })
  })

  it("prefers the native one where it has been run", async () => {
    const run = process.platform === "linux" && process.arch === "x64"
    assert.deepStrictEqual(await chooseTransport("auto"), { name: run ? "native" : "node", instead: undefined })
  })

  it("falls back to Node's, and says why, where OpenSSL is not the one Node says it is", async () => {
    const { openssl } = process.versions
    Object.defineProperty(process.versions, "openssl", { value: "9.9.9", configurable: true })
    try {
      const { instead, name } = await chooseTransport("native")
      assert.strictEqual(name, "node")
      assert.isString(instead)
    } finally {
      Object.defineProperty(process.versions, "openssl", { value: openssl, configurable: true })
    }
  })
})
