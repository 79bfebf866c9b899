/** The reader of the log stops: the tunnel carries on, answers and ends as it should. */
import assert from "node:assert/strict"
import { execFileSync } from "node:child_process"
import { closeSync, constants, openSync, readSync, writeSync } from "node:fs"
import { echoBackend } from "../support/Backend.ts"
import { ask } from "../support/Metrics.ts"
import { Program } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

// Pages of the pipe are filled to their last byte.
const filler = `${"-".repeat(127)}\n`
/** One line of ours, with the process that wrote it. */
const ours = /^\[(\d+)\] \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{6} /

/** A named pipe that is full from the beginning. */
class StuckPipe {
  readonly path: string
  readonly #fd: number

  constructor(stage: Stage) {
    this.path = stage.path(".fifo")
    execFileSync("mkfifo", [this.path])
    this.#fd = openSync(this.path, constants.O_RDWR | constants.O_NONBLOCK)
    stage.defer(() => closeSync(this.#fd))
    assert.throws(() => {
      for (;;) writeSync(this.#fd, filler)
    }, /EAGAIN/)
  }

  /** All that is in it, once nobody writes any more. */
  drain(): string {
    const buffer = Buffer.alloc(1 << 20)
    return buffer.toString("utf8", 0, readSync(this.#fd, buffer))
  }
}

const started = async (stage: Stage, redirect = '> "$0"') => {
  const pipe = new StuckPipe(stage)
  const tunnel = await (await serverTunnel(stage))
    .allowAll()
    .status()
    .target(await echoBackend(stage))
    .below("sh", "-c", `exec "$@" ${redirect}`, pipe.path)
    .startSilently()
  return { pipe, tunnel }
}

/** Connections one after the other, in rows; after each the tunnel has to say that it lives. */
const serve = async (stage: Stage, tunnel: Tunnel, rows: number, perRow = 20): Promise<void> => {
  for (let row = 0; row < rows; row++) {
    const each = async () => {
      const peer = await join(stage, tunnel)
      await peer.echo("carried")
      peer.end()
      await peer.close()
    }
    await Promise.all(Array.from({ length: perRow }, each))
    assert.equal((await ask(tunnel.status, "/_livez")).code, 200)
  }
}

/** The messages among whole lines, the pipe's first content left out. */
const messagesOf = (tunnel: Tunnel, lines: ReadonlyArray<string>): ReadonlyArray<string> =>
  lines
    .filter((line) => `${line}\n` !== filler)
    .map((line) => {
      assert.equal(ours.exec(line)?.[1], String(tunnel.pid), `torn: ${line}`)
      return line.replace(ours, "")
    })

export const serverLog = [
  scenario("server-log-reader-stops", "data-path", async (stage) => {
    const { pipe, tunnel } = await started(stage)
    await serve(stage, tunnel, 20)
    const reader = new Program(stage, "cat", [pipe.path])
    await reader.waitForLine(/closed pipe: /, 400)
    await serve(stage, tunnel, 1)
    await reader.waitForLine(/closed pipe: /, 420)
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    await reader.waitForLine(/shutdown proxy, waiting for drain$/)
    const messages = messagesOf(tunnel, reader.lines)
    assert.equal(messages[0], "starting ghostunnel in server mode")
    assert.equal(messages.at(-1), "shutdown proxy, waiting for drain")
    const clients = (beginning: string) =>
      messages.flatMap((text) => (text.startsWith(beginning) ? (/ tcp:\S+/.exec(text) ?? []) : []))
    const opened = clients("opening pipe: ")
    assert.equal(opened.length, 420)
    assert.deepEqual(clients("closed pipe: ").toSorted(), opened.toSorted())
    for (const client of new Set(opened)) {
      const of = messages.filter((text) => text.includes(`${client} `))
      assert.match(of[0] ?? "", /^opening/)
      assert.match(of[1] ?? "", /^closed/)
    }
    assert.equal(messages.filter((text) => text.includes("lost")).length, 0)
  }),
  scenario("server-log-reader-stops-for-good", "control", async (stage) => {
    const { pipe, tunnel } = await started(stage)
    await serve(stage, tunnel, 5)
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(pipe.drain().replaceAll(filler, ""), "")
  }),
  scenario("server-log-reader-stops-sigquit", "control", async (stage) => {
    const { pipe, tunnel } = await started(stage, '> "$0" 2>&1')
    await serve(stage, tunnel, 1)
    tunnel.signal("SIGQUIT")
    assert.deepEqual(await tunnel.exit(), { code: 2, signal: null })
    assert.equal(pipe.drain().replaceAll(filler, ""), "")
  })
]

runTopic("server-log", serverLog)
