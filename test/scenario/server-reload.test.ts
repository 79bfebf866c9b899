/** Reload: new connections see the new files, open ones notice nothing, a failing reload changes nothing. */
import assert from "node:assert/strict"
import { copyFileSync, writeFileSync } from "node:fs"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { ask } from "../support/Metrics.ts"
import type { Stage } from "../support/Stage.ts"
import type { TestCa, TestIdentity } from "../support/TestCa.ts"
import { attemptTls } from "../support/TlsClient.ts"
import { server, type TunnelBuilder } from "../support/Tunnel.ts"
import { ca, clientIdentity, foreignCa, foreignIdentity, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

/** Files of a tunnel that a scenario replaces while it runs. */
class Files {
  readonly certPath: string
  readonly keyPath: string
  readonly caPath: string

  constructor(stage: Stage) {
    this.certPath = stage.path(".pem")
    this.keyPath = stage.path(".key")
    this.caPath = stage.path(".ca")
  }

  use(identity: TestIdentity): void {
    copyFileSync(identity.certPath, this.certPath)
    copyFileSync(identity.keyPath, this.keyPath)
  }

  trust(...authorities: ReadonlyArray<TestCa>): void {
    writeFileSync(this.caPath, authorities.map((each) => each.certPem).join(""))
  }
}

const first = () => serverIdentity({ cn: "first" })
const second = () => serverIdentity({ cn: "second" })

const prepare = async (stage: Stage): Promise<{ files: Files; builder: TunnelBuilder }> => {
  const backend = await echoBackend(stage)
  const files = new Files(stage)
  files.use(await first())
  files.trust(await ca())
  const builder = server(stage).identity(files).ca({ certPath: files.caPath }).allowAll().target(backend)
  return { files, builder }
}

const nameOf = async (stage: Stage, tunnel: Parameters<typeof join>[1]): Promise<string | undefined> => {
  const peer = await join(stage, tunnel)
  await peer.echo("who are you")
  const name = peer.peerName
  peer.destroy()
  return name
}

const reloads = (signal: NodeJS.Signals, word: string) => async (stage: Stage) => {
  const { files, builder } = await prepare(stage)
  const tunnel = await builder.start()
  const old = await join(stage, tunnel)
  assert.equal(old.peerName, "first")
  await old.echo("before ")
  files.use(await second())
  assert.equal(await nameOf(stage, tunnel), "first", "changed without being asked")
  tunnel.signal(signal)
  await tunnel.waitForLine(/reloading configuration complete$/)
  for (let round = 0; round < 4; round++) assert.equal(await nameOf(stage, tunnel), "second")
  await old.echo("after")
  const order = [
    `received ${word}, reloading TLS configuration`,
    "loaded certificate: CN=second",
    "reloading configuration complete"
  ]
  const places = order.map((line) => tunnel.messages.lastIndexOf(line))
  assert.ok(!places.includes(-1), tunnel.stdout)
  assert.deepEqual(
    places,
    [...places].sort((a, b) => a - b)
  )
  files.use(await first())
  tunnel.signal(signal)
  await tunnel.waitForLine(/reloading configuration complete$/, 2)
  assert.equal(await nameOf(stage, tunnel), "first")
}

/** Breaks something, reloads, and expects that the tunnel still is what it was. */
const keepsOld = (spoil: (files: Files) => Promise<void>) => async (stage: Stage) => {
  const { files, builder } = await prepare(stage)
  const tunnel = await builder.start()
  const old = await join(stage, tunnel)
  await spoil(files)
  tunnel.signal("SIGHUP")
  await tunnel.waitForLine(/error reloading TLS configuration: ./)
  await tunnel.waitForLine(/reloading configuration complete$/)
  assert.equal(tunnel.count(/loaded certificate: CN=second/), 0)
  for (let round = 0; round < 4; round++) assert.equal(await nameOf(stage, tunnel), "first")
  const options = { to: tunnel.listen, ca: await ca(), identity: await foreignIdentity("client") }
  assert.equal((await attemptTls(stage, options, "no")).received, "")
  await old.echo("still the same")
  files.use(await second())
  files.trust(await ca())
  tunnel.signal("SIGHUP")
  await tunnel.waitForLine(/reloading configuration complete$/, 2)
  assert.equal(await nameOf(stage, tunnel), "second")
}

export const serverReload = [
  scenario("server-reload-sighup", "data-path", reloads("SIGHUP", "hangup")),
  scenario("server-reload-sigusr1", "data-path", reloads("SIGUSR1", "user defined signal 1")),
  scenario(
    "server-reload-broken-ca-keeps-all",
    "data-path",
    keepsOld(async (files) => {
      files.use(await second())
      writeFileSync(files.caPath, "garbage")
    })
  ),
  scenario(
    "server-reload-missing-ca-keeps-all",
    "control",
    keepsOld(async (files) => {
      files.use(await second())
      writeFileSync(files.caPath, "")
    })
  ),
  scenario(
    "server-reload-half-written-pair-keeps-old",
    "data-path",
    keepsOld(async (files) => {
      copyFileSync((await second()).certPath, files.certPath)
    })
  ),
  scenario(
    "server-reload-broken-certificate-keeps-trust",
    "data-path",
    keepsOld(async (files) => {
      writeFileSync(files.certPath, "-----BEGIN CERTIFICATE-----\nnonsense\n")
      files.trust(await ca(), await foreignCa())
    })
  ),
  scenario("server-reload-changes-trust", "data-path", async (stage) => {
    const { files, builder } = await prepare(stage)
    const tunnel = await builder.start()
    const old = await join(stage, tunnel)
    const known = { to: tunnel.listen, ca: await ca(), identity: await clientIdentity() }
    const foreign = { ...known, identity: await foreignIdentity("client") }
    assert.equal((await attemptTls(stage, foreign, "no")).received, "")
    await tunnel.waitForLine(/error on TLS handshake from .*certificate signed by unknown authority/)
    files.trust(await foreignCa())
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    const welcome = await join(stage, tunnel, foreign)
    await welcome.echo("now I may")
    assert.equal((await attemptTls(stage, known, "no")).received, "")
    await tunnel.waitForLine(/error on TLS handshake from .*certificate signed by unknown authority/, 2)
    await old.echo("I am here since before")
  }),
  scenario("server-reload-timed", "data-path", async (stage) => {
    const { files, builder } = await prepare(stage)
    const tunnel = await builder.args("--timed-reload=300ms").start()
    const old = await join(stage, tunnel)
    assert.equal(old.peerName, "first")
    files.use(await second())
    await tunnel.waitForLine(/loaded certificate: CN=second$/)
    await eventually("the new certificate", async () => ((await nameOf(stage, tunnel)) === "second" ? true : undefined))
    await old.echo("unimpressed")
    assert.equal(tunnel.count(/received/), 0)
    await tunnel.waitForLine(/reloading configuration complete$/, 3)
  }),
  scenario("server-reload-under-load", "data-path", async (stage) => {
    const { files, builder } = await prepare(stage)
    const tunnel = await builder.start()
    let stop = false
    let carried = 0
    const load = [1, 2, 3].map(async () => {
      while (!stop) {
        await nameOf(stage, tunnel)
        carried += 1
      }
    })
    for (let round = 1; round <= 10; round++) {
      files.use(await (round % 2 === 0 ? first() : second()))
      tunnel.signal("SIGHUP")
      await tunnel.waitForLine(/reloading configuration complete$/, round)
    }
    stop = true
    await Promise.all(load)
    assert.ok(carried > 0)
    assert.equal(tunnel.count(/error/), 0)
  }),
  scenario("server-reload-shows-in-status", "control", async (stage) => {
    const { builder } = await prepare(stage)
    const tunnel = await builder.status().start()
    const reloadTime = async () =>
      /"last_reload":"([^"]*)"/.exec((await ask(tunnel.status, "/_status")).body)?.[1] ?? ""
    assert.equal(await reloadTime(), "0001-01-01T00:00:00Z")
    const before = Date.now()
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    const at = Date.parse(await reloadTime())
    assert.ok(at >= before - 1 && at <= Date.now() + 1, `${at}`)
  }),
  scenario("server-reload-changes-status-certificate", "control", async (stage) => {
    const { files, builder } = await prepare(stage)
    const tunnel = await builder.status("https").start()
    const certificate = async () => (await ask(tunnel.status, "/_status", "GET", (await ca()).certPem)).certificate
    assert.equal(await certificate(), "first")
    files.use(await second())
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    assert.equal(await certificate(), "second")
  })
]

runTopic("server-reload", serverReload)
