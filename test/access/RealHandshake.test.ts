/** The judge on what OpenSSL really says: every kind of bad certificate in a handshake with Node's own TLS. */
import type { SecureVersion } from "node:tls"
import { afterAll, assert, describe, it } from "@effect/vitest"
import { Result } from "effect"
import { clientJudge, serverJudge } from "../../src/access/AccessJudge.ts"
import { disposeTestCas, type IdentitySpec, makeCa, type TestIdentity } from "../support/TestCa.ts"
import { handshake as shakeHands } from "./NodeHandshake.ts"

afterAll(disposeTestCas)

const handshake = async (server: TestIdentity, client: TestIdentity | undefined, version: SecureVersion) =>
  shakeHands((await makeCa("Root")).certPem, server, client, version)

const rows: ReadonlyArray<
  readonly [what: string, ca: string, spec: IdentitySpec | undefined, reason: string | undefined]
> = [
  ["a good one", "Root", { cn: "x" }, undefined],
  ["one with an intermediate", "Root", { cn: "x", intermediate: true }, undefined],
  ["one without extended key usage", "Root", { cn: "x", eku: "none" }, undefined],
  ["an Ed25519 one", "Root", { cn: "x", key: "ed25519" }, undefined],
  ["an RSA one", "Root", { cn: "x", key: "rsa" }, undefined],
  ["one of another authority", "Other", { cn: "x" }, "untrusted"],
  ["one of another authority with an intermediate", "Other", { cn: "x", intermediate: true }, "untrusted"],
  ["a self-signed one", "Root", { cn: "x", selfSigned: true }, "untrusted"],
  ["an expired one", "Root", { cn: "x", expired: true }, "expired"],
  ["one not yet valid", "Root", { cn: "x", notYetValid: true }, "expired"],
  ["one for signing code", "Root", { cn: "x", eku: "codeSigning" }, "key_usage"],
  ["none at all", "Root", undefined, "no_cert"]
]

describe.each(["TLSv1.2", "TLSv1.3"] as const)("a handshake of %s", (version) => {
  it.each(rows)("with %s", async (_, caName, spec, reason) => {
    const [root, ca] = await Promise.all([makeCa("Root"), makeCa(caName)])
    const good = await root.issue({ cn: "good", dns: ["localhost"] })
    const judgeClient = Result.getOrThrow(serverJudge({ _tag: "AnyVerified" }))
    const judgeServer = Result.getOrThrow(clientJudge({ _tag: "AnyVerified" }, "localhost"))
    const reasonOf = (verdict: ReturnType<typeof judgeClient>) =>
      verdict._tag === "Refused" ? verdict.reason : verdict._tag
    const peer = spec === undefined ? undefined : await ca.issue({ ...spec, dns: ["localhost"] })
    const asClient = await handshake(good, peer, version)
    assert.strictEqual(reasonOf(judgeClient(asClient.ofClient)), reason ?? "Admitted")
    assert.strictEqual(reasonOf(judgeServer(asClient.ofServer)), "Admitted")
    if (peer === undefined) return
    const asServer = await handshake(peer, good, version)
    assert.strictEqual(reasonOf(judgeServer(asServer.ofServer)), reason ?? "Admitted")
  })

  it("with a certificate sent twice, which hides none behind it", async () => {
    const root = await makeCa("Root")
    const good = await root.issue({ cn: "good", dns: ["localhost"] })
    const deep = await root.issue({ cn: "deep", dns: ["localhost"], intermediate: true })
    const twice = { ...deep, chainPem: deep.certPem + deep.chainPem }
    const { ofClient } = await handshake(good, twice, version)
    const other = await handshake(twice, good, version)
    for (const peer of [ofClient, other.ofServer])
      assert.deepStrictEqual([peer.chain.length, peer.chainError], [2, undefined])
  })

  it("with the usage of the other side", async () => {
    const root = await makeCa("Root")
    const [server, client] = await Promise.all([
      root.issue({ cn: "s", dns: ["localhost"], eku: "server" }),
      root.issue({ cn: "c", dns: ["localhost"], eku: "client" })
    ])
    const judgeClient = Result.getOrThrow(serverJudge({ _tag: "AnyVerified" }))
    const judgeServer = Result.getOrThrow(clientJudge({ _tag: "AnyVerified" }, "localhost"))
    const right = await handshake(server, client, version)
    assert.deepStrictEqual(
      [judgeClient(right.ofClient)._tag, judgeServer(right.ofServer)._tag],
      ["Admitted", "Admitted"]
    )
    const wrong = await handshake(client, server, version)
    const refusals = [judgeClient(wrong.ofClient), judgeServer(wrong.ofServer)]
    for (const verdict of refusals) {
      assert.strictEqual(verdict._tag === "Refused" && verdict.reason, "key_usage")
    }
  })
})
