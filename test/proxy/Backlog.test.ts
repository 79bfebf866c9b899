import { once } from "node:events"
import * as Net from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import * as Address from "../../src/config/Address.ts"
import { pemKey } from "../../src/credentials/TlsMaterial.ts"
import { Backlog } from "../../src/proxy/Backlog.ts"
import { PendingDials } from "../../src/proxy/PendingDials.ts"
import { ThreadBudget } from "../../src/proxy/ThreadBudget.ts"
import * as ThreadProxy from "../../src/proxy/ThreadProxy.ts"
import * as NodeTransport from "../../src/transport/node/NodeTransport.ts"
import { makeCa } from "../support/TestCa.ts"

const tcp = (text: string): Address.TcpAddress => {
  const address = Result.getOrThrow(Address.parse(text))
  assert(address._tag === "Tcp")
  return address
}

const until = async (condition: () => boolean): Promise<void> => {
  const patience = performance.now() + 20_000
  while (!condition() && performance.now() < patience) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.isTrue(condition())
}

describe("Backlog", () => {
  it("is full from ten thousand records on until some are taken", () => {
    const memory = Backlog.allocate()
    const [thread, main] = [new Backlog(memory), new Backlog(memory)]
    thread.sent(9_999)
    assert.isFalse(thread.isFull)
    thread.sent(1)
    assert.isTrue(thread.isFull)
    main.taken(5)
    assert.isFalse(thread.isFull)
  })

  it("counts records as taken once the log has room", () => {
    const backlog = new Backlog(Backlog.allocate())
    const waiting: Array<() => void> = []
    backlog.sent(10_000)
    backlog.takenBy({ line: () => {}, whenRoom: (then) => void waiting.push(then) }, 1)
    assert.isTrue(backlog.isFull)
    for (const then of waiting) then()
    assert.isFalse(backlog.isFull)
  })

  it("counts records as taken at once where lines never wait", () => {
    const backlog = new Backlog(Backlog.allocate())
    backlog.sent(10_000)
    backlog.takenBy({ line: () => {} }, 1)
    assert.isFalse(backlog.isFull)
  })

  it.live("keeps a thread from taking connections, which wait until there is room", () =>
    Effect.gen(function* () {
      const identity = yield* Effect.promise(async () => (await makeCa("backlog")).issue({ cn: "server" }))
      let full = true
      let asked = 0
      let accepted = 0
      const proxy = yield* ThreadProxy.make(
        {
          mode: "server",
          listen: tcp("127.0.0.1:0"),
          inheritedFd: undefined,
          target: tcp("127.0.0.1:1"),
          tls: { maxVersion: "TLSv1.3", cipherGroups: ["AES"] },
          access: { _tag: "Anonymous" },
          serverName: "",
          upstream: undefined,
          proxyProtocol: undefined,
          connectTimeout: 10_000,
          closeTimeout: 10_000,
          lifetime: 0,
          slots: undefined
        },
        {
          thread: 0,
          budget: new ThreadBudget(PendingDials.allocate(1), 0, 1, () => undefined),
          profiled: false,
          stats: {
            add: (counter) => void (counter === "accept.total" && accepted++),
            observe: () => {},
            carried: () => {}
          },
          interest: { pipes: false, facts: false },
          record: () => {},
          isBacklogged: () => {
            asked++
            return full
          },
          subjectOf: () => ""
        },
        {
          generation: 1,
          identity: { chainPem: identity.chainPem, key: pemKey(identity.keyPem) },
          subject: "",
          trustAnchors: []
        }
      )
      yield* proxy.start
      const client = Net.connect(Number(proxy.bound.address.split(":").at(-1)), "127.0.0.1")
      client.on("error", () => {})
      yield* Effect.addFinalizer(() => Effect.sync(() => client.destroy()))
      yield* Effect.promise(() => once(client, "connect"))
      yield* Effect.promise(() => until(() => asked >= 3))
      assert.strictEqual(accepted, 0)
      full = false
      yield* Effect.promise(() => until(() => accepted === 1))
    }).pipe(Effect.scoped, Effect.provide(NodeTransport.layer))
  )
})
