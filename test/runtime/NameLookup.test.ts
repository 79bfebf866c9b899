import type { LookupAddress, LookupOptions } from "node:dns"
import { assert, describe, it } from "@effect/vitest"
import { type Found, findAddresses, type Resolver, sharing, socketLookup } from "../../src/runtime/NameLookup.ts"

const address = (text: string) => ({ address: text, family: 4 }) as const

/** A resolver that answers when told to, the askers' clock in milliseconds, and what they were told. */
const patient = () => {
  const asked: Array<{ readonly host: string; readonly found: Found }> = []
  const resolver: Resolver = (host, found) => void asked.push({ host, found })
  const clock = { now: 0 }
  const told: Array<string> = []
  const shared = sharing(resolver, () => clock.now)
  const find = (host: string, who: string) =>
    shared(host, (failure, addresses) => told.push(`${who} ${failure?.code ?? addresses.map((each) => each.address)}`))
  return { asked, clock, find, shared, told }
}

describe("look-ups of names", () => {
  it("are shared by all who ask meanwhile, and made anew for those who come later", () => {
    const { asked, find, told } = patient()
    find("a.test", "first")
    find("a.test", "second")
    find("b.test", "other")
    assert.deepStrictEqual(
      asked.map(({ host }) => host),
      ["a.test", "b.test"]
    )
    asked[0]?.found(undefined, [address("192.0.2.1"), address("192.0.2.2")])
    assert.deepStrictEqual(told, ["first 192.0.2.1,192.0.2.2", "second 192.0.2.1,192.0.2.2"])
    find("a.test", "third")
    asked[2]?.found({ code: "ENOTFOUND" }, [])
    asked[1]?.found({ code: "EAI_AGAIN" }, [])
    assert.deepStrictEqual(told.slice(2), ["third ENOTFOUND", "other EAI_AGAIN"])
  })

  it("are made a second time by those who come when the first takes long, and never a third time at once", () => {
    const { asked, clock, find, told } = patient()
    find("a.test", "first")
    clock.now = 999
    find("a.test", "second")
    assert.strictEqual(asked.length, 1)
    clock.now = 1_000
    find("a.test", "third")
    assert.strictEqual(asked.length, 2)
    clock.now = 60_000
    find("a.test", "fourth")
    assert.strictEqual(asked.length, 2)
    // Addresses are everybody's, whoever's question they answer.
    asked[1]?.found(undefined, [address("192.0.2.1")])
    assert.deepStrictEqual(
      told,
      ["first", "second", "third", "fourth"].map((who) => `${who} 192.0.2.1`)
    )
    // The first one is still under way and as old as it is.
    find("a.test", "fifth")
    assert.strictEqual(asked.length, 3)
    asked[0]?.found({ code: "EAI_AGAIN" }, [])
    assert.strictEqual(told.length, 4)
    asked[2]?.found(undefined, [address("192.0.2.2")])
    assert.deepStrictEqual(told.slice(4), ["fifth 192.0.2.2"])
  })

  it("fail for those alone who waited for the one that failed", () => {
    const { asked, clock, find, told } = patient()
    find("a.test", "first")
    clock.now = 5_000
    find("a.test", "second")
    asked[0]?.found({ code: "EAI_AGAIN" }, [])
    assert.deepStrictEqual(told, ["first EAI_AGAIN"])
    asked[1]?.found({ code: "ENOTFOUND" }, [])
    assert.deepStrictEqual(told.slice(1), ["second ENOTFOUND"])
    find("a.test", "third")
    assert.strictEqual(asked.length, 3)
  })

  it("may be asked for again from within an answer", () => {
    const { asked, shared } = patient()
    let answers = 0
    shared("a.test", () => shared("a.test", () => answers++))
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

describe("the look-up of a socket", () => {
  const both = [address("192.0.2.1"), { address: "2001:db8::1", family: 6 }]
  const answers: Readonly<Record<string, Parameters<Found>>> = {
    "found.test": [undefined, both],
    "empty.test": [undefined, []],
    "failed.test": [{ code: "EAI_AGAIN" }, []]
  }
  const ask = (host: string, options: LookupOptions) => {
    const lookup = socketLookup((name, found) => found(...(answers[name] ?? assert.fail(name))))
    let answer: ReadonlyArray<NodeJS.ErrnoException | string | number | Array<LookupAddress> | null | undefined> = []
    lookup(host, options, (...told) => void (answer = told))
    return answer
  }

  it("gives all addresses or the first", () => {
    assert.deepStrictEqual(ask("found.test", { all: true }), [null, both])
    assert.deepStrictEqual(ask("found.test", {}), [null, "192.0.2.1", 4])
  })

  it.each([
    ["failed.test", "EAI_AGAIN"],
    ["empty.test", "ENOTFOUND"]
  ])("fails for %s as Node's own does", (hostname, code) => {
    const [error] = ask(hostname, { all: true })
    assert.instanceOf(error, Error)
    assert.strictEqual(error.message, `getaddrinfo ${code} ${hostname}`)
    assert.deepEqual({ ...error }, { code, syscall: "getaddrinfo", hostname })
  })
})
