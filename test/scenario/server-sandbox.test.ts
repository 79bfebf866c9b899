/** The process gives up what it does not need: what it says about that, and what it cannot do any more. */
import assert from "node:assert/strict"
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from "node:fs"
import { join as joinPath } from "node:path"
import { Result } from "effect"
import { loadNative } from "../../src/runtime/Native.ts"
import { type Backend, echoBackend, holdingBackend } from "../support/Backend.ts"
import { type Endpoint, textOf } from "../support/Endpoint.ts"
import { launch } from "../support/Launch.ts"
import type { Stage } from "../support/Stage.ts"
import type { TestIdentity } from "../support/TestCa.ts"
import { makeCrl } from "../support/TestCrl.ts"
import { ThreadProbe } from "../support/ThreadProbe.ts"
import { attemptTls } from "../support/TlsClient.ts"
import { ca, clientIdentity, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { needing, scenario } from "./Scenario.ts"

const abi = Result.getOrElse(loadNative().landlock.abi(), () => 0)

const portOf = (endpoint: Endpoint): number => (endpoint.network === "tcp" ? endpoint.port : assert.fail("not TCP"))

/** A directory that no rule opens by itself, as `/tmp` would be. */
const directory = (stage: Stage): string => {
  const path = mkdtempSync("/var/tmp/gt-sandbox-")
  stage.defer(() => rmSync(path, { recursive: true, force: true }))
  return path
}

const words = async (
  listen: Endpoint | string,
  backend: Backend,
  files: Pick<TestIdentity, "certPath" | "keyPath">,
  ...more: ReadonlyArray<string>
) => [
  "server",
  `--listen=${typeof listen === "string" ? listen : textOf(listen)}`,
  `--target=${textOf(backend.endpoint)}`,
  "--allow-all",
  `--cert=${files.certPath}`,
  `--key=${files.keyPath}`,
  `--cacert=${(await ca()).certPath}`,
  ...more
]

/** Starts and serves one client; what it said about itself. */
const serves = async (stage: Stage, ...more: ReadonlyArray<string>) => {
  const backend = await echoBackend(stage)
  const listen = await stage.tcp()
  const tunnel = launch(stage, await words(listen, backend, await serverIdentity(), ...more))
  await tunnel.waitForLine(/listening for connections on/)
  await (await join(stage, { listen })).echo("from a narrow place")
  return { tunnel, listen }
}

const noNewPrivileges = (pid: number): boolean => /^NoNewPrivs:\s*1$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"))

const receipt = new RegExp(
  `^landlock ABI ${abi}: enforced: files, [^;]*TCP listening, TCP connecting; not enforced: [^;]+; threads outside: [^;]+$`
)

const sandboxed =
  (...more: ReadonlyArray<string>) =>
  async (stage: Stage) => {
    const { tunnel } = await serves(stage, ...more)
    const [first, second, third, fourth] = tunnel.messages
    assert.equal(first, "starting ghostunnel in server mode")
    assert.equal(second, "setting up landlock rules to limit process privileges")
    assert.match(third ?? "", receipt)
    // Helpers of V8 and of signals alone: nothing has woken libuv's pool, whose threads read files and look names up.
    assert.match(third ?? "", /threads outside: (none|((\d+ )?(DelayedTask\w*|node-V8Worker|SignalInspector)(, )?)+)$/)
    assert.match(fourth ?? "", /^using cert\/key files on disk/)
    assert.equal(tunnel.count(/landlock/), 2)
    assert.equal(noNewPrivileges(tunnel.pid), true)
    tunnel.signal("SIGTERM")
    await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
    assert.equal(tunnel.stderr, "")
  }

const open = (flag: string) => async (stage: Stage) => {
  const { tunnel } = await serves(stage, flag)
  assert.equal(tunnel.count(/landlock|sandbox/i), 0)
  assert.equal(noNewPrivileges(tunnel.pid), false)
  assert.equal(tunnel.stderr, "")
}

/** A certificate that becomes a link out of the directories known at start. */
const relinked =
  (flag: string, expected: "first" | "second") =>
  async (stage: Stage): Promise<void> => {
    const [inside, outside] = [directory(stage), directory(stage)]
    const [first, second] = [await serverIdentity({ cn: "first" }), await serverIdentity({ cn: "second" })]
    const files = { certPath: joinPath(inside, "cert.pem"), keyPath: joinPath(inside, "key.pem") }
    const backend = await echoBackend(stage)
    const listen = await stage.tcp()
    copyFileSync(first.certPath, files.certPath)
    copyFileSync(first.keyPath, files.keyPath)
    const tunnel = launch(stage, await words(listen, backend, files, flag))
    await tunnel.waitForLine(/listening for connections on/)
    assert.equal((await join(stage, { listen })).peerName, "first")
    for (const [from, to] of [
      [second.certPath, "cert.pem"],
      [second.keyPath, "key.pem"]
    ] as const) {
      copyFileSync(from, joinPath(outside, to))
      symlinkSync(joinPath(outside, to), joinPath(inside, "next"))
      renameSync(joinPath(inside, "next"), joinPath(inside, to))
    }
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/)
    const refused = tunnel.count(/^error reloading TLS configuration: .*permission denied/)
    assert.equal(refused, expected === "first" ? 1 : 0)
    const peer = await join(stage, { listen })
    assert.equal(peer.peerName, expected)
    await peer.echo("still here")
    // What is put back in its place, by renaming, is taken again.
    const third = await serverIdentity({ cn: "third" })
    copyFileSync(third.certPath, joinPath(inside, "next"))
    renameSync(joinPath(inside, "next"), files.certPath)
    copyFileSync(third.keyPath, joinPath(inside, "next"))
    renameSync(joinPath(inside, "next"), files.keyPath)
    tunnel.signal("SIGHUP")
    await tunnel.waitForLine(/reloading configuration complete$/, 2)
    assert.equal((await join(stage, { listen })).peerName, "third")
  }

