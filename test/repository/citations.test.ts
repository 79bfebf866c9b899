import { assert, describe, it } from "@effect/vitest"
import { exists, read, sources } from "./Files.ts"

interface Citation {
  readonly file: string
  readonly document: string
  readonly section: string
}

/** Documents that comments cite by section, as in `docs/compatibility/credentials.md, 1.3 and 1.5`. */
const pattern = /(docs\/compatibility\/[\w-]+\.md)((?:(?:,| and| to|, and) \d+(?:\.\d+)?)*)/g

const citationsIn = (file: string): ReadonlyArray<Citation> => {
  const text = read(file).replaceAll(/\s*\n\s*(?:\*|\/\/)\s?/g, " ")
  return [...text.matchAll(pattern)].flatMap(([, document = "", sections = ""]) => {
    const numbers = [...sections.matchAll(/\d+(?:\.\d+)?/g)].map(([number]) => number)
    return (numbers.length === 0 ? [""] : numbers).map((section) => ({ file, document, section }))
  })
}

const sectionsOf = (document: string): ReadonlySet<string> =>
  new Set([...read(document).matchAll(/^#+ (\d+(?:\.\d+)?)\.? /gm)].map(([, number = ""]) => number))

const files = ["src", "test", "bench"].flatMap((folder) => sources(folder).map((path) => `${folder}/${path}`))
const citations = files.filter((file) => !file.startsWith("test/repository/")).flatMap(citationsIn)

describe("citations of what we promise", () => {
  it("name documents and sections that exist", () => {
    assert.isAbove(citations.length, 100)
    assert.deepStrictEqual(
      citations.filter(
        ({ document, section }) => !exists(document) || (section !== "" && !sectionsOf(document).has(section))
      ),
      []
    )
  })

  it("cite those documents and nothing else", () => {
    assert.deepStrictEqual(
      files.filter(
        (file) =>
          !file.startsWith("test/repository/") &&
          /\(contract[:,]|contract: (command|status|credentials)/.test(read(file))
      ),
      []
    )
  })
})
