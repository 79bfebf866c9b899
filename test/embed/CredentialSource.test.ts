import { connect } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Schema, SubscriptionRef } from "effect"
import { CredentialSource, type CredentialState, ready, waiting } from "../../src/credentials/CredentialSource.ts"
import { pemKey } from "../../src/credentials/TlsMaterial.ts"
import { layerServer, ServerConfig, Tunnel } from "../../src/index.ts"
import { disposeTestCas, makeCa } from "../support/TestCa.ts"

afterAll(disposeTestCas)

/** The common name that a tunnel presents. */
const presented = (address: string) =>
  Effect.callback<string>((resume) => {
    const socket = connect({ port: Number(address.split(":").at(-1)), host: "127.0.0.1", rejectUnauthorized: false })
    socket.on("error", () => {})
    socket.once("secureConnect", () => {
      resume(Effect.succeed(String(socket.getPeerCertificate().subject.CN)))
      socket.destroy()
    })
  })

describe("a program's own credential source", () => {
  it.live("starts the tunnel once it is ready, and changes its certificate", () =>
    Effect.gen(function* () {
      const ca = yield* Effect.promise(() => makeCa("own source"))
      const offer = (cn: string) =>
        Effect.map(
          Effect.promise(() => ca.issue({ cn })),
          ({ chainPem, keyPem }): CredentialState =>
            ready({
              identity: { chainPem, key: pemKey(keyPem) },
              subject: `CN=${cn}`,
              trustAnchors: [ca.certPem]
            })
        )
      const [one, two] = yield* Effect.all([offer("one"), offer("two")])
      const state = yield* SubscriptionRef.make<CredentialState>(waiting("the agent is asked"))
      const source = Layer.succeed(CredentialSource, {
        state,
        refresh: SubscriptionRef.get(state),
        files: [],
        description: "a test's own source"
      })
      const config = yield* Schema.decodeEffect(ServerConfig)({
        listen: "127.0.0.1:0",
        target: "127.0.0.1:1",
        credentials: { _tag: "Keystore", path: "/does/not/exist" },
        access: { _tag: "AnyVerified" },
        workers: 0
      })
      yield* Effect.forkScoped(Effect.andThen(Effect.yieldNow, SubscriptionRef.set(state, one)))
      const context = yield* Layer.build(layerServer(config).pipe(Layer.provide(source)))
      const { bound } = yield* Effect.provideContext(Tunnel, context)
      assert.strictEqual(yield* presented(bound.address), "one")
      yield* SubscriptionRef.set(state, two)
      while ((yield* presented(bound.address)) !== "two") yield* Effect.sleep(10)
    }).pipe(Effect.scoped, Effect.timeout("20 seconds"))
  )
})
