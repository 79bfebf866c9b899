import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Fiber, Layer, Queue, Redacted, Stream, SubscriptionRef } from "effect"
import { CredentialError } from "../../src/credentials/CredentialError.ts"
import { CredentialSource } from "../../src/credentials/CredentialSource.ts"
import { Credentials } from "../../src/credentials/Credentials.ts"
import { type CredentialMaterial, pemKey } from "../../src/credentials/TlsMaterial.ts"
import { files, none } from "../support/CredentialFiles.ts"
import { disposeTestCas } from "../support/TestCa.ts"

afterAll(disposeTestCas)

const materialOf = ({ certPem, keyPem }: { certPem: string; keyPem: string }, subject: string): CredentialMaterial => ({
  identity: { chainPem: certPem, key: pemKey(keyPem) },
  subject
})

describe("CredentialSource", () => {
  it.effect("takes PEM texts, and refuses ones that do not fit", () =>
    Effect.gen(function* () {
      const { ca, first, second } = yield* files
      const layer = (key: string) =>
        CredentialSource.layerPem({
          certificate: first.certPem,
          key: Redacted.make(key),
          trustAnchors: ca.certPem
        })
      const { current } = yield* Credentials.pipe(
        Effect.provide(Layer.provide(Credentials.layer(none, "/does/not/exist"), layer(first.keyPem)))
      )
      assert.deepStrictEqual(current(), {
        generation: 1,
        identity: { chainPem: first.certPem, key: pemKey(first.keyPem) },
        subject: "CN=first,OU=a+OU=b",
        trustAnchors: [ca.certPem]
      })
      const error = yield* Effect.flip(Effect.provide(CredentialSource, layer(second.keyPem)))
      assert.instanceOf(error, CredentialError)
      assert.match(error.message, /^parsing X509 key pair: tls: private key does not match public key/)
    })
  )

  it.effect("waits for the first offer of a stream, and pushes each later one", () =>
    Effect.gen(function* () {
      const { ca, first, paths, second } = yield* files
      const offers = yield* Queue.unbounded<CredentialMaterial>()
      const source = CredentialSource.layerStream(Stream.fromQueue(offers))
      const built = Credentials.layer(none, paths.ca).pipe(Layer.provideMerge(source))
      yield* Effect.gen(function* () {
        const { state } = yield* CredentialSource
        const { current, pushed, reload } = yield* Credentials
        assert.strictEqual(current().subject, "one")
        const later = yield* Effect.forkChild(Stream.runHead(pushed), { startImmediately: true })
        yield* Queue.offer(offers, materialOf(second, "two"))
        const material = yield* Fiber.join(later)
        assert.strictEqual(material._tag === "Some" && material.value.subject, "two")
        assert.deepStrictEqual(current().trustAnchors, [ca.certPem])
        assert.strictEqual((yield* reload).subject, "two")
        yield* Queue.shutdown(offers)
        assert.strictEqual((yield* SubscriptionRef.get(state))._tag, "Ready")
      }).pipe(
        Effect.provide(built),
        (use) => Effect.forkChild(use, { startImmediately: true }),
        Effect.tap(() => Queue.offer(offers, materialOf(first, "one"))),
        Effect.flatMap(Fiber.join)
      )
    })
  )

  it.effect("keeps a failed stream's last offer, and says why there is none", () =>
    Effect.gen(function* () {
      const source = yield* Effect.provide(CredentialSource, CredentialSource.layerStream(Stream.fail("no agent")))
      assert.deepStrictEqual(yield* source.refresh, {
        _tag: "Waiting",
        reason: "the stream of certificates failed"
      })
    })
  )
})
