/** Revocation in client mode: nothing is sent to a revoked server. */
import assert from "node:assert/strict"
import { waitForRow } from "../support/Metrics.ts"
import { connectPlain } from "../support/Peer.ts"
import type { Stage } from "../support/Stage.ts"
import { makeCrl } from "../support/TestCrl.ts"
import { makeOcspResponse } from "../support/TestOcsp.ts"
import type { TlsVersion } from "../support/TlsClient.ts"
import { tlsServer } from "../support/TlsServer.ts"
import { ca, clientTunnel, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

const versions = { tls12: "TLSv1.2", tls13: "TLSv1.3" } as const
const modes = ["strict", "warn"] as const

const refuses = (mode: (typeof modes)[number], version: TlsVersion) => async (stage: Stage) => {
  const identity = await serverIdentity({ ou: "revoked" })
  const trust = await ca()
  const list = await makeCrl(trust, { revoked: [identity], stale: true })
  const server = await tlsServer(stage, { identity, ca: trust, optional: true, version, echo: true })
  const builder = (await clientTunnel(stage)).localTarget(server).status()
  const tunnel = await builder.args(`--crl=${list.path}`, `--crl-mode=${mode}`).start()
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.write("must not arrive")
  await peer.eof()
  assert.equal(peer.received, 0)
  await tunnel.waitForLine(/error on dial: tls: failed to verify certificate: x509: certificate has been revoked$/)
  await server.over(1)
  for (const connection of server.connections) assert.equal(connection.received, 0)
  if (version === "TLSv1.3") assert.equal(server.connections.length, 0, "the server must see its handshake fail")
  assert.equal(tunnel.count(/opening pipe/), 0)
  await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 0, 1])
}

const staple = async (stage: Stage, status: "good" | "revoked" | undefined, mode: string, version: TlsVersion) => {
  const identity = await serverIdentity()
  const response = status === undefined ? {} : { staple: await makeOcspResponse(await ca(), identity, { status }) }
  const server = await tlsServer(stage, { identity, ca: await ca(), optional: true, version, echo: true, ...response })
  const tunnel = await (await clientTunnel(stage)).localTarget(server).args(`--ocsp=${mode}`).start()
  const peer = await connectPlain(stage, tunnel.listen)
  await peer.write("payload")
  return { peer, server, tunnel }
}

const stapled =
  (status: "good" | "revoked", mode: string, version: TlsVersion) =>
  async (stage: Stage): Promise<void> => {
    const { peer } = await staple(stage, status, mode, version)
    await peer.receive("payload")
  }

const unstapled =
  (status: "revoked" | undefined, mode: string, version: TlsVersion, why: RegExp) =>
  async (stage: Stage): Promise<void> => {
    const { peer, server, tunnel } = await staple(stage, status, mode, version)
    await peer.eof()
    assert.equal(peer.received, 0)
    await tunnel.waitForLine(why)
    for (const connection of server.connections) assert.equal(connection.received, 0)
  }

const stapledRevoked = /error on dial: tls: failed to verify certificate: x509: certificate has been revoked$/

export const clientRevocation: ReadonlyArray<Scenario> = [
  ...Object.entries(versions).flatMap(([short, version]) => [
    scenario(`client-ocsp-good-${short}`, "data-path", stapled("good", "require", version)),
    scenario(`client-ocsp-revoked-${short}`, "data-path", unstapled("revoked", "staple", version, stapledRevoked))
  ]),
  scenario(
    "client-ocsp-missing-require",
    "data-path",
    unstapled(undefined, "require", "TLSv1.3", /status is unknown: the server stapled no OCSP response$/)
  ),
  scenario("client-ocsp-off", "data-path", stapled("revoked", "off", "TLSv1.3")),
  ...Object.entries(versions).flatMap(([short, version]) =>
    modes.map((mode) => scenario(`client-crl-revoked-${mode}-${short}`, "data-path", refuses(mode, version)))
  ),
  scenario("client-crl-missing-strict-and-warn", "data-path", async (stage) => {
    const other = await (await ca()).makeIntermediate("Another Issuer")
    const { path } = await makeCrl(other)
    const server = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca(), echo: true })
    const start = async (mode: string) =>
      (await clientTunnel(stage)).localTarget(server).args(`--crl=${path}`, `--crl-mode=${mode}`).start()
    const strict = await start("strict")
    const refused = await connectPlain(stage, strict.listen)
    await refused.eof()
    const why = /no revocation list of "CN=Scenario Root" is available$/
    await strict.waitForLine(new RegExp(`^\\[.*error on dial: .*${why.source}`))
    const warn = await start("warn")
    const admitted = await connectPlain(stage, warn.listen)
    await admitted.echo("with a warning")
    await warn.waitForLine(new RegExp(`warning: .*${why.source}`))
  })
]

runTopic("client-revocation", clientRevocation)
