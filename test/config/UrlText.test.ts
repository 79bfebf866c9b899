import { assert, describe, it } from "@effect/vitest"
import * as fc from "fast-check"
import { basicAuth, hostOf, redacted } from "../../src/config/UrlText.ts"

describe("redacted", () => {
  it.each([
    ["http://h/p?x=1", "http://h/p?x=1"],
    ["http://u@h:80/", "http://u@h:80/"],
    ["http://u:pw@h:80/x?y=1#z", "http://u:***@h:80/x?y=1#z"],
    ["https://u:p%40w@[::1]:8/", "https://u:***@[::1]:8/"],
    ["http://:pw@h", "http://:***@h"],
    ["http://u:a@b@h/", "http://u:***@h/"],
    ["http://u@x:pw@h/", "http://u@x:***@h/"],
    ["http:///u:pw@h/", "http:///u:***@h/"],
    ["http:u:pw@h/", "http:u:***@h/"],
    [" http://u:pw@h/", "http://u:***@h/"],
    ["http://h:1/a@b", "http://h:1/a@b"],
    ["http://u:pw@h:99999/", "http://***@h:99999/"],
    ["//u:pw@h/", "//***@h/"],
    ["/plain", "/plain"]
  ])("%s", (text, shown) => {
    assert.strictEqual(redacted(text), shown)
  })

  it("never shows the password", () => {
    const part = fc.stringMatching(/^[ -~]{1,12}$/)
    void fc.assert(
      fc.property(part, part, (user, secret) => {
        const password = `sEcReT${secret.replace(/[/?#\\]/g, "")}`
        assert.notInclude(redacted(`http://${user.replace(/[/?#\\]/g, "")}:${password}@host:8080/path`), "sEcReT")
      })
    )
  })
})

describe("hostOf", () => {
  it.each([
    ["http://h", "h"],
    ["http://h:80/", "h:80"],
    ["https://u:a@b@H:443?x", "H:443"],
    ["http://[::1]:8/", "[::1]:8"]
  ])("%s", (text, host) => {
    assert.strictEqual(hostOf(text, new URL(text)), host)
  })
})

describe("basicAuth", () => {
  it("decodes user and password, as far as they are encoded", () => {
    const of = (text: string) => basicAuth(new URL(text))?.replace("Basic ", "")
    const base64 = (text: string) => Buffer.from(text).toString("base64")
    assert.strictEqual(of("http://h"), undefined)
    assert.strictEqual(of("http://user:pw@h"), "dXNlcjpwdw==")
    assert.strictEqual(of("http://u@h"), base64("u:"))
    assert.strictEqual(of("http://u:a%3Ab%25@h"), base64("u:a:b%"))
    assert.strictEqual(of("http://u:100%@h"), base64("u:100%"))
  })
})