/** A directory of certificates that is swapped by a link: with what lies beside it, and with what lies elsewhere. */
const swapped = async (stage: Stage): Promise<void> => {
  const [inside, outside] = [directory(stage), directory(stage)]
  const current = joinPath(inside, "current")
  const swap = async (place: string, cn: string) => {
    const identity = await serverIdentity({ cn })
    mkdirSync(place)
    copyFileSync(identity.certPath, joinPath(place, "tls.crt"))
    copyFileSync(identity.keyPath, joinPath(place, "tls.key"))
    symlinkSync(place, joinPath(inside, "next"))
    renameSync(joinPath(inside, "next"), current)
  }
  await swap(joinPath(inside, "v1"), "first")
  const files = { certPath: joinPath(current, "tls.crt"), keyPath: joinPath(current, "tls.key") }
  const listen = await stage.tcp()
  const tunnel = launch(stage, await words(listen, await echoBackend(stage), files, "--sandbox=require", "--watch"))
  await tunnel.waitForLine(/listening for connections on/)
  await swap(joinPath(inside, "v2"), "second")
  await tunnel.waitForLine(/reloading configuration complete$/)
  assert.equal(tunnel.count(/error reloading/), 0)
  assert.equal((await join(stage, { listen })).peerName, "second")
  await swap(joinPath(outside, "v3"), "third")
  await tunnel.waitForLine(/error reloading TLS configuration: .*permission denied$/)
  assert.equal((await join(stage, { listen })).peerName, "second")
}

/** What the program's own threads can reach, tried from inside. */
const reaches = (flag: string, beyond: "EACCES" | "ok") => async (stage: Stage) => {
  const [backend, other] = [await echoBackend(stage), await holdingBackend(stage)]
  const listen = await stage.tcp()
  const elsewhere = joinPath(directory(stage), "secret")
  copyFileSync((await serverIdentity()).keyPath, elsewhere)
  const probe = new ThreadProbe(stage, {
    connect: [portOf(backend.endpoint), portOf(other.endpoint)],
    bind: [portOf(await stage.tcp())],
    read: ["/etc/hosts", elsewhere]
  })
  const { environment } = probe
  const tunnel = launch(stage, await words(listen, backend, await serverIdentity(), flag), { environment })
  await tunnel.waitForLine(/listening for connections on/)
  for (const findings of await probe.look(tunnel)) {
    assert.deepEqual(findings, { connect: ["ok", beyond], bind: [beyond], read: ["ok", beyond] })
  }
  await (await join(stage, { listen })).echo("what is needed is there")
}

