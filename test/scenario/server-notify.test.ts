/** What the service manager is told: exact datagrams in order, and the watchdog. */
import assert from "node:assert/strict"
import { echoBackend, holdingBackend } from "../support/Backend.ts"
import { pause } from "../support/Changes.ts"
import { type Datagrams, datagrams } from "../support/Datagrams.ts"
import { accepts, type Endpoint, textOf } from "../support/Endpoint.ts"
import { type Launched, launch } from "../support/Launch.ts"
import type { Stage } from "../support/Stage.ts"
import { tlsServer } from "../support/TlsServer.ts"
import { ca, clientIdentity, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

interface Told {
  readonly tunnel: Launched
  readonly listen: Endpoint
  readonly told: Datagrams
  /** What stands in every status text. */
  readonly tail: string
}

const started = async (
  stage: Stage,
  told: Datagrams,
  target: Endpoint,
  environment: Readonly<Record<string, string>> = {},
  more: ReadonlyArray<string> = []
): Promise<Told> => {
  const listen = await stage.tcp()
  const identity = await serverIdentity()
  const words = ["server", `--listen=${textOf(listen)}`, `--target=${textOf(target)}`, "--allow-all"]
  const files = [`--cert=${identity.certPath}`, `--key=${identity.keyPath}`, `--cacert=${(await ca()).certPath}`]
  const surroundings = { environment: { NOTIFY_SOCKET: told.path, ...environment } }
  const tunnel = launch(stage, [...words, ...files, ...more], surroundings)
  return { tunnel, listen, told, tail: `server proxying ${textOf(listen)} => ${textOf(target)}` }
}

const microseconds = () => process.hrtime.bigint() / 1000n

/** A whole life: start, two reloads (one fails), shutdown. */
const lives = (place: (stage: Stage) => string) => async (stage: Stage) => {
  const told = await datagrams(stage, place(stage))
  const { listen, tail, tunnel } = await started(stage, told, (await echoBackend(stage)).endpoint)
  await told.take(2)
  assert.equal(await accepts(listen), true, "READY before it listens")
  const before = microseconds()
  tunnel.signal("SIGHUP")
  await told.take(6)
  tunnel.signal("SIGUSR1")
  await told.take(10)
  const after = microseconds()
  tunnel.signal("SIGTERM")
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  const all = await told.take(12)
  const times = all.flatMap((text) => /^RELOADING=1\nMONOTONIC_USEC=(\d+)$/.exec(text)?.[1] ?? []).map(BigInt)
  const [first = 0n, second = 0n] = times
  assert.ok(before <= first && first < second && second <= after, `${before} ${times} ${after}`)
  const listening = ["READY=1", `STATUS=listening | ${tail}`]
  const reloading = (at: bigint) => [`RELOADING=1\nMONOTONIC_USEC=${at}`, `STATUS=reloading | ${tail}`]
  assert.deepEqual(all, [
    ...listening,
    ...reloading(first),
    ...listening,
    ...reloading(second),
    ...listening,
    "STOPPING=1",
    `STATUS=stopping | ${tail}`
  ])
  assert.equal(tunnel.stderr, "")
}

/** Reloads go on during a drain, but nobody hears of them any more: a service that stops is not ready again. */
const stopsForGood = async (stage: Stage) => {
  const told = await datagrams(stage)
  const target = (await holdingBackend(stage)).endpoint
  const environment = { WATCHDOG_USEC: "1000000" }
  const { listen, tail, tunnel } = await started(stage, told, target, environment, ["--timed-reload=300ms"])
  await told.take(2)
  await join(stage, { listen })
  await tunnel.waitForLine(/opening pipe/)
  await told.waitFor(/^STATUS=listening/, 2)
  tunnel.signal("SIGTERM")
  await told.waitFor(/^STATUS=stopping/)
  const stopped = told.received.indexOf(`STATUS=stopping | ${tail}`)
  const after = (await told.take(stopped + 6)).slice(stopped + 1)
  assert.deepEqual(new Set(after), new Set(["WATCHDOG=1"]))
}

export const serverNotify = [
  scenario(
    "server-notify",
    "control",
    lives((stage) => stage.path(".notify")),
    ["python3"]
  ),
  scenario(
    "server-notify-abstract",
    "control",
    lives((stage) => `@${stage.directory}/notify`),
    ["python3"]
  ),
  scenario(
    "client-notify",
    "control",
    async (stage) => {
      const far = await tlsServer(stage, { identity: await serverIdentity(), ca: await ca() })
      const [listen, told] = [stage.unix(), await datagrams(stage)]
      const identity = await clientIdentity()
      const target = textOf(far.endpoint)
      const tunnel = launch(
        stage,
        [
          "client",
          `--listen=${textOf(listen)}`,
          `--target=${target}`,
          `--cert=${identity.certPath}`,
          `--key=${identity.keyPath}`,
          `--cacert=${(await ca()).certPath}`
        ],
        { environment: { NOTIFY_SOCKET: told.path } }
      )
      await told.take(2)
      tunnel.signal("SIGINT")
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
      const tail = `client proxying ${textOf(listen)} => ${target}`
      assert.deepEqual(await told.take(4), [
        "READY=1",
        `STATUS=listening | ${tail}`,
        "STOPPING=1",
        `STATUS=stopping | ${tail}`
      ])
      assert.equal(tunnel.stderr, "")
    },
    ["python3"]
  ),
  scenario(
    "server-notify-watchdog",
    "control",
    async (stage) => {
      const told = await datagrams(stage)
      const target = (await holdingBackend(stage)).endpoint
      const began = performance.now()
      const { listen, tail, tunnel } = await started(stage, told, target, { WATCHDOG_USEC: "200000" })
      await told.take(2)
      const peer = await join(stage, { listen })
      await tunnel.waitForLine(/opening pipe/)
      await told.waitFor(/^WATCHDOG=1$/, 2)
      tunnel.signal("SIGTERM")
      await told.waitFor(/^STATUS=stopping/)
      // A drain may take long: the watchdog is served until the end of the process.
      const before = told.received.length
      await told.take(before + 3)
      peer.destroy()
      // The backend holds its end; the second signal has the default effect.
      tunnel.signal("SIGTERM")
      await tunnel.exit()
      const all = told.received
      const barks = all.filter((text) => text === "WATCHDOG=1")
      assert.deepEqual(
        all.filter((text) => text !== "WATCHDOG=1"),
        ["READY=1", `STATUS=listening | ${tail}`, "STOPPING=1", `STATUS=stopping | ${tail}`]
      )
      assert.deepEqual(new Set(all.slice(all.indexOf(`STATUS=stopping | ${tail}`) + 1)), new Set(["WATCHDOG=1"]))
      assert.ok(barks.length <= (performance.now() - began) / 100, "more often than every half interval")
    },
    ["python3"]
  ),
  scenario("server-notify-stopping-is-last", "control", stopsForGood, ["python3"]),
  scenario(
    "server-notify-watchdog-of-another",
    "control",
    async (stage) => {
      const told = await datagrams(stage)
      const environment = { WATCHDOG_USEC: "20000", WATCHDOG_PID: "1" }
      const { tunnel } = await started(stage, told, (await holdingBackend(stage)).endpoint, environment)
      await told.take(2)
      // Thirty intervals, had it been ours.
      await pause(300)
      tunnel.signal("SIGTERM")
      assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
      await told.take(4)
      assert.equal(told.received.includes("WATCHDOG=1"), false)
    },
    ["python3"]
  ),
  scenario(
    "server-notify-failed-start",
    "control",
    async (stage) => {
      const told = await datagrams(stage)
      const identity = await serverIdentity()
      const words = ["server", "--listen=127.0.0.1:0", "--target=127.0.0.1:1", "--allow-all"]
      const files = [`--cert=${stage.path(".missing")}`, `--key=${identity.keyPath}`]
      const tunnel = launch(stage, [...words, ...files], { environment: { NOTIFY_SOCKET: told.path } })
      assert.equal((await tunnel.exit()).code, 1)
      // A later tunnel's words come behind whatever the first one said.
      const { tail, tunnel: next } = await started(stage, told, (await holdingBackend(stage)).endpoint)
      await told.take(2)
      next.signal("SIGTERM")
      await next.exit()
      assert.deepEqual((await told.take(4)).slice(0, 2), ["READY=1", `STATUS=listening | ${tail}`])
    },
    ["python3"]
  ),
  scenario("server-notify-nobody-there", "control", async (stage) => {
    const backend = await echoBackend(stage)
    const listen = await stage.tcp()
    const identity = await serverIdentity()
    const words = ["server", `--listen=${textOf(listen)}`, `--target=${textOf(backend.endpoint)}`, "--allow-all"]
    const files = [`--cert=${identity.certPath}`, `--key=${identity.keyPath}`, `--cacert=${(await ca()).certPath}`]
    const environment = { NOTIFY_SOCKET: stage.path(".nobody"), WATCHDOG_USEC: "20000" }
    const tunnel = launch(stage, [...words, ...files], { environment })
    await tunnel.waitForLine(/listening for connections on/)
    const peer = await join(stage, { listen })
    await peer.echo("nobody has to listen")
    peer.end()
    await peer.close()
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(tunnel.stderr, "")
  })
]

runTopic("server-notify", serverNotify)
