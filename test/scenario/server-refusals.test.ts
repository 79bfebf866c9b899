/** The refusal matrix of a server tunnel: nothing of a refused client ever reaches the backend. */
import assert from "node:assert/strict"
import { holdingBackend } from "../support/Backend.ts"
import type { Endpoint } from "../support/Endpoint.ts"
import { numbers } from "../support/Metrics.ts"
import { type Stage, shared } from "../support/Stage.ts"
import type { TestIdentity } from "../support/TestCa.ts"
import { attemptTls, type TlsVersion } from "../support/TlsClient.ts"
import { ca, clientIdentity, foreignIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

interface Unwanted {
  readonly identity: () => Promise<TestIdentity | undefined>
  readonly phrase: RegExp
}

const unwanted: Readonly<Record<string, Unwanted>> = {
  untrusted: {
    identity: () => foreignIdentity("client"),
    phrase:
      /tls: failed to verify certificate: x509: certificate signed by unknown authority \(presented CN=client\b.*, issued by CN=Foreign Root, without intermediates\); no certificate of the issuer "CN=Foreign Root" is trusted or was sent$/
  },
  expired: {
    identity: () => clientIdentity({ expired: true }),
    phrase: /tls: failed to verify certificate: x509: certificate has expired or is not yet valid/
  },
  "not-yet-valid": {
    identity: () => clientIdentity({ notYetValid: true }),
    phrase: /tls: failed to verify certificate: x509: certificate has expired or is not yet valid/
  },
  "no-certificate": {
    identity: () => Promise.resolve(undefined),
    phrase: /tls: client didn't provide a certificate/
  },
  "wrong-eku": {
    identity: () => clientIdentity({ eku: "server" }),
    phrase: /tls: failed to verify certificate: x509: certificate specifies an incompatible key usage/
  },
  "not-allowed": {
    identity: () => clientIdentity({ cn: "somebody else" }),
    phrase: /unauthorized: invalid principal, or principal not allowed/
  }
}

/** A tunnel, and what is behind it. */
const tunnelOn = (network: Endpoint["network"]) =>
  shared(async (stage) => {
    const backend = await holdingBackend(stage)
    const builder = (await serverTunnel(stage)).listen(await stage.address(network))
    return { backend, tunnel: await builder.allowCn("client").status().target(backend).start() }
  })
const tunnels = { tcp: tunnelOn("tcp"), unix: tunnelOn("unix") } as const

const refuses = (who: Unwanted, version: TlsVersion, network: Endpoint["network"]) => async (stage: Stage) => {
  const { backend, tunnel } = await tunnels[network](stage)
  const earlier = await numbers(tunnel)
  const served = backend.connections.length
  const from = network === "tcp" ? "127\\.0\\.0\\.1:\\d+" : "@"
  const phrase = new RegExp(`error on TLS handshake from ${from}: .*${who.phrase.source}`)
  const told = tunnel.count(phrase)

  const before = await join(stage, tunnel, { version })
  await before.write("control before")
  await (await backend.connection(served)).receive("control before")

  const options = { to: tunnel.listen, ca: await ca(), identity: await who.identity(), version }
  const attempt = await attemptTls(stage, options, "must not arrive")
  assert.equal(attempt.received, "")
  // With TLS 1.3 a client is done before the server has seen its certificate; with 1.2 it must see its handshake fail.
  if (version === "TLSv1.2") assert.equal(attempt.completed, false)
  await tunnel.waitForLine(phrase, told + 1)

  const after = await join(stage, tunnel, { version })
  await after.write("control after")
  await (await backend.connection(served + 1)).receive("control after")
  assert.equal(backend.connections.length, served + 2)

  const counted = await numbers(tunnel)
  const since = (name: string) => (counted[name] ?? 0) - (earlier[name] ?? 0)
  assert.equal(since("accept.total"), 3)
  assert.equal(since("accept.success"), 2)
  assert.equal(since("accept.error"), 1)
  assert.equal(since("accept.timeout"), 0)
  await tunnel.waitForLine(/opening pipe/, served + 2)
  assert.equal(tunnel.count(/opening pipe/), served + 2)
}

const versions = { tls12: "TLSv1.2", tls13: "TLSv1.3" } as const
const networks = ["tcp", "unix"] as const

export const serverRefusals: ReadonlyArray<Scenario> = Object.entries(unwanted).flatMap(([name, who]) =>
  Object.entries(versions).flatMap(([short, version]) =>
    networks.map((network) =>
      scenario(`server-refuses-${name}-${short}-${network}`, "data-path", refuses(who, version, network))
    )
  )
)

runTopic("server-refusals", serverRefusals)