export const serverSandbox = [
  needing(scenario("server-sandbox", "data-path", sandboxed()), "landlock"),
  needing(scenario("server-sandbox-required", "data-path", sandboxed("--sandbox=require")), "landlock"),
  needing(
    scenario("server-sandbox-before-helper-threads", "control", async (stage) => {
      // Names that are looked up while flags are parsed must not wake a helper thread: `require` would refuse.
      const more = ["--metrics-graphite=localhost:2003", "--sandbox=require"]
      const backend = await echoBackend(stage)
      const tunnel = launch(stage, await words(await stage.tcp(), backend, await serverIdentity(), ...more))
      assert.match(await tunnel.waitForLine(/landlock ABI/), /threads outside: /)
      assert.equal(tunnel.count(/libuv|helper threads/), 0)
      assert.doesNotMatch(tunnel.stderr, /helper threads/)
    }),
    "landlock"
  ),
  scenario("server-sandbox-disabled", "control", open("--disable-landlock")),
  scenario("server-sandbox-off", "control", open("--sandbox=off")),
  needing(scenario("server-sandbox-reload-from-outside", "control", relinked("--sandbox=auto", "first")), "landlock"),
  needing(
    scenario("server-sandbox-off-reload-from-outside", "control", relinked("--disable-landlock", "second")),
    "landlock"
  ),
  needing(scenario("server-sandbox-reload-from-swapped-directory", "control", swapped), "landlock"),
  needing(
    scenario("server-sandbox-limits-every-thread", "data-path", reaches("--sandbox=require", "EACCES")),
    "landlock"
  ),
  needing(scenario("server-sandbox-off-limits-nothing", "data-path", reaches("--sandbox=off", "ok")), "landlock"),
  needing(
    scenario("server-sandbox-crl", "control", async (stage) => {
      const [first, second] = [directory(stage), directory(stage)].map((path) => joinPath(path, "list.crl"))
      if (first === undefined || second === undefined) return
      const list = await makeCrl(await ca())
      for (const path of [first, second]) copyFileSync(list.path, path)
      const { tunnel, listen } = await serves(stage, "--sandbox=require", `--crl=${first}`, `--crl=${second}`)
      copyFileSync((await makeCrl(await ca(), { revoked: [await clientIdentity()] })).path, second)
      tunnel.signal("SIGHUP")
      await tunnel.waitForLine(/reloading configuration complete$/)
      assert.equal(tunnel.count(/error reloading/), 0)
      const peer = { to: listen, ca: await ca(), identity: await clientIdentity() }
      assert.equal((await attemptTls(stage, peer, "revoked")).received, "")
      await tunnel.waitForLine(/certificate has been revoked$/)
    }),
    "landlock"
  ),
  scenario("server-sandbox-required-and-disabled", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const flags = ["--disable-landlock", "--sandbox=require"]
    const tunnel = launch(stage, await words(await stage.tcp(), backend, await serverIdentity(), ...flags))
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    assert.equal(tunnel.stdout, "")
    const sentence = "--disable-landlock and --sandbox=require are mutually exclusive"
    assert.equal(tunnel.stderr, `ghostunnel: error: ${sentence}, try --help\n`)
  }),
  needing(
    scenario("server-sandbox-without-one-port", "control", async (stage) => {
      const backend = await echoBackend(stage)
      const tunnel = launch(stage, await words("127.0.0.1:0", backend, await serverIdentity()))
      await tunnel.waitForLine(/warning: unable to set up landlock: /)
      await tunnel.waitForLine(/listening for connections on/)
      assert.equal(tunnel.count(/^landlock ABI \d+: enforced: files, [^;]*TCP connecting; /), 1)
    }),
    "landlock"
  ),
  needing(
    scenario("server-sandbox-required-without-port", "control", async (stage) => {
      const backend = await echoBackend(stage)
      const listen = "127.0.0.1:0"
      const required = launch(stage, await words(listen, backend, await serverIdentity(), "--sandbox=require"))
      assert.deepEqual(await required.exit(), { code: 1, signal: null })
      assert.equal(required.count(/^listening for connections on/), 0)
      assert.equal(required.stderr, "error: --sandbox=require: listening needs a fixed port\n")
      const willing = launch(stage, await words(listen, backend, await serverIdentity()))
      await willing.waitForLine(/warning: unable to set up landlock: /)
      await willing.waitForLine(/listening for connections on 127\.0\.0\.1:0$/)
    }),
    "landlock"
  )
]

runTopic("server-sandbox", serverSandbox)
