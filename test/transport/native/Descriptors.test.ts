import { spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as NativeTransport from "../../../src/transport/native/NativeTransport.ts"
import { type AcceptFailure, type RawConnection, Transport } from "../../../src/transport/Transport.ts"
import { eventually } from "../../support/Changes.ts"
import { needing } from "../../support/Installed.ts"
import { address, endpoint, Inbox, plainPeer } from "../support/Harness.ts"

const prlimit = needing("prlimit")

/** Takes all descriptors away until `restore`, for which a program has to be running already. */
const withoutDescriptors = () => {
  const script =
    'was=$(prlimit --pid "$0" --nofile -o SOFT --noheadings); prlimit --pid "$0" --nofile=3:; echo; read x; '
  const keeper = spawn("sh", ["-c", `${script} prlimit --pid "$0" --nofile=$was:`, String(process.pid)], {
    stdio: ["pipe", "pipe", "inherit"]
  })
  return {
    taken: Effect.promise(() => once(keeper.stdout, "data")),
    restore: Effect.promise(async () => {
      if (keeper.stdin.writableEnded) return
      const done = once(keeper, "close")
      keeper.stdin.end("\n")
      await done
    })
  }
}

describe("descriptors", () => {
  it.live.skipIf(prlimit.skip)(`that run out delay clients; none is dropped${prlimit.reason}`, () =>
    Effect.gen(function* () {
      const transport = yield* Transport
      const raws = new Inbox<RawConnection>()
      const errors = new Inbox<AcceptFailure>()
      let slots = 0
      const listener = yield* transport.listen({
        address: address("127.0.0.1:0"),
        reusePort: false,
        admit: () => {
          slots++
          return true
        },
        giveBack: () => void slots--,
        onConnection: raws.put,
        onAcceptError: errors.put
      })
      const peers = yield* Effect.forEach([1, 2, 3], () => plainPeer(endpoint(listener)))
      assert.lengthOf(peers, 3)
      const limit = yield* Effect.acquireRelease(Effect.sync(withoutDescriptors), ({ restore }) => restore)
      yield* limit.taken
      listener.resume()
      // One after the other, with pauses in between.
      for (let i = 0; i < 3; i++) {
        const message = `accept tcp ${listener.bound.address}: accept4: too many open files`
        assert.deepStrictEqual(yield* errors.take, { reason: "descriptors", message })
      }
      assert.strictEqual(raws.size, 0)
      assert.strictEqual(slots, 0)
      yield* limit.restore
      for (let i = 0; i < 3; i++) (yield* raws.take).reset()
      assert.strictEqual(slots, 3)
    }).pipe(Effect.scoped, Effect.provide(NativeTransport.layer))
  )

  it.live("of connections are all closed", () =>
    Effect.gen(function* () {
      const count = () => readdirSync("/proc/self/fd").length
      const round = Effect.gen(function* () {
        const transport = yield* Transport
        const raws = new Inbox<RawConnection>()
        const listener = yield* transport.listen({
          address: address("127.0.0.1:0"),
          reusePort: false,
          admit: () => true,
          giveBack: () => {},
          onConnection: raws.put,
          onAcceptError: () => {}
        })
        listener.resume()
        for (let i = 0; i < 10; i++) {
          yield* plainPeer(endpoint(listener))
          const raw = yield* raws.take
          if (i % 2 === 0) raw.reset()
          else (yield* transport.accept(raw, undefined)).close()
        }
      }).pipe(Effect.scoped, Effect.provide(NativeTransport.layer))
      yield* round
      let kept = count()
      for (let look = 0; look < 20; look++) {
        yield* Effect.sleep(5)
        kept = Math.min(kept, count())
      }
      for (let i = 0; i < 5; i++) yield* round
      yield* Effect.promise(() => eventually("descriptors to close", async () => count() <= kept || undefined))
    })
  )
})
