/** Requests to a thread that the test plays at the other end of a channel. */
import { MessageChannel, type MessagePort, type Transferable } from "node:worker_threads"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Fiber } from "effect"
import * as ThreadPort from "../../src/proxy/ThreadPort.ts"
import { CutDone, Done } from "../../src/proxy/WorkerProtocol.ts"

/** A peer, the reply ports that it was sent, and how often it was caught up with. */
const played = () => {
  const ports: Array<MessagePort> = []
  const watching = new Set<(why: string) => void>()
  const state = { caughtUp: 0 }
  const peer: ThreadPort.Peer = {
    // Posted through a channel, as to a thread: a port that was transferred is the receiver's alone.
    post: (message, transfer: ReadonlyArray<Transferable>) => {
      const { port1, port2 } = new MessageChannel()
      port2.once("message", ({ reply }: { readonly reply: MessagePort }) => {
        ports.push(reply)
        port1.close()
      })
      port1.postMessage(message, [...transfer])
    },
    onEnd: (tell) => {
      watching.add(tell)
      return () => void watching.delete(tell)
    },
    catchUp: () => void state.caughtUp++
  }
  const port = async (): Promise<MessagePort> => {
    while (ports.length === 0) await new Promise((done) => setImmediate(done))
    return ports.shift() ?? assert.fail()
  }
  return { peer, port, state, watching }
}

const request = (reply: MessagePort) => ({ reply })

describe("a request to a thread", () => {
  it.live("takes the reply of its own port, once what came before it elsewhere has been read", () =>
    Effect.gen(function* () {
      const { peer, port, state, watching } = played()
      const asked = yield* Effect.forkChild(ThreadPort.ask(peer, request, CutDone), { startImmediately: true })
      const reply = yield* Effect.promise(port)
      assert.strictEqual(state.caughtUp, 0)
      reply.postMessage({ _tag: "CutDone", connections: 3 })
      assert.deepStrictEqual(yield* Fiber.join(asked), { _tag: "CutDone", connections: 3 })
      assert.deepStrictEqual([state.caughtUp, watching.size], [1, 0])
    })
  )

  it.live("fails when the thread ends first", () =>
    Effect.gen(function* () {
      const { peer, port, watching } = played()
      const asked = yield* Effect.forkChild(ThreadPort.ask(peer, request, Done), { startImmediately: true })
      yield* Effect.promise(port)
      for (const tell of watching) tell("it died")
      const error = yield* Effect.flip(Fiber.join(asked))
      assert.deepStrictEqual([error._tag, error.why], ["ThreadEnded", "it died"])
    })
  )

  it.live("dies of a reply that the schema does not know", () =>
    Effect.gen(function* () {
      const { peer, port } = played()
      const asked = yield* Effect.forkChild(ThreadPort.ask(peer, request, Done), { startImmediately: true })
      const reply = yield* Effect.promise(port)
      reply.postMessage({ _tag: "Finished" })
      assert.isTrue(Exit.hasDies(yield* Fiber.await(asked)))
    })
  )

  it.live("closes the port when it is interrupted, which the thread sees", () =>
    Effect.gen(function* () {
      const { peer, port, watching } = played()
      const asked = yield* Effect.forkChild(ThreadPort.ask(peer, request, Done), { startImmediately: true })
      const reply = yield* Effect.promise(port)
      const closed = new Promise((resolve) => reply.once("close", resolve))
      reply.ref()
      yield* Fiber.interrupt(asked)
      yield* Effect.promise(() => closed)
      assert.strictEqual(watching.size, 0)
    })
  )
})
