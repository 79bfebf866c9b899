import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Layer, Logger, Redacted, Schema, Scope } from "effect"
import { layerServer, ServerConfig } from "../../src/index.ts"
import { receive } from "../metrics/Receiver.ts"
import { makeCa } from "../support/TestCa.ts"

describe("embedding", () => {
  it.live("pushes metrics from a tunnel without a status port, until its scope closes", () =>
    Effect.gen(function* () {
      const ca = yield* Effect.promise(() => makeCa("embedding"))
      const identity = yield* Effect.promise(() => ca.issue({ cn: "server", dns: ["localhost"], eku: "server" }))
      const receiver = Effect.acquireRelease(
        Effect.promise(() => receive()),
        (it) => Effect.promise(it.close)
      )
      const [graphite, silent] = [yield* receiver, yield* receiver]
      const config = yield* Schema.decodeEffect(ServerConfig)({
        listen: "127.0.0.1:0",
        target: "127.0.0.1:1",
        credentials: { _tag: "KeyPair", certificatePath: identity.certPath, keyPath: identity.keyPath },
        caBundlePath: ca.certPath,
        access: { _tag: "AnyVerified" },
        workers: 0,
        metrics: {
          graphite: `127.0.0.1:${graphite.port}`,
          postUrl: Redacted.make(`http://user:s3cret@127.0.0.1:${silent.port}/`),
          interval: "1s",
          prefix: "mine"
        }
      })
      assert.notInclude(JSON.stringify(config), "s3cret")
      const lines: Array<string> = []
      const logger = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
      const scope = yield* Scope.make()
      yield* Layer.buildWithScope(Layer.provide(layerServer(config), logger), scope)
      yield* Effect.promise(() => graphite.until("a flush", () => graphite.ended[0] === true))
      assert.match(graphite.received[0] ?? "", /^mine\.accept\.total\.count 0 \d+$/m)
      yield* Effect.promise(() => silent.until("a post", () => (silent.received[0] ?? "").includes("mine.accept")))
      yield* Scope.close(scope, Exit.void)
      yield* Effect.promise(() => silent.until("the end", () => silent.open() === 0))
      assert.isTrue(lines.some((line) => line.includes("via POST to http://user:***@")))
      assert.notInclude(lines.join("\n"), "s3cret")
    })
  )
})
