/** The refusal matrix of a client tunnel: a refused server never gets a byte. */
import assert from "node:assert/strict"
import type { Endpoint } from "../support/Endpoint.ts"
import { rowAtRest, waitForRowSince } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import { type Stage, shared } from "../support/Stage.ts"
import type { TestIdentity } from "../support/TestCa.ts"
import type { TlsVersion } from "../support/TlsClient.ts"
import { tlsServer } from "../support/TlsServer.ts"
import { ca, clientTunnel, foreignIdentity, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

interface Unwanted {
  readonly identity: () => Promise<TestIdentity>
  readonly phrase: RegExp
}

const failed = "tls: failed to verify certificate: x509: "
const unwanted: Readonly<Record<string, Unwanted>> = {
  untrusted: {
    identity: () => foreignIdentity("server"),
    phrase: new RegExp(
      `${failed}certificate signed by unknown authority \\(presented CN=server\\b.*, issued by CN=Foreign Root, without intermediates\\); no certificate of the issuer "CN=Foreign Root" is trusted or was sent$`
    )
  },
  expired: {
    identity: () => serverIdentity({ expired: true }),
    phrase: new RegExp(`${failed}certificate has expired or is not yet valid`)
  },
  "not-yet-valid": {
    identity: () => serverIdentity({ notYetValid: true }),
    phrase: new RegExp(`${failed}certificate has expired or is not yet valid`)
  },
  "wrong-eku": {
    identity: () => serverIdentity({ eku: "client" }),
    phrase: new RegExp(`${failed}certificate specifies an incompatible key usage`)
  },
  "wrong-name": {
    identity: () => serverIdentity({ dns: ["elsewhere.test"], ip: [] }),
    phrase: new RegExp(
      `${failed}certificate is valid for elsewhere\\.test, not localhost \\(its names are DNS elsewhere\\.test: .* --override-server-name\\)$`
    )
  },
  "not-verified": {
    identity: () => serverIdentity({ cn: "another server" }),
    phrase: /unauthorized: invalid principal, or principal not allowed/
  }
}

/** A tunnel, and where the server of the scenario has to listen. */
const tunnelTo = (network: Endpoint["network"]) =>
  shared(async (stage) => {
    const at = await stage.address(network)
    const builder = (await clientTunnel(stage)).localTarget({ endpoint: at }).status()
    return { at, tunnel: await builder.args("--verify-cn=server").start() }
  })
const tunnels = { tcp: tunnelTo("tcp"), unix: tunnelTo("unix") } as const

const refuses = (who: Unwanted, version: TlsVersion, network: Endpoint["network"]) => async (stage: Stage) => {
  const trust = await ca()
  const { at, tunnel } = await tunnels[network](stage)
  const before = await rowAtRest(tunnel)
  const phrase = new RegExp(`error on dial: ${who.phrase.source}`)
  const [told, opened] = [tunnel.count(phrase), tunnel.count(/opening pipe/)]
  // Clients are not asked for a certificate here: nothing but our own verdict may end the handshake.
  const server = await tlsServer(stage, {
    identity: await who.identity(),
    ca: trust,
    optional: true,
    version,
    at,
    echo: true
  })
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.write("must not arrive")
  await peer.eof()
  assert.equal(peer.received, 0)
  await tunnel.waitForLine(phrase, told + 1)
  await server.over(1)
  assert.equal(server.accepted, 1)
  for (const connection of server.connections) assert.equal(connection.received, 0)
  if (version === "TLSv1.3") {
    assert.equal(server.connections.length, 0, "the server must see its handshake fail")
    assert.equal(server.failures.length, 1)
  }
  assert.equal(tunnel.count(/opening pipe/), opened)
  await waitForRowSince(tunnel, before, [0, 0, 1, 0, 1, 0, 0, 1])
}

const suffixes = { tcp: "", unix: "-unix" } as const
const networks = ["tcp", "unix"] as const
const versions = { tls12: "TLSv1.2", tls13: "TLSv1.3" } as const

export const clientRefusals: ReadonlyArray<Scenario> = networks.flatMap((network) => [
  ...Object.entries(unwanted).flatMap(([name, who]) =>
    Object.entries(versions).map(([short, version]) =>
      scenario(`client-refuses-${name}-${short}${suffixes[network]}`, "data-path", refuses(who, version, network))
    )
  ),
  ...Object.entries(versions).map(([short, version]) =>
    scenario(`client-accepts-${short}${suffixes[network]}`, "data-path", async (stage) => {
      const who = { identity: await serverIdentity(), ca: await ca() }
      const { at, tunnel } = await tunnels[network](stage)
      const before = await rowAtRest(tunnel)
      const server = await tlsServer(stage, { ...who, version, at, echo: true })
      const peer = await connectPlain(stage, tunnel.listen)
      await peer.echo("the control of this matrix")
      assert.equal((await server.connection(0)).tls.getProtocol(), version)
      await waitForRowSince(tunnel, before, [1, 0, 1, 1, 0, 0, 0, 0])
    })
  )
])

runTopic("client-refusals", clientRefusals)
