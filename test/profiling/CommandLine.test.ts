import { assert, describe, it } from "@effect/vitest"
import fc from "fast-check"
import { redact } from "../../src/profiling/CommandLine.ts"

describe("the command line that is shown", () => {
  it.each([
    [["--storepass=geheim"], ["--storepass=xxxxx"]],
    [
      ["--storepass", "geheim", "--quiet=all"],
      ["--storepass", "xxxxx", "--quiet=all"]
    ],
    [["--pkcs11-pin=12=34"], ["--pkcs11-pin=xxxxx"]],
    [
      ["--pkcs11-pin", "1234"],
      ["--pkcs11-pin", "xxxxx"]
    ],
    [["--storepass="], ["--storepass=xxxxx"]],
    [["--storepass"], ["--storepass"]],
    [["--storepass=two\nlines"], ["--storepass=xxxxx"]],
    // The twins name files.
    [["--storepass-file=/run/pass"], ["--storepass-file=/run/pass"]],
    [
      ["--pkcs11-pin-file", "/run/pin"],
      ["--pkcs11-pin-file", "/run/pin"]
    ],
    [["--proxy=http://user:geheim@proxy:3128"], ["--proxy=http://user:xxxxx@proxy:3128"]],
    [
      ["--proxy", "socks5://user:ge@heim@proxy:1"],
      ["--proxy", "socks5://user:xxxxx@proxy:1"]
    ],
    [["--proxy=HTTP://user:a/b?c#d@proxy:1"], ["--proxy=HTTP://user:xxxxx@proxy:1"]],
    [["--metrics-url=https://:geheim@host/x"], ["--metrics-url=https://:xxxxx@host/x"]],
    // All of these are read as user and password.
    [["--metrics-url=http:///user:geheim@host/x"], ["--metrics-url=http:///user:xxxxx@host/x"]],
    [
      ["--metrics-url", "http://\\\t/user:geheim@host/x"],
      ["--metrics-url", "http://\\\t/user:xxxxx@host/x"]
    ],
    [["--metrics-url=http://us er:geheim@host/x"], ["--metrics-url=http://us er:xxxxx@host/x"]],
    [["--metrics-url=http://us\ter:geheim@host/x"], ["--metrics-url=http://us\ter:xxxxx@host/x"]],
    [
      ["--target-status=http://host:80/x", "--cn=a:b@c"],
      ["--target-status=http://host:80/x", "--cn=a:b@c"]
    ],
    [["http://user@host/"], ["http://user@host/"]]
  ])("%j", (given, shown) => {
    assert.deepStrictEqual(redact(["ghostunnel", ...given]), ["ghostunnel", ...shown])
  })

  it("never shows a password, in whatever spelling of its flag", () => {
    const secret = fc.stringMatching(/^[!-~]{6,20}$/).filter((text) => !text.startsWith("-") && !"xxxxx".includes(text))
    const spell = fc.constantFrom(
      (text: string) => [`--storepass=${text}`],
      (text: string) => ["--storepass", text],
      (text: string) => [`--pkcs11-pin=${text}`],
      (text: string) => ["--pkcs11-pin", text],
      (text: string) => [`--proxy=http://user:${text}@proxy:1`],
      (text: string) => ["--connect-proxy", `socks5h://user:${text}@proxy:1`]
    )
    fc.assert(
      fc.property(secret, spell, (text, words) => {
        const shown = redact(["server", ...words(text), "--quiet=all"])
        assert.notInclude(shown.join("\n").replaceAll("xxxxx", ""), text)
        assert.strictEqual(shown.length, words(text).length + 2)
      })
    )
  })
})
