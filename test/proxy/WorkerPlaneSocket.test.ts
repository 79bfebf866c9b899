/** A UNIX socket that worker threads serve: whose its file is, and who removes it. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import type { PlaneTunnel } from "../../src/proxy/DataPlane.ts"
import { connect, echoes, end, type Harness, start, transport, until } from "./PlaneHarness.ts"

/** A path in a directory of its own, and what makes a plane listen on it. */
const place = Effect.gen(function* () {
  const directory = mkdtempSync(join(tmpdir(), "gt-plane-"))
  yield* Effect.addFinalizer(() => Effect.sync(() => rmSync(directory, { recursive: true })))
  const path = join(directory, "socket")
  const listen = { _tag: "Unix", text: `unix:${path}`, path } as const
  return { path, onSocket: (tunnel: PlaneTunnel) => ({ ...tunnel, proxy: { ...tunnel.proxy, listen } }) }
})

/** How many threads take connections. */
const serving = ({ threads }: Harness): number => threads.threads().serving.filter(Boolean).length

describe("WorkerPlane on a UNIX socket", () => {
  it.live("serves a UNIX socket, also after a thread has died, and removes it when stopped", () =>
    Effect.gen(function* () {
      const { path, onSocket } = yield* place
      const harness = yield* start(2, onSocket)
      // Node's transport cannot share it.
      const threads = transport === "native" ? 2 : 1
      assert.strictEqual(serving(harness), threads)
      if (transport !== "native") return
      yield* Effect.promise(async () => {
        await end(harness, 0)
        await until(() => harness.workers.length === 3, "a new thread")
        const sockets = await Promise.all(Array.from({ length: 20 }, () => connect(harness)))
        await Promise.all(sockets.map((socket) => echoes(socket, "served")))
        for (const socket of sockets) socket.destroy()
      })
      yield* harness.plane.stop
      assert.isFalse(existsSync(path))
    }).pipe(Effect.scoped)
  )

  it.live("leaves the file of a socket alone that somebody else has bound since it stopped", () =>
    Effect.gen(function* () {
      const { path, onSocket } = yield* place
      const harness = yield* start(2, onSocket)
      yield* Effect.promise(async () => {
        const socket = await connect(harness)
        await echoes(socket, "open")
      })
      const threads = serving(harness)
      yield* harness.plane.stop
      writeFileSync(path, "another's")
      for (let thread = 0; thread < threads; thread++) {
        yield* Effect.promise(() => end(harness, thread))
        assert.isTrue(existsSync(path))
      }
    }).pipe(Effect.scoped)
  )

  it.live("leaves alone what took the place of the socket's file", () =>
    Effect.gen(function* () {
      const { path, onSocket } = yield* place
      const harness = yield* start(2, onSocket)
      const socket = yield* Effect.promise(() => connect(harness))
      yield* Effect.promise(() => echoes(socket, "open"))
      rmSync(path)
      writeFileSync(path, "another's")
      if (transport === "native") yield* Effect.promise(() => end(harness, 0))
      yield* harness.plane.stop
      yield* harness.plane.cut
      assert.deepStrictEqual(
        harness.lines.filter((line) => line.includes("cannot remove")),
        []
      )
      assert.strictEqual(readFileSync(path, "utf8"), "another's")
      assert.deepStrictEqual(readdirSync(dirname(path)), ["socket"])
    }).pipe(Effect.scoped)
  )

  it.live("leaves no socket's file behind when it is given up before it was stopped", () =>
    Effect.gen(function* () {
      const { path, onSocket } = yield* place
      yield* Effect.scoped(start(2, onSocket))
      assert.deepStrictEqual(readdirSync(dirname(path)), [])
    }).pipe(Effect.scoped)
  )
})
