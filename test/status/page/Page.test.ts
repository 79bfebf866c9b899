import { createHash } from "node:crypto"
import { assert, describe, it } from "@effect/vitest"
import { parseAst } from "rolldown/parseAst"
import { page, policy } from "../../../src/status/page/Page.ts"

const inside = (name: string): ReadonlyArray<string> =>
  [...page.matchAll(new RegExp(`<${name}>([\\s\\S]*?)</${name}>`, "g"))].map(([, text = ""]) => text)

const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`

describe("the page", () => {
  it.each([
    ["script", "script-src"],
    ["style", "style-src"]
  ])("has one %s, the very one its policy allows", (name, directive) => {
    const [text = "", ...others] = inside(name)
    assert.deepStrictEqual(others, [])
    assert.include(policy.split("; "), `${directive} ${hashOf(text)}`)
  })

  it("allows nothing else", () => {
    assert.deepStrictEqual(
      policy.split("; ").filter((directive) => !/^(script|style)-src 'sha256-[A-Za-z0-9+/]{43}='$/.test(directive)),
      [
        "default-src 'none'",
        "connect-src 'self'",
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'"
      ]
    )
  })

  it("asks for nothing from elsewhere", () => {
    const links = [...page.matchAll(/(?:src|href|action|srcset)="([^"]*)"/g)].map(([, link = ""]) => link)
    assert.deepStrictEqual(
      links.filter((link) => !link.startsWith("data:")),
      ["_status"]
    )
    assert.notMatch(page, /@import|url\(/)
  })

  it("has no code or style in attributes, which its policy would refuse", () => {
    assert.notMatch(page.replace(/<(script|style)>[\s\S]*?<\/\1>/g, ""), /\s(style|on\w+)=/)
  })

  it("has a script that parses, and makes no markup or code from text", () => {
    const [script = ""] = inside("script")
    assert.isNotEmpty(parseAst(script, { lang: "js" }).body)
    assert.notMatch(script, /innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|setAttribute\("on/)
  })

  it("names every element that its script looks for, once", () => {
    const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id = ""]) => id)
    assert.deepStrictEqual(
      ids.filter((id, index) => ids.indexOf(id) !== index),
      []
    )
    const [script = ""] = inside("script")
    const sought = [...script.matchAll(/\b(?:byId|say|fill)\(\s*"([^"]+)"/g)].map(([, id = ""]) => id)
    assert.isAbove(sought.length, 20)
    assert.deepStrictEqual(
      sought.filter((id) => !ids.includes(id)),
      []
    )
  })
})
