import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { setTimeout as sleep } from "node:timers/promises"
import { assert, describe, it, onTestFinished } from "@effect/vitest"
import { Deferred, Duration, Effect, Layer, Queue } from "effect"
import { TestClock } from "effect/testing"
import { Lifecycle } from "../../src/runtime/Lifecycle.ts"
import { eventually } from "../support/Changes.ts"
import { inFirstProcess, signalChild } from "../support/FirstProcess.ts"
import { can } from "../support/Machine.ts"

const start = (...args: ReadonlyArray<string>) => startBelow([], ...args)

const startBelow = async (below: ReadonlyArray<string>, ...args: ReadonlyArray<string>) => {
  const program = `${import.meta.dirname}/Signals.ts`
  const [command = "", ...words] = [...below, process.execPath, program, ...args]
  const child = spawn(command, words, { stdio: ["pipe", "pipe", "inherit"] })
  onTestFinished(() => void child.kill("SIGKILL"))
  let said = ""
  child.stdout.on("data", (text) => {
    said += String(text)
  })
  const ended = new Promise<number | string | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? code))
  )
  const until = async (text: string) => {
    await eventually(
      text,
      async () => said.includes(text) || undefined,
      () => `in ${JSON.stringify(said)}`
    )
  }
  await until("ready")
  return { child, ended, until, said: () => said }
}

/** Whether a process has a handler for the signal of this number. */
const catches = (pid: number | undefined, signal: number): boolean => {
  const caught = /^SigCgt:\s*([0-9a-f]+)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? ""
  return (BigInt(`0x${caught}`) & (1n << BigInt(signal - 1))) !== 0n
}

describe("layerSignals", () => {
  for (const [signal, name] of [
    ["SIGTERM", "terminated"],
    ["SIGINT", "interrupt"]
  ] as const) {
    it(`takes ${signal} for a shutdown request, and dies of the second one`, async () => {
      const { child, ended, until } = await start("drain")
      child.kill(signal)
      await until(`shutdown ${name}`)
      child.kill("SIGHUP")
      child.kill("SIGUSR1")
      await sleep(100)
      child.kill(signal)
      assert.strictEqual(await ended, signal)
    })
  }

  it("lets either of the two kill after the other", async () => {
    const { child, ended, until } = await start("drain")
    child.kill("SIGTERM")
    await until("shutdown terminated")
    child.kill("SIGINT")
    assert.strictEqual(await ended, "SIGINT")
  })

  it("lets signals kill after a shutdown request from elsewhere too", async () => {
    const { child, ended, until } = await start("drain")
    child.stdin.write("x")
    await until("shutdown Request")
    await eventually("the handler to be gone", async () => !catches(child.pid, 15) || undefined)
    child.kill("SIGTERM")
    assert.strictEqual(await ended, "SIGTERM")
  })

  it("lets the second signal kill the first process of a PID namespace too", async () => {
    const { child, ended, until } = await start("drain", "first")
    child.kill("SIGHUP")
    await until("reload hangup")
    child.kill("SIGTERM")
    await until("shutdown terminated")
    child.kill("SIGHUP")
    child.kill("SIGINT")
    assert.strictEqual(await ended, 130)
  })

  if (can("pid-namespace")) {
    it("does so for a program that embeds the tunnel in PID 1", async () => {
      const { child, ended, until } = await startBelow(inFirstProcess(), "drain")
      signalChild(child.pid ?? 0, "SIGTERM")
      await until("shutdown terminated")
      signalChild(child.pid ?? 0, "SIGTERM")
      assert.strictEqual(await ended, 143)
    })
  }

  it("takes SIGHUP and SIGUSR1 for reloads, until a shutdown was asked for", async () => {
    const { child, said, until } = await start("drain")
    child.kill("SIGHUP")
    await until("reload hangup")
    child.kill("SIGUSR1")
    await until("reload user defined signal 1")
    child.kill("SIGTERM")
    await until("shutdown terminated")
    const before = said()
    child.kill("SIGHUP")
    child.kill("SIGUSR1")
    await sleep(200)
    assert.strictEqual(said(), before)
    assert.isNull(child.exitCode)
    child.kill("SIGKILL")
  })

  it("is untouched by the others", async () => {
    const { child, ended, until } = await start()
    for (const signal of ["SIGUSR2", "SIGALRM", "SIGVTALRM", "SIGIO", "SIGPIPE", "SIGXCPU", "SIGWINCH"] as const) {
      child.kill(signal)
    }
    child.kill("SIGHUP")
    await until("reload hangup")
    child.kill("SIGTERM")
    // The scope took every listener away.
    await until("listeners 0000000")
    assert.strictEqual(await ended, 0)
  })
})

describe("layerManual", () => {
  it.effect("completes with the first shutdown request and keeps one reload", () =>
    Effect.gen(function* () {
      const before = process.listenerCount("SIGTERM")
      const { reloads, shutdown } = yield* Lifecycle
      assert.strictEqual(process.listenerCount("SIGTERM"), before)
      yield* Deferred.succeed(shutdown, { _tag: "Request" })
      yield* Deferred.succeed(shutdown, { _tag: "Signal", name: "terminated" })
      assert.deepStrictEqual(yield* Deferred.await(shutdown), { _tag: "Request" })
      yield* Queue.offerAll(reloads, [{ _tag: "Timer" }, { _tag: "Signal", name: "hangup" }])
      assert.deepStrictEqual(yield* Queue.takeAll(reloads), [{ _tag: "Signal", name: "hangup" }])
    }).pipe(Effect.provide(Lifecycle.layerManual))
  )
})

describe("layerTimer", () => {
  const withTimer = (interval: Duration.Duration) =>
    Layer.provideMerge(Lifecycle.layerTimer(interval), Lifecycle.layerManual)

  it.effect("asks after each interval, bursts once", () =>
    Effect.gen(function* () {
      const { reloads } = yield* Lifecycle
      yield* TestClock.adjust("59 seconds")
      assert.strictEqual(yield* Queue.size(reloads), 0)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(yield* Queue.take(reloads), { _tag: "Timer" })
      yield* TestClock.adjust("60 seconds")
      assert.deepStrictEqual(yield* Queue.take(reloads), { _tag: "Timer" })
      yield* TestClock.adjust("5 minutes")
      assert.strictEqual(yield* Queue.size(reloads), 1)
    }).pipe(Effect.provide(withTimer(Duration.seconds(60))))
  )

  it.effect("does not push a waiting signal aside", () =>
    Effect.gen(function* () {
      const { reloads } = yield* Lifecycle
      yield* Queue.offer(reloads, { _tag: "Signal", name: "hangup" })
      yield* TestClock.adjust("10 seconds")
      assert.deepStrictEqual(yield* Queue.takeAll(reloads), [{ _tag: "Signal", name: "hangup" }])
    }).pipe(Effect.provide(withTimer(Duration.seconds(1))))
  )

  for (const interval of [Duration.zero, Duration.nanos(-1_000_000_000n)]) {
    it.effect(`never asks for ${Duration.toMillis(interval)} ms`, () =>
      Effect.gen(function* () {
        const { reloads } = yield* Lifecycle
        yield* TestClock.adjust("1 day")
        assert.strictEqual(yield* Queue.size(reloads), 0)
      }).pipe(Effect.provide(withTimer(interval)))
    )
  }
})
