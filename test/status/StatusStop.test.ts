import { setTimeout as sleep } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Deferred, Duration, Effect, Result } from "effect"
import { makeCa } from "../support/TestCa.ts"
import { connect, connectTls, material, startPort } from "./StatusPort.ts"

const gated = () => {
  const gate = Deferred.makeUnsafe<void>()
  const ok: Result.Result<void, string> = Result.succeed(undefined)
  const asked = Promise.withResolvers<void>()
  const begin = Effect.sync(() => asked.resolve())
  return {
    open: Deferred.succeed(gate, undefined),
    check: Effect.as(Effect.andThen(begin, Deferred.await(gate)), ok),
    /** The check has begun: the request is with the server. */
    asked: asked.promise
  }
}
const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`
const at = (port: { readonly port: number }) => ({ host: "127.0.0.1", port: port.port })

const race = (promise: Promise<unknown>, millis: number): Promise<boolean> =>
  Promise.race([promise.then(() => true), sleep(millis, false)])
/** Longer than a test may take. */
const gracePeriod = Duration.minutes(2)
/** Without that grace period. */
const atOnce = (promise: Promise<unknown>): Promise<boolean> => race(promise, 25_000)

describe("stop", () => {
  it("refuses at once, drops idle connections at once and lets requests end with Connection: close", async () => {
    const { asked, check, open } = gated()
    const port = await startPort({ check, gracePeriod })
    await port.runtime.runPromise(port.status.listening)
    const fresh = await connect(at(port))
    const half = await connect(at(port))
    half.send("GET /_sta")
    const idle = await connect(at(port))
    idle.send(get("/_metrics"))
    await idle.until(/\[\]$/)
    const busy = await connect(at(port))
    busy.send(get("/_status"))
    await asked

    await port.runtime.runPromise(port.status.stopping)
    const stopped = port.runtime.runPromise(port.server.stop)
    assert.isTrue(await atOnce(Promise.all([fresh.ended, half.ended, idle.ended])))
    assert.strictEqual(fresh.received, "")
    const refused = await connect(at(port)).catch((error: NodeJS.ErrnoException) => error.code)
    assert.strictEqual(refused, "ECONNREFUSED")
    assert.isFalse(await race(stopped, 100))
    await port.runtime.runPromise(open)
    assert.isTrue(await atOnce(stopped))
    await busy.ended
    assert.match(busy.received, /^HTTP\/1.1 503 Service Unavailable\r\n/)
    assert.match(busy.received, /\r\nConnection: close\r\n/i)
    assert.match(busy.received, /"backend_ok":true.*"message":"stopping"/)
    await port.close()
  })

  it("cuts requests that outlast the grace period, counted from the first call", async () => {
    const { asked, check } = gated()
    const port = await startPort({ check, gracePeriod: Duration.millis(3000) })
    const busy = await connect(at(port))
    busy.send(get("/_status"))
    await asked
    const started = performance.now()
    const first = port.runtime.runPromise(port.server.stop)
    await sleep(2700)
    await Promise.all([first, port.runtime.runPromise(port.server.stop), busy.ended])
    const took = performance.now() - started
    // Counted from the second call it would be 5700.
    assert.isTrue(took >= 2990 && took < 5700, `${took} ms`)
    await port.close()
  })

  it("comes with the end of the scope", async () => {
    const { asked, check, open } = gated()
    const port = await startPort({ check, gracePeriod })
    const busy = await connect(at(port))
    busy.send(get("/_status"))
    await asked
    const closed = port.close()
    await sleep(50)
    assert.isString(await connect(at(port)).catch((error: NodeJS.ErrnoException) => error.code))
    Effect.runSync(open)
    assert.isTrue(await atOnce(closed))
    await busy.ended
    assert.match(busy.received, /^HTTP\/1.1 503 /)
  })

  it("does not wait for handshakes or idle TLS connections", async () => {
    const ca = await makeCa("status")
    const port = await startPort({
      https: true,
      gracePeriod,
      material: material(await ca.issue({ cn: "a", dns: ["localhost"] }))
    })
    const shaking = await connect(at(port))
    const idle = await connectTls({ port: port.port })
    idle.send(get("/_metrics"))
    await idle.until(/\[\]$/)
    assert.isTrue(await atOnce(port.close()))
    await Promise.all([shaking.ended, idle.ended])
    assert.deepStrictEqual(port.lines, [])
  })

  it("answers POST /_shutdown before the stop that follows from it", async () => {
    const port = await startPort()
    const following = port.runtime.runPromise(
      Effect.andThen(Deferred.await(port.lifecycle.shutdown), Effect.andThen(port.status.stopping, port.server.stop))
    )
    const client = await connect(at(port))
    client.send("POST /_shutdown HTTP/1.1\r\nHost: x\r\n\r\n")
    await client.ended
    await following
    assert.match(client.received, /^HTTP\/1.1 200 OK\r\n/)
    await port.close()
  })
})
