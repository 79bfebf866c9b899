/** Revocation in server mode: revoked clients never pass, others pass as far as the lists are good enough. */
import assert from "node:assert/strict"
import { copyFileSync, mkdirSync, writeFileSync } from "node:fs"
import type { ServerResponse } from "node:http"
import { join as joinPath } from "node:path"
import { holdingBackend } from "../support/Backend.ts"
import { textOf } from "../support/Endpoint.ts"
import { httpReceiver } from "../support/HttpReceiver.ts"
import { ask, waitForRow } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import type { IdentitySpec, TestIdentity } from "../support/TestCa.ts"
import { type CrlSpec, makeCrl, type TestCrl } from "../support/TestCrl.ts"
import { attemptTls, type TlsVersion } from "../support/TlsClient.ts"
import { ca, clientIdentity, join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { type Scenario, scenario } from "./Scenario.ts"

const versions = { tls12: "TLSv1.2", tls13: "TLSv1.3" } as const
const modes = ["strict", "warn"] as const
type Mode = (typeof modes)[number]

const crl = async (spec: CrlSpec): Promise<TestCrl> => makeCrl(await ca(), spec)
const unlucky = (change: IdentitySpec = {}) => clientIdentity({ ou: "revoked", ...change })

const start = async (stage: Stage, lists: ReadonlyArray<string>, mode: Mode | undefined) => {
  const backend = await holdingBackend(stage)
  const builder = (await serverTunnel(stage)).allowCn("client").status().target(backend)
  const words = [...lists.map((path) => `--crl=${path}`), ...(mode === undefined ? [] : [`--crl-mode=${mode}`])]
  return { backend, tunnel: await builder.args(...words).start() }
}

const refuses =
  (
    make: () => Promise<{ readonly identity: TestIdentity; readonly lists: ReadonlyArray<TestCrl> }>,
    phrase: RegExp,
    mode: Mode | undefined,
    version: TlsVersion = "TLSv1.3"
  ) =>
  async (stage: Stage) => {
    const { identity, lists } = await make()
    const paths = lists.map(({ path }) => path)
    const { backend, tunnel } = await start(stage, paths, mode)
    const attempt = await attemptTls(stage, { to: tunnel.listen, ca: await ca(), identity, version }, "must not arrive")
    assert.equal(attempt.received, "")
    if (version === "TLSv1.2") assert.equal(attempt.completed, false)
    await tunnel.waitForLine(new RegExp(`error on TLS handshake from 127\\.0\\.0\\.1:\\d+: .*${phrase.source}`))
    await waitForRow(tunnel, [0, 0, 1, 0, 1, 0, 1, 1])
    assert.equal(backend.connections.length, 0)
    assert.equal(tunnel.count(/opening pipe|warning:/), 0)
  }

const revokedLeaf = async () => {
  const identity = await unlucky()
  return { identity, lists: [await crl({ revoked: [identity] })] }
}
const revokedIntermediate = async () => {
  const middle = await (await ca()).makeIntermediate("Revoked Intermediate")
  const identity = await middle.issue({ cn: "client", eku: "client" })
  return { identity, lists: [await crl({ revoked: [middle] }), await makeCrl(middle)] }
}
const revoked = /tls: failed to verify certificate: x509: certificate has been revoked/
const authority = new RegExp(`${revoked.source} \\(the authority "CN=Revoked Intermediate"\\)$`)
const stale = /revocation status is unknown: the revocation list of "CN=Scenario Root" has expired: it was valid until /
const usage = /tls: failed to verify certificate: x509: certificate specifies an incompatible key usage \(presented /

const of =
  (spec: CrlSpec, change: IdentitySpec = {}) =>
  async () => ({
    identity: await clientIdentity(change),
    lists: [await crl(spec)]
  })

export const serverRevocation: ReadonlyArray<Scenario> = [
  ...Object.entries(versions).flatMap(([short, version]) =>
    modes.flatMap((mode) => [
      scenario(`server-crl-revoked-${mode}-${short}`, "data-path", refuses(revokedLeaf, revoked, mode, version)),
      scenario(
        `server-crl-revoked-intermediate-${mode}-${short}`,
        "data-path",
        refuses(revokedIntermediate, authority, mode, version)
      ),
      scenario(
        `server-crl-stale-wrong-eku-${mode}-${short}`,
        "data-path",
        refuses(of({ stale: true }, { eku: "server" }), usage, mode, version)
      )
    ])
  ),
  scenario("server-crl-stale-strict", "data-path", refuses(of({ stale: true }), stale, undefined)),
  scenario(
    "server-crl-not-yet-valid-strict",
    "data-path",
    refuses(of({ notYetValid: true }), /"CN=Scenario Root" is not yet valid: it begins at /, "strict")
  ),
  scenario(
    "server-crl-of-another-issuer-strict",
    "data-path",
    refuses(
      async () => ({ identity: await clientIdentity({ intermediate: true }), lists: [await crl({})] }),
      /no revocation list of "CN=Scenario Root Intermediate" is available$/,
      "strict"
    )
  ),
  scenario("server-crl-fresh", "data-path", async (stage) => {
    const { backend, tunnel } = await start(stage, [(await crl({ revoked: [await unlucky()] })).path], undefined)
    const peer = await join(stage, tunnel)
    await peer.write("not on the list")
    await (await backend.connection(0)).receive("not on the list")
    assert.equal(tunnel.count(/warning:/), 0)
  }),
  scenario("server-crl-stale-warn", "data-path", async (stage) => {
    const { backend, tunnel } = await start(stage, [(await crl({ stale: true })).path], "warn")
    for (let index = 0; index < 6; index++) {
      const peer = await join(stage, tunnel)
      await peer.write("admitted")
      await (await backend.connection(index)).receive("admitted")
    }
    const warning = /^warning: admitting peers whose .* \(--crl-mode=warn\): .*"CN=Scenario Root" has expired/
    await tunnel.waitForLine(/opening pipe/, 6)
    assert.equal(tunnel.count(warning), 1)
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    await (await join(stage, tunnel)).write("once more")
    await tunnel.waitForLine(/opening pipe/, 7)
    assert.equal(tunnel.count(warning), 2)
  }),
  scenario("server-crl-reload", "data-path", async (stage) => {
    const identity = await unlucky()
    const path = stage.path(".crl")
    copyFileSync((await crl({})).path, path)
    const { backend, tunnel } = await start(stage, [path], undefined)
    const open = await join(stage, tunnel, { identity })
    await open.write("before")
    await (await backend.connection(0)).receive("before")

    const reload = async (count: number) => {
      tunnel.signal("SIGHUP")
      await tunnel.waitForLine(/reloading configuration complete$/, count)
    }
    const refused = async () => {
      const attempt = await attemptTls(stage, { to: tunnel.listen, ca: await ca(), identity }, "must not arrive")
      assert.equal(attempt.received, "")
    }
    writeFileSync(path, (await crl({ revoked: [identity] })).der)
    await reload(1)
    await refused()
    await tunnel.waitForLine(revoked)
    await open.write(" and after")
    await (await backend.connection(0)).receive("before and after")

    writeFileSync(path, "nothing that is a list")
    await reload(2)
    assert.equal(tunnel.count(/error reloading TLS configuration: loading revocation lists: .*: it holds none, /), 1)
    await refused()
    await tunnel.waitForLine(revoked, 2)
    assert.equal(backend.connections.length, 1)
  }),
  scenario("server-crl-url", "data-path", async (stage) => {
    const identity = await unlucky()
    const list = await crl({ revoked: [identity], extensions: ["2.5.29.20 = ASN1:INTEGER:7"] })
    const answers: Array<ServerResponse> = []
    const receiver = await httpReceiver(stage, (response) => void answers.push(response))
    const url = `http://${textOf(receiver.endpoint)}/root.crl`
    const { backend, tunnel } = await start(stage, [url], undefined)
    await receiver.post(0)
    const early = await attemptTls(stage, { to: tunnel.listen, ca: await ca(), identity: await clientIdentity() }, "x")
    assert.equal(early.received, "")
    await tunnel.waitForLine(
      /"CN=Scenario Root" is available \(the lists at http:.*\/root\.crl have not been fetched yet\)$/
    )
    answers[0]?.end(list.der)
    await tunnel.waitForLine(/fetched revocation lists from http:.*\/root\.crl$/)
    const late = await attemptTls(stage, { to: tunnel.listen, ca: await ca(), identity }, "must not arrive")
    assert.equal(late.received, "")
    await tunnel.waitForLine(revoked)
    const peer = await join(stage, tunnel)
    await peer.write("not on the list")
    await (await backend.connection(0)).receive("not on the list")
    const { body } = await ask(tunnel.status, "/_status")
    assert.match(
      body,
      /"revocation":\{"lists":\[\{"issuer":"CN=Scenario Root","source":"http:[^"]*","number":"7","entries":1,/
    )
    assert.match(body, /"fetches":\[\{"url":"http:[^"]*\/root\.crl","last_success":"20/)
    const metrics = (await ask(tunnel.status, "/_metrics/openmetrics")).body
    assert.match(metrics, /^ghostunnel_revocation_list_number\{issuer="CN=Scenario Root",.*\} 7$/m)
    assert.match(metrics, /^ghostunnel_revocation_fetch_failed\{url="http:.*"\} 0$/m)
  }),
  scenario("server-crl-directory", "data-path", async (stage) => {
    const identity = await unlucky()
    const directory = stage.path(".lists")
    mkdirSync(directory)
    copyFileSync((await crl({})).path, joinPath(directory, "a.crl"))
    writeFileSync(joinPath(directory, "README"), "no list")
    const { backend, tunnel } = await start(stage, [directory], undefined)
    const peer = await join(stage, tunnel, { identity })
    await peer.write("before")
    await (await backend.connection(0)).receive("before")
    writeFileSync(joinPath(directory, "b.pem"), (await crl({ revoked: [identity], thisUpdate: new Date() })).pem)
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    const attempt = await attemptTls(stage, { to: tunnel.listen, ca: await ca(), identity }, "must not arrive")
    assert.equal(attempt.received, "")
    await tunnel.waitForLine(revoked)
  })
]

runTopic("server-revocation", serverRevocation)
