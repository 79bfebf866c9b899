import { execFileSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { decryptRc2 } from "../../../src/credentials/sealed/Rc2.ts"

const bytes = (hex: string) => Buffer.from(hex, "hex")

/** RFC 2268, section 5: key, effective bits, plaintext, ciphertext of one block. */
const vectors = [
  ["0000000000000000", 63, "0000000000000000", "ebb773f993278eff"],
  ["ffffffffffffffff", 64, "ffffffffffffffff", "278b27e42e2f0d49"],
  ["3000000000000000", 64, "1000000000000001", "30649edf9be7d2c2"],
  ["88", 64, "0000000000000000", "61a8a244adacccf0"],
  ["88bca90e90875a", 64, "0000000000000000", "6ccf4308974c267f"],
  ["88bca90e90875a7f0f79c384627bafb2", 64, "0000000000000000", "1a807d272bbe5db1"],
  ["88bca90e90875a7f0f79c384627bafb2", 128, "0000000000000000", "2269552ab0f85ca6"],
  ["88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e", 129, "0000000000000000", "5b78d3a43dfff1f1"]
] as const

/** A vector's block is XORed with an initialization vector that turns its plaintext into one block of padding. */
const asPadding = (plain: string) => bytes(plain).map((byte) => byte ^ 8)

describe("Rc2", () => {
  it.each(vectors)("decrypts with key %s and %i bits as RFC 2268 says", (key, bits, plain, cipher) => {
    assert.deepStrictEqual(decryptRc2(bytes(key), bits, asPadding(plain), bytes(cipher)), Buffer.alloc(0))
  })

  it("decrypts chained blocks as openssl encrypts them", () => {
    const key = "00112233445566778899aabbccddeeff"
    const iv = "0123456789abcdef"
    for (const length of [0, 1, 7, 8, 9, 100]) {
      const text = Buffer.from("a text that is long enough for several blocks ".repeat(3)).subarray(0, length)
      const words = ["enc", "-rc2-cbc", "-provider", "legacy", "-provider", "default", "-K", key, "-iv", iv]
      const sealed = execFileSync("openssl", words, { input: text })
      assert.deepStrictEqual(decryptRc2(bytes(key), 128, bytes(iv), sealed), text)
    }
  })

  it("never throws", () => {
    const block = fc.uint8Array({ minLength: 8, maxLength: 8 })
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 5, maxLength: 16 }),
        block,
        fc.uint8Array({ maxLength: 40 }),
        (...args) => {
          const [key, iv, data] = args
          const opened = decryptRc2(key, 8 * key.length, iv, data)
          if (opened !== undefined) assert.isTrue(data.length % 8 === 0 && opened.length < data.length)
        }
      )
    )
  })
})
