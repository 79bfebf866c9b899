/**
 * What becomes of chains, from the handshake to the log's sentence: trust anchors of every kind, and the flaws that
 * OpenSSL finds (docs/compatibility/credentials.md, 2.1, 2.2 and 10.2).
 */
import { once } from "node:events"
import { createServer } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { clientJudge, serverJudge } from "../../src/access/AccessJudge.ts"
import { Transport } from "../../src/transport/Transport.ts"
import { disposeTestCas, type IdentitySpec, makeCa, type TestCa, type TestIdentity } from "../support/TestCa.ts"
import {
  endpoint,
  listening,
  materialOf,
  target,
  tls12Options,
  tlsOptions,
  tlsPeer,
  within,
  withTransport
} from "./support/Harness.ts"

afterAll(disposeTestCas)

interface Case {
  readonly identity: TestIdentity
  readonly anchors: ReadonlyArray<string>
}

const peer: IdentitySpec = { cn: "peer", dns: ["localhost"] }
const root = (extensions: ReadonlyArray<string> = []) => makeCa("Chain Root", { extensions })
const below = async (name: string, options: Parameters<TestCa["makeIntermediate"]>[1], spec: IdentitySpec = peer) => {
  const top = await root()
  const middle = await top.makeIntermediate(name, options)
  return { identity: await middle.issue(spec), anchors: [top.certPem], middle }
}
const direct = async (spec: IdentitySpec): Promise<Case> => ({
  identity: await (await root()).issue({ ...peer, ...spec }),
  anchors: [(await root()).certPem]
})
const names = (constraint: string, dns: string) =>
  below(
    `Constrained ${constraint} ${dns}`,
    { extensions: [`nameConstraints = critical,${constraint}`] },
    { cn: "peer", dns: ["localhost", dns] }
  )

const failed = "tls: failed to verify certificate: x509: "
const unknown = `${failed}certificate signed by unknown authority`
const because = (why: string) => `${unknown} (possibly because of ${why})`

const rows: Readonly<Record<string, readonly [make: () => Promise<Case>, message: string | undefined]>> = {
  "an intermediate as the only anchor": [
    async () => {
      const { identity, middle } = await below("Anchor", {})
      return { identity: { ...identity, chainPem: identity.certPem }, anchors: [middle.certPem] }
    },
    undefined
  ],
  "an intermediate as the only anchor, sent with the leaf": [
    async () => {
      const { identity, middle } = await below("Anchor Sent", {})
      return { identity, anchors: [middle.certPem] }
    },
    undefined
  ],
  "a leaf as its own anchor": [
    async () => {
      const identity = await (await root()).issue(peer)
      return { identity, anchors: [identity.certPem] }
    },
    undefined
  ],
  "a self-signed leaf as its own anchor": [
    async () => {
      const identity = await (await root()).issue({ ...peer, selfSigned: true })
      return { identity, anchors: [identity.certPem] }
    },
    undefined
  ],
  "a missing intermediate": [
    async () => {
      const { identity, anchors } = await below("Missing", {})
      return { identity: { ...identity, chainPem: identity.certPem }, anchors }
    },
    unknown
  ],
  "no anchors": [async () => ({ identity: await (await root()).issue(peer), anchors: [] }), unknown],
  "an expired intermediate": [
    () => below("Expired", { expired: true }),
    `${failed}certificate has expired or is not yet valid: current time`
  ],
  "a leaf without extended key usage": [() => direct({ eku: "none" }), undefined],
  "a leaf for signing code": [
    () => direct({ eku: "codeSigning" }),
    `${failed}certificate specifies an incompatible key usage`
  ],
  "an intermediate for signing code": [
    () => below("Code", { extensions: ["extendedKeyUsage = codeSigning"] }),
    `${failed}certificate specifies an incompatible key usage`
  ],
  "a leaf for any extended key usage": [
    () => direct({ eku: "none", extensions: ["extendedKeyUsage = anyExtendedKeyUsage"] }),
    undefined
  ],
  "a leaf of the Netscape type of a server": [
    () => direct({ eku: "none", extensions: ["nsCertType = server"] }),
    undefined
  ],
  "a leaf whose key usage is key encipherment alone": [
    () => direct({ eku: "both", key: "rsa", extensions: ["keyUsage = critical,keyEncipherment"] }),
    undefined
  ],
  "a leaf for any extended key usage and this one": [
    () => direct({ eku: "none", extensions: ["extendedKeyUsage = anyExtendedKeyUsage,clientAuth,serverAuth"] }),
    undefined
  ],
  "a permitted name": [() => names("permitted;DNS:localhost", "a.localhost"), undefined],
  "a name that is not permitted": [
    () => names("permitted;DNS:localhost", "other.test"),
    `${failed}a root or intermediate certificate is not authorized to sign for this name`
  ],
  "an excluded name": [
    () => names("excluded;DNS:bad.test", "very.bad.test"),
    `${failed}a root or intermediate certificate is not authorized to sign for this name`
  ],
  "too long a path": [
    async () => {
      const { middle, anchors } = await below("Short", { pathLength: 0 })
      const lower = await middle.makeIntermediate("Too Low")
      return { identity: await lower.issue(peer), anchors }
    },
    `${failed}too many intermediates for path length constraint`
  ],
  "an unknown critical extension": [
    () => direct({ extensions: ["1.2.3.4 = critical,ASN1:NULL"] }),
    `${failed}unhandled critical extension`
  ],
  "an authority that may not sign certificates": [
    () => below("Mute", { extensions: ["keyUsage = critical,cRLSign"] }),
    because("an authority whose key usage lacks keyCertSign")
  ],
  "an issuer that is no authority": [
    () => below("Leaf", { extensions: ["basicConstraints = critical,CA:FALSE"] }),
    `${failed}certificate is not authorized to sign other certificates`
  ],
  "a small key": [
    () => direct({ key: "rsa1024" }),
    because("a key that is too small: OpenSSL takes RSA from 2048 bits")
  ],
  "an authority with a small key": [
    () => below("Small", { key: "rsa1024" }),
    because("an issuer's key that is too small")
  ]
}

