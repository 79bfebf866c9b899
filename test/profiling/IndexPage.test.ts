import { assert, describe, it } from "@effect/vitest"
import { indexPage } from "../../src/profiling/IndexPage.ts"

describe("the index page", () => {
  const page = indexPage(
    new Map([
      ["goroutine", 12],
      ["threadcreate", 3]
    ])
  )

  it("links every profile in the order of the Go program, with its count", () => {
    const rows = [...page.matchAll(/<tr><td>(\d+)<\/td><td><a href="(\w+)\?debug=1">(\w+)<\/a>/g)]
    const names = [
      "allocs",
      "block",
      "cmdline",
      "goroutine",
      "heap",
      "mutex",
      "profile",
      "symbol",
      "threadcreate",
      "trace"
    ]
    assert.deepStrictEqual(
      rows.map(([, , link]) => link),
      names
    )
    assert.deepStrictEqual(
      rows.map(([, , , name]) => name),
      names
    )
    assert.deepStrictEqual(
      rows.map(([, count]) => count),
      ["0", "0", "0", "12", "0", "0", "0", "0", "3", "0"]
    )
    for (const name of names) assert.include(page, `<b>${name}:</b>`)
  })

  it("has the Go program's title and the link to all fibers", () => {
    assert.include(page, "<title>/debug/pprof/</title>")
    assert.include(page, '<a href="goroutine?debug=2">')
  })
})
