import { assert, describe, it } from "@effect/vitest"
import { type Found, findAddresses, type Resolver, sharing } from "../../src/transport/NameLookup.ts"

const address = (text: string) => ({ address: text, family: 4 }) as const

/** A resolver that answers when told to. */
const patient = () => {
  const asked: Array<{ readonly host: string; readonly found: Found }> = []
  const resolver: Resolver = (host, found) => void asked.push({ host, found })
  return { asked, resolver }
}

describe("look-ups of names", () => {
  it("are shared by all who ask meanwhile, and made anew for those who come later", () => {
    const { asked, resolver } = patient()
    const find = sharing(resolver)
    const told: Array<string> = []
    const teller =
      (who: string): Found =>
      (failure, addresses) =>
        told.push(`${who} ${failure?.code ?? addresses.map((each) => each.address)}`)
    find("a.test", teller("first"))
    find("a.test", teller("second"))
    find("b.test", teller("other"))
    assert.deepStrictEqual(
      asked.map(({ host }) => host),
      ["a.test", "b.test"]
    )
    asked[0]?.found(undefined, [address("192.0.2.1"), address("192.0.2.2")])
    assert.deepStrictEqual(told, ["first 192.0.2.1,192.0.2.2", "second 192.0.2.1,192.0.2.2"])
    find("a.test", teller("third"))
    asked[2]?.found({ code: "ENOTFOUND" }, [])
    asked[1]?.found({ code: "EAI_AGAIN" }, [])
    assert.deepStrictEqual(told.slice(2), ["third ENOTFOUND", "other EAI_AGAIN"])
  })

  it("may ask again from within an answer", () => {
    const { asked, resolver } = patient()
    const find = sharing(resolver)
    let answers = 0
    find("a.test", () => find("a.test", () => answers++))
    asked[0]?.found(undefined, [])
    assert.strictEqual(asked.length, 2)
    asked[1]?.found(undefined, [])
    assert.strictEqual(answers, 1)
  })

  it("find this machine", async () => {
    const addresses = await new Promise<ReadonlyArray<string>>((resolve) =>
      findAddresses("localhost", (_failure, found) => resolve(found.map((each) => each.address)))
    )
    assert.includeMembers(["127.0.0.1", "::1"], [...addresses])
    assert.isNotEmpty(addresses)
  })
})
