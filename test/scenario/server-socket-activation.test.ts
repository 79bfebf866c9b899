/** Sockets that the service manager opened: taken by name for the listener and the status port. */
import assert from "node:assert/strict"
import { existsSync } from "node:fs"
import { echoBackend } from "../support/Backend.ts"
import { accepts, type Endpoint, textOf } from "../support/Endpoint.ts"
import { injectFault } from "../support/FaultInjection.ts"
import { launch } from "../support/Launch.ts"
import { runTool } from "../support/Program.ts"
import { activated, type NamedSocket } from "../support/SocketActivation.ts"
import type { Stage } from "../support/Stage.ts"
import { ca, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { needing, scenario } from "./Scenario.ts"

const common = async (stage: Stage, ...words: ReadonlyArray<string>): Promise<ReadonlyArray<string>> => {
  const backend = await echoBackend(stage)
  const identity = await serverIdentity()
  const files = [`--cert=${identity.certPath}`, `--key=${identity.keyPath}`, `--cacert=${(await ca()).certPath}`]
  return ["server", `--target=${textOf(backend.endpoint)}`, "--allow-cn=client", ...files, ...words]
}

const curl = (stage: Stage, at: Endpoint) =>
  runTool(stage, "curl", ["--silent", "--show-error", `http://${textOf(at)}/_status`])

const assertStatus = async (stage: Stage, at: Endpoint, listen: string) => {
  const { stdout } = await curl(stage, at)
  const seen: unknown = JSON.parse(stdout)
  assert.ok(typeof seen === "object" && seen !== null && "listen_address" in seen && "ok" in seen, stdout)
  assert.deepEqual([seen.ok, seen.listen_address], [true, listen])
}

/** Both ports are somebody else's sockets; `network` is that of the main one. */
const serves = (network: Endpoint["network"]) => async (stage: Stage) => {
  const [listen, status] = [await stage.address(network), await stage.tcp()]
  const sockets = [
    { name: "status", at: status },
    { name: "web", at: listen }
  ]
  const words = await common(stage, "--listen=systemd:web", "--status=systemd:status", "--sandbox=require")
  const tunnel = await activated(stage, sockets, words)
  assert.equal(tunnel.stdout, "", "started before anybody came")
  const peers = await Promise.all([1, 2, 3, 4, 5].map(() => join(stage, { listen })))
  await tunnel.waitForLine(/listening for connections on systemd:web$/)
  assert.equal(tunnel.count(/^listening for connections on systemd:web$/), 1)
  await Promise.all(peers.map((peer, index) => peer.echo(`hello ${index}`)))
  await assertStatus(stage, status, "systemd:web")
  tunnel.signal("SIGHUP")
  await tunnel.waitForLine(/reloading configuration complete$/)
  const late = await join(stage, { listen })
  await late.echo("after a reload")
  tunnel.signal("SIGTERM")
  await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
  await late.echo(", during the drain")
  for (const peer of [...peers, late]) peer.end()
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  assert.equal(await accepts(listen), false)
  // The path is the service manager's.
  if (listen.network === "unix") assert.equal(existsSync(listen.path), true, "the socket's path is gone")
  assert.doesNotMatch(tunnel.stderr, /error|warning/i)
}

interface Refusal {
  readonly sockets: ReadonlyArray<string>
  readonly words: ReadonlyArray<string>
  readonly lines: ReadonlyArray<string>
  readonly sentence: string
}

const refuses =
  ({ lines, sentence, sockets, words }: Refusal) =>
  async (stage: Stage) => {
    const named: Array<NamedSocket> = []
    for (const name of sockets) named.push({ name, at: await stage.tcp() })
    const tunnel = await activated(stage, named, await common(stage, ...words))
    const knock = curl(stage, named[0]?.at ?? assert.fail("no socket"))
    assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
    assert.notEqual((await knock).exited?.code, 0)
    for (const line of lines) assert.equal(tunnel.messages.includes(line), true, `no line "${line}"`)
    assert.equal(tunnel.count(/^listening for connections on/), 0)
    assert.equal(tunnel.stderr.split("\n").at(-2), `error: ${sentence}`)
  }

const none = (name: string) => `expected listener with name ${name}, but found none`
const both = '--listen and --status must not both be "systemd:web"'
const two = "expected exactly 1 listening socket configured in systemd for name web, found 2"

/** The variables are there, but not for this process, or say nothing. */
const notOurs = (environment: Readonly<Record<string, string>>) => async (stage: Stage) => {
  const tunnel = launch(stage, await common(stage, "--listen=systemd:web"), { environment })
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  assert.equal(tunnel.messages.includes(`error trying to listen: ${none("web")}`), true)
  assert.equal(tunnel.stderr, `error: ${none("web")}\n`)
}

/** What the Go program looks at before it takes sockets is told, though the socket is missing too. */
const toldBeforeSockets = (words: ReadonlyArray<string>, sentence: RegExp) => async (stage: Stage) => {
  const replaced = words.map((word) => word.replace(/=.*/, "="))
  const rest = await common(stage, "--listen=systemd:web")
  const others = rest.filter((word) => !replaced.some((flag) => word.startsWith(flag)))
  const tunnel = launch(stage, [...others, ...words])
  assert.deepEqual(await tunnel.exit(), { code: 1, signal: null })
  assert.match(tunnel.stderr, sentence)
  assert.equal(tunnel.count(/found none/), 0, "the socket was looked for too early")
}

/** A thread that serves an inherited socket dies; another one goes on with it, every time. */
const survives = (network: Endpoint["network"]) => async (stage: Stage) => {
  const listen = await stage.address(network)
  const words = await common(stage, "--listen=systemd:web", "--sandbox=require")
  const tunnel = await activated(stage, [{ name: "web", at: listen }], words, injectFault(stage, "worker"))
  await (await join(stage, { listen })).echo("before")
  // Without worker threads there is none to lose.
  for (const round of stage.cell.plane === "workers" ? [1, 2] : []) {
    tunnel.signal("SIGUSR2")
    await tunnel.waitForLine(/worker thread \d ended unexpectedly \(injectFault\); its connections are closed$/, round)
    // Whoever comes before there is a new thread waits in the socket's queue.
    await (await join(stage, { listen })).echo(`after ${round}`)
  }
  tunnel.signal("SIGTERM")
  await tunnel.waitForLine(/shutdown proxy, waiting for drain$/)
  assert.equal(await accepts(listen), false)
  if (listen.network === "unix") assert.equal(existsSync(listen.path), true, "the socket's path is gone")
}

const activatedOnes = [
  scenario("server-socket-activation", "data-path", serves("tcp"), ["curl"]),
  scenario("server-socket-activation-survives-dead-threads", "data-path", survives("tcp")),
  scenario("server-socket-activation-unix-survives-dead-threads", "data-path", survives("unix")),
  scenario("server-socket-activation-unix", "control", serves("unix"), ["curl"]),
  scenario(
    "server-socket-activation-nameless",
    "control",
    async (stage) => {
      const [listen, status] = [await stage.tcp(), await stage.tcp()]
      const words = await common(stage, `--listen=${textOf(listen)}`, "--status=systemd:LISTEN_FD_3")
      await activated(stage, [{ name: "", at: status }], words)
      await assertStatus(stage, status, textOf(listen))
      await (await join(stage, { listen })).echo("one inherited, one bound")
    },
    ["curl"]
  ),
  scenario(
    "server-socket-activation-missing-name",
    "control",
    refuses({
      sockets: ["web"],
      words: ["--listen=systemd:other"],
      lines: [`error trying to listen: ${none("other")}`, `error from server listen: ${none("other")}`],
      sentence: none("other")
    }),
    ["curl"]
  ),
  scenario(
    "server-socket-activation-missing-status",
    "control",
    refuses({
      sockets: ["web"],
      words: ["--listen=systemd:web", "--status=systemd:status"],
      lines: [`error: unable to bind on status port: ${none("status")}`, `error serving /_status: ${none("status")}`],
      sentence: none("status")
    }),
    ["curl"]
  ),
  scenario(
    "server-socket-activation-two-of-a-name",
    "control",
    refuses({
      sockets: ["web", "web"],
      words: ["--listen=systemd:web"],
      lines: [`error trying to listen: ${two}`],
      sentence: two
    }),
    ["curl"]
  ),
  scenario(
    "server-socket-activation-one-name-for-both",
    "control",
    refuses({
      sockets: ["web"],
      words: ["--listen=systemd:web", "--status=systemd:web"],
      lines: [`error: ${both}`],
      sentence: both
    }),
    ["curl"]
  )
]

export const serverSocketActivation = [
  ...activatedOnes.map((each) => needing(each, "systemd-socket-activate")),
  scenario("server-socket-activation-without-sockets", "control", notOurs({})),
  scenario(
    "server-socket-activation-after-target",
    "control",
    toldBeforeSockets(
      ["--target=nowhere.invalid:1", "--unsafe-target"],
      /^error: lookup nowhere\.invalid: no such host\n$/
    )
  ),
  scenario(
    "server-socket-activation-after-rules",
    "control",
    toldBeforeSockets(["--allow-uri=a*b"], /^error: invalid URI pattern in --allow-uri flag/)
  ),
  scenario(
    "server-socket-activation-of-another-process",
    "control",
    notOurs({ LISTEN_PID: "1", LISTEN_FDS: "1", LISTEN_FDNAMES: "web" })
  )
]

runTopic("server-socket-activation", serverSocketActivation)
