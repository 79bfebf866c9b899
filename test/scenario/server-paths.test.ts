/** How clients' chains are verified: what they may cost, rotation of authorities, and what a refusal tells. */
import assert from "node:assert/strict"
import { writeFileSync } from "node:fs"
import { join as joinPath } from "node:path"
import { echoBackend } from "../support/Backend.ts"
import type { Endpoint } from "../support/Endpoint.ts"
import * as Hostile from "../support/HostileChains.ts"
import { ask } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import { makeCa, testCaDirectory } from "../support/TestCa.ts"
import { attemptTls } from "../support/TlsClient.ts"
import { ca, clientIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const expensive: ReadonlyArray<readonly [make: () => Hostile.HostileChain, problem: string]> = [
  [() => Hostile.slowExponents(75), "more than 48 certificates"],
  [() => Hostile.manyNames(15_000), "certificates of more than 65536 bytes"],
  [() => Hostile.slowExponents(20), "certificate containing an RSA public exponent greater than 4294967296"],
  [() => Hostile.manyAuthorities(60), "more than 48 certificates"],
  [() => Hostile.manyNames(8000), "a certificate with more than 2048 subject alternative names"],
  [() => Hostile.manyAttributes(4000), "a certificate with a name of more than 128 attributes"],
  [() => Hostile.manyConstraints(10, 200, 2000), "names and name constraints for more than 16384 comparisons"]
]

const presentChain = async (stage: Stage, to: Endpoint, { certPem, keyPem }: Hostile.HostileChain) => {
  // What the peer's own OpenSSL must not refuse to send.
  const settings = { cert: certPem, key: keyPem, ciphers: "DEFAULT:@SECLEVEL=0" }
  const attempt = await attemptTls(stage, { to, ca: await ca(), settings }, "must not arrive")
  assert.equal(attempt.received, "")
}

export const serverPaths = [
  scenario("server-refuses-expensive-chains", "data-path", async (stage) => {
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .target(await echoBackend(stage))
      .start()
    for (const [make, problem] of expensive) {
      await presentChain(stage, tunnel.listen, make())
      await tunnel.waitForLine(
        new RegExp(`error on TLS handshake from 127\\.0\\.0\\.1:\\d+: tls: client sent ${problem}$`)
      )
    }
    await (await join(stage, tunnel)).echo("an honest client")
  }),
  scenario("server-tries-every-path", "data-path", async (stage) => {
    // Two authorities of one name in the bundle, as during a rotation; a third of that name is nobody's.
    const [old, renewed, foreign] = await Promise.all([
      makeCa("Rotated", { pathLength: 3 }),
      makeCa("Rotated", { pathLength: 4 }),
      makeCa("Rotated", { pathLength: 5 })
    ])
    const bundle = joinPath(testCaDirectory(), "rotated.pem")
    writeFileSync(bundle, `${old.certPem}${renewed.certPem}`)
    const builder = (await serverTunnel(stage)).ca({ certPath: bundle }).allowAll()
    const tunnel = await builder.target(await echoBackend(stage)).start()
    for (const authority of [old, renewed]) {
      const direct = await authority.issue({ cn: "client" })
      await (await join(stage, tunnel, { identity: direct })).echo("direct")
      const below = await (await authority.makeIntermediate("Rotated Below")).issue({ cn: "client" })
      await (await join(stage, tunnel, { identity: below })).echo("by an intermediate")
    }
    const failed = "error on TLS handshake from 127\\.0\\.0\\.1:\\d+: tls: failed to verify certificate: x509: "
    const refused = async (identity: Awaited<ReturnType<typeof foreign.issue>>, message: string) => {
      await attemptTls(stage, { to: tunnel.listen, ca: await ca(), identity }, "must not arrive")
      await tunnel.waitForLine(new RegExp(failed + message))
    }
    const furthest = (names: string) => ` \\(presented .*\\); tried 0 paths, the furthest \\(${names}\\) failed at `
    const mismatch = "certificate signed by unknown authority \\(possibly because of a signature that does not match\\)"
    await refused(await foreign.issue({ cn: "stranger" }), `${mismatch}${furthest('"CN=stranger" < "CN=Rotated"')}`)
    const expired = await renewed.makeIntermediate("Rotated Expired", { expired: true })
    const late = "certificate has expired or is not yet valid: current time \\S+ is after \\S+"
    await refused(
      await expired.issue({ cn: "late" }),
      `${late}${furthest('"CN=Rotated Expired" < "CN=Rotated"')}"CN=Rotated Expired": it has expired`
    )
    await refused(
      await clientIdentity(),
      'certificate signed by unknown authority \\(presented .*\\); "CN=Scenario Root" is not trusted'
    )
  }),
  scenario("server-verifies-chains-without-ffi", "control", async (stage) => {
    const tunnel = await (await serverTunnel(stage))
      .allowAll()
      .status()
      .target(await echoBackend(stage))
      .below("env", "NODE_OPTIONS=--no-experimental-ffi")
      .start()
    const said = tunnel.messages.filter((line) =>
      line.startsWith("warning: Node verifies certificate chains by itself")
    )
    assert.equal(said.length, 1, tunnel.messages.join("\n"))
    const { body } = await ask(tunnel.status, "/_status")
    assert.deepEqual(JSON.parse(body).chain_verification, {
      by: "node",
      reason: "node:ffi is missing",
      handshakes_per_thread: 8
    })
    await (await join(stage, tunnel)).echo("hello")
    const stranger = await (await makeCa("Without FFI")).issue({ cn: "stranger" })
    await attemptTls(stage, { to: tunnel.listen, ca: await ca(), identity: stranger }, "must not arrive")
    await tunnel.waitForLine(/error on TLS handshake from .*x509: certificate signed by unknown authority/)
    await presentChain(stage, tunnel.listen, Hostile.manyAuthorities(60))
    await tunnel.waitForLine(/tls: client sent more than 48 certificates$/)
  })
]

runTopic("server-paths", serverPaths)
