import { assert, describe, it } from "@effect/vitest"
import { RemoteNames } from "../../src/proxy/RemoteNames.ts"

const addresses = [{ address: "192.0.2.1", family: 4 }]

/** Names, what was asked of the main thread, and what the callers were answered. */
const asking = () => {
  const asked: Array<string> = []
  const answered: Array<string> = []
  const names = new RemoteNames(({ host }) => void asked.push(host))
  const find = (host: string, caller: string) =>
    names.find(host, (failure, found) =>
      answered.push(`${caller} ${failure?.code ?? found.map(({ address }) => address).join()}`)
    )
  return { answered, asked, find, names }
}

describe("look-ups that the main thread makes", () => {
  it("are told apart by their names", () => {
    const { answered, asked, find, names } = asking()
    find("a.test", "one")
    find("b.test", "two")
    assert.deepStrictEqual(asked, ["a.test", "b.test"])
    names.found({ _tag: "Found", host: "b.test", failure: undefined, addresses })
    assert.deepStrictEqual(answered, ["two 192.0.2.1"])
    names.found({ _tag: "Found", host: "a.test", failure: { code: "ENOTFOUND" }, addresses: [] })
    assert.deepStrictEqual(answered, ["two 192.0.2.1", "one ENOTFOUND"])
  })

  it("give addresses to all who wait, and each failure to one of them", () => {
    const { answered, find, names } = asking()
    for (const caller of ["one", "two", "three"]) find("a.test", caller)
    names.found({ _tag: "Found", host: "a.test", failure: { code: "EAI_AGAIN" }, addresses: [] })
    assert.deepStrictEqual(answered, ["one EAI_AGAIN"])
    names.found({ _tag: "Found", host: "a.test", failure: undefined, addresses })
    assert.deepStrictEqual(answered.slice(1), ["two 192.0.2.1", "three 192.0.2.1"])
    names.found({ _tag: "Found", host: "a.test", failure: undefined, addresses })
    assert.strictEqual(answered.length, 3)
  })
})
