/** `--watch`: files that change are reloaded without a signal, in all the ways in which tools replace them. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { copyFileSync, mkdirSync, renameSync, symlinkSync } from "node:fs"
import { join as joined } from "node:path"
import { echoBackend } from "../support/Backend.ts"
import type { Stage } from "../support/Stage.ts"
import type { TestIdentity } from "../support/TestCa.ts"
import { server, type Tunnel } from "../support/Tunnel.ts"
import { ca, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const put = (directory: string, identity: TestIdentity): void => {
  mkdirSync(directory, { recursive: true })
  copyFileSync(identity.certPath, joined(directory, "tls.crt"))
  copyFileSync(identity.keyPath, joined(directory, "tls.key"))
}

/** A link that leads elsewhere from one moment to the next. */
const relink = (target: string, link: string): void => {
  symlinkSync(target, `${link}.new`)
  renameSync(`${link}.new`, link)
}

interface Way {
  /** Lays the first pair out below `directory` and tells where the tunnel finds it. */
  readonly lay: (directory: string, first: TestIdentity) => { readonly certPath: string; readonly keyPath: string }
  readonly replace: (directory: string, second: TestIdentity) => void
}

const inPlace: Way = {
  lay: (directory, first) => {
    put(directory, first)
    return { certPath: joined(directory, "tls.crt"), keyPath: joined(directory, "tls.key") }
  },
  replace: put
}

const byRename: Way = {
  lay: inPlace.lay,
  replace: (directory, second) => {
    put(joined(directory, "new"), second)
    for (const file of ["tls.key", "tls.crt"]) renameSync(joined(directory, "new", file), joined(directory, file))
  }
}

/** Kubernetes mounts secrets so: `tls.crt -> ..data/tls.crt`, `..data -> ..2026_11_22`. */
const kubernetes: Way = {
  lay: (directory, first) => {
    put(joined(directory, "..first"), first)
    relink("..first", joined(directory, "..data"))
    for (const file of ["tls.key", "tls.crt"]) symlinkSync(joined("..data", file), joined(directory, file))
    return { certPath: joined(directory, "tls.crt"), keyPath: joined(directory, "tls.key") }
  },
  replace: (directory, second) => {
    put(joined(directory, "..second"), second)
    relink("..second", joined(directory, "..data"))
  }
}

/** certbot keeps `live/name/cert.pem -> ../../archive/name/cert1.pem`, one link a file. */
const certbot: Way = {
  lay: (directory, first) => {
    const archive = joined(directory, "archive")
    const live = joined(directory, "live")
    put(joined(archive, "1"), first)
    mkdirSync(live)
    for (const file of ["tls.key", "tls.crt"]) symlinkSync(joined("..", "archive", "1", file), joined(live, file))
    return { certPath: joined(live, "tls.crt"), keyPath: joined(live, "tls.key") }
  },
  replace: (directory, second) => {
    put(joined(directory, "archive", "2"), second)
    for (const file of ["tls.key", "tls.crt"]) {
      relink(joined("..", "archive", "2", file), joined(directory, "live", file))
    }
  }
}

const first = () => serverIdentity({ cn: "first" })
const second = () => serverIdentity({ cn: "second" })

const watching = async (stage: Stage, way: Way, ...args: ReadonlyArray<string>) => {
  const directory = stage.path(".secrets")
  mkdirSync(directory)
  const identity = way.lay(directory, await first())
  const tunnel = await server(stage)
    .identity(identity)
    .ca(await ca())
    .allowAll()
    .target(await echoBackend(stage))
    .args(...args)
    .start()
  const name = async () => {
    const peer = await join(stage, tunnel)
    await peer.echo("who are you")
    const { peerName } = peer
    peer.destroy()
    return peerName
  }
  return { directory, name, tunnel }
}

/** Waits until the second pair is in use: an earlier reload may have met only one of its files and have failed. */
const loadedSecond = async (tunnel: Tunnel): Promise<void> => {
  await tunnel.waitForLine(/loaded certificate: CN=second$/)
  const loaded = tunnel.messages.indexOf("loaded certificate: CN=second")
  await tunnel.changes.until(
    () => (tunnel.messages.indexOf("reloading configuration complete", loaded) < 0 ? undefined : true),
    () => "the end of that reload"
  )
}

const follows = (way: Way) => async (stage: Stage) => {
  const { directory, name, tunnel } = await watching(stage, way, "--watch")
  const old = await join(stage, tunnel)
  assert.equal(await name(), "first")
  way.replace(directory, await second())
  await tunnel.waitForLine(/certificate files have changed, reloading TLS configuration$/)
  await loadedSecond(tunnel)
  assert.equal(await name(), "second")
  await old.echo("unimpressed")
}

export const serverWatch = [
  scenario("server-watch-written-in-place", "control", follows(inPlace)),
  scenario("server-watch-renamed", "control", follows(byRename)),
  scenario("server-watch-kubernetes-secret", "control", follows(kubernetes)),
  scenario("server-watch-certbot-links", "control", follows(certbot)),
  scenario("server-watch-half-written-pair", "control", async (stage) => {
    const { directory, name, tunnel } = await watching(stage, inPlace, "--watch")
    copyFileSync((await second()).certPath, joined(directory, "tls.crt"))
    await tunnel.waitForLine(/error reloading TLS configuration: .*private key does not match public key/)
    await tunnel.waitForLine(/reloading configuration complete$/)
    assert.equal(await name(), "first")
    copyFileSync((await second()).keyPath, joined(directory, "tls.key"))
    await loadedSecond(tunnel)
    assert.equal(await name(), "second")
  }),
  scenario(
    "server-watch-passing-failure",
    "control",
    async (stage) => {
      const { directory, name, tunnel } = await watching(stage, byRename, "--watch")
      const descriptors = (limit: number) =>
        execFileSync("prlimit", [`--pid=${tunnel.pid}`, `--nofile=${limit}:`], { stdio: "pipe" })
      descriptors(10)
      byRename.replace(directory, await second())
      await tunnel.waitForLine(/error reloading TLS configuration: .*too many open files$/)
      // The files stay as they are from now on.
      descriptors(1024)
      await loadedSecond(tunnel)
      assert.equal(await name(), "second")
      assert.equal(tunnel.count(/certificate files have changed/), 1)
    },
    ["prlimit"]
  ),
  scenario("server-watch-off-by-default", "control", async (stage) => {
    const { directory, name, tunnel } = await watching(stage, inPlace, "--timed-reload=1h")
    inPlace.replace(directory, await second())
    // A watching tunnel beside it has seen the change by now.
    const beside = await watching(stage, inPlace, "--watch")
    inPlace.replace(beside.directory, await second())
    await beside.tunnel.waitForLine(/loaded certificate: CN=second$/)
    assert.equal(await name(), "first")
    assert.equal(tunnel.count(/reloading/), 0)
  })
]

runTopic("server-watch", serverWatch)