/** What the peer's own OpenSSL must not refuse to send. */
const lax = { ciphers: "DEFAULT:@SECLEVEL=0" } as const
const own = Effect.promise(async () => (await makeCa("Chain Own")).issue({ cn: "own", dns: ["localhost"] }))

const outcome = <A extends { readonly close: () => void }, E extends { readonly message: string }, R>(
  effect: Effect.Effect<A, E, R>
) =>
  Effect.match(effect, {
    onSuccess: (stream): string | undefined => {
      stream.close()
      return undefined
    },
    onFailure: ({ message }) => message
  })

const matches = (seen: string | undefined, message: string | undefined) => {
  if (message === undefined) return assert.isUndefined(seen)
  // Where the path broke may follow, what was presented, and the time.
  const said = seen?.split("; ")[0]?.replace(/ \(presented .*\)$/, "")
  assert.isTrue(said === message || (message.endsWith("time") && seen?.startsWith(message)), `${seen}`)
}

describe.each([tls12Options, tlsOptions])("a chain with $maxVersion", (options) => {
  for (const [what, [make, message]] of Object.entries(rows)) {
    it.live(`of ${what}, from a client`, () =>
      withTransport(
        Effect.gen(function* () {
          const { anchors, identity } = yield* Effect.promise(make)
          const transport = yield* Transport
          const judge = Result.getOrThrow(serverJudge({ _tag: "AnyVerified" }))
          const settings = { ...options, requestCertificate: true, sendCaNames: true }
          const context = yield* transport.serverTls(materialOf(yield* own, anchors), settings)
          const { listener, raws } = yield* listening()
          const credentials = { cert: identity.chainPem, key: identity.keyPem }
          yield* tlsPeer(endpoint(listener), { ...credentials, ...lax, rejectUnauthorized: false })
          const raw = yield* raws.take
          matches(yield* outcome(transport.accept(raw, { context, judge, deadline: within() })), message)
        })
      )
    )

    it.live(`of ${what}, from a server`, () =>
      withTransport(
        Effect.gen(function* () {
          const { anchors, identity } = yield* Effect.promise(make)
          const transport = yield* Transport
          const judge = Result.getOrThrow(clientJudge({ _tag: "AnyVerified" }, "localhost"))
          const context = yield* transport.clientTls(materialOf(undefined, anchors), options)
          const listener = yield* Effect.acquireRelease(
            Effect.promise(async () => {
              const server = createServer({ cert: identity.chainPem, key: identity.keyPem, ...lax })
              server.on("tlsClientError", () => {}).on("secureConnection", (socket) => socket.on("error", () => {}))
              await once(server.listen(0, "127.0.0.1"), "listening")
              return server
            }),
            (server) => Effect.sync(() => server.close())
          )
          const bound = listener.address()
          const at = target(`127.0.0.1:${typeof bound === "object" ? bound?.port : 0}`)
          const tls = { context, judge, serverName: "localhost" }
          matches(yield* outcome(transport.dial({ target: at, deadline: within(), tls })), message)
        })
      )
    )
  }
})
