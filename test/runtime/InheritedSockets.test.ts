import { spawn } from "node:child_process"
import { connect } from "node:net"
import { setTimeout as sleep } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Result } from "effect"
import fc from "fast-check"
import { choose, InheritedSockets, parseListenFds } from "../../src/runtime/InheritedSockets.ts"
import { Native } from "../../src/runtime/Native.ts"
import { needing } from "../support/Installed.ts"
import { freePort, releasePort } from "../support/Ports.ts"

const env = (LISTEN_PID?: string, LISTEN_FDS?: string, LISTEN_FDNAMES?: string) => ({
  ...(LISTEN_PID === undefined ? {} : { LISTEN_PID }),
  ...(LISTEN_FDS === undefined ? {} : { LISTEN_FDS }),
  ...(LISTEN_FDNAMES === undefined ? {} : { LISTEN_FDNAMES })
})

describe("the three variables", () => {
  it("name descriptors from 3 on", () => {
    assert.deepStrictEqual(parseListenFds(env("7", "3", "web::status"), 7), [
      { fd: 3, name: "web" },
      { fd: 4, name: "LISTEN_FD_4" },
      { fd: 5, name: "status" }
    ])
    assert.deepStrictEqual(parseListenFds(env("7", "2"), 7), [
      { fd: 3, name: "LISTEN_FD_3" },
      { fd: 4, name: "LISTEN_FD_4" }
    ])
    assert.deepStrictEqual(parseListenFds(env("7", "1", "a:b:c"), 7), [{ fd: 3, name: "a" }])
  })

  it("mean nothing when they are another's or junk", () => {
    for (const junk of [
      env(),
      env("8", "1"),
      env("7"),
      env(undefined, "1"),
      env("7", "0"),
      env("7", "-1"),
      env("7", "x"),
      env("seven", "1"),
      env("7.0", "1"),
      env("", "1")
    ]) {
      assert.deepStrictEqual(parseListenFds(junk, 7), [])
    }
  })

  it("never make too many or nameless descriptors", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (pid, fds, names) => {
        for (const each of [env(pid, fds, names), env("7", fds, names)]) {
          const parsed = parseListenFds(each, 7)
          assert.isTrue(parsed.length <= 4096)
          parsed.forEach(({ fd, name }, index) => assert.isTrue(fd === index + 3 && name !== "" && !name.includes(":")))
        }
      })
    )
    assert.lengthOf(parseListenFds(env("7", "999999999"), 7), 4096)
  })

  it("give exactly one descriptor for a name", () => {
    const listeners = [
      { fd: 3, name: "a" },
      { fd: 4, name: "b" },
      { fd: 5, name: "b" }
    ]
    assert.deepStrictEqual(choose(listeners, "a"), Result.succeed(3))
    assert.deepStrictEqual(choose(listeners, "c"), Result.fail("expected listener with name c, but found none"))
    assert.deepStrictEqual(
      choose(listeners, "b"),
      Result.fail("expected exactly 1 listening socket configured in systemd for name b, found 2")
    )
  })

  it.effect("are read and removed once, when a name is first asked for", () => {
    const own = { ...env("7", "1", "a"), OTHER: "x" }
    return Effect.gen(function* () {
      const sockets = yield* InheritedSockets
      assert.property(own, "LISTEN_FDS")
      const missing = Result.fail("expected listener with name b, but found none")
      assert.deepStrictEqual(sockets.take("b"), missing)
      assert.deepStrictEqual(own, { OTHER: "x" })
      assert.deepStrictEqual(sockets.take("b"), missing)
    }).pipe(Effect.provide(InheritedSockets.layer(own, 7).pipe(Layer.provide(Native.layerNull))))
  })
})

const program = `${import.meta.dirname}/support/SystemdListener.ts`
const activate = "systemd-socket-activate"
const { reason, skip } = needing(activate)

/** Runs the program below the real systemd-socket-activate, with a knock on its first port. */
const activated = async (
  args: ReadonlyArray<string>,
  names: ReadonlyArray<string>,
  extra: Record<string, string> = {}
) => {
  const ports = [await freePort(), await freePort()] as const
  const options = [...ports.map((port) => `--listen=127.0.0.1:${port}`), ...args]
  const set = Object.entries(extra).map(([name, value]) => `--setenv=${name}=${value}`)
  const child = spawn(activate, [...options, ...set, process.execPath, program, ...names], {
    stdio: ["ignore", "pipe", "ignore"]
  })
  let output = ""
  child.stdout.on("data", (text) => (output += String(text)))
  const ended = new Promise((resolve) => child.once("close", resolve))
  for (let tries = 0; tries < 1000 && child.exitCode === null; tries++) {
    const knocked = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: "127.0.0.1", port: ports[0] })
      socket.once("error", () => resolve(false)).once("connect", () => resolve(true))
      socket.once("close", () => {})
    })
    if (knocked) break
    await sleep(25)
  }
  await ended
  ports.forEach(releasePort)
  return JSON.parse(output)
}

describe.skipIf(skip)(`under systemd-socket-activate${reason}`, () => {
  it("takes listeners by name, close-on-exec, and clears the environment", async () => {
    const { answers, left } = await activated(["--fdname=web:status"], ["web", "status", "other", "LISTEN_FD_3"])
    assert.deepStrictEqual(answers, [
      { fd: 3, closeOnExec: true },
      { fd: 4, closeOnExec: true },
      { error: "expected listener with name other, but found none" },
      { error: "expected listener with name LISTEN_FD_3, but found none" }
    ])
    assert.deepStrictEqual(left, [])
  })

  it("names the nameless, and refuses a name that two have", async () => {
    const nameless = await activated([], ["LISTEN_FD_3", "LISTEN_FD_4"])
    assert.deepStrictEqual(
      nameless.answers.map((answer: { readonly fd?: number }) => answer.fd),
      [3, 4]
    )
    const { answers } = await activated(["--fdname=web:web"], ["web"])
    assert.deepStrictEqual(answers, [
      { error: "expected exactly 1 listening socket configured in systemd for name web, found 2" }
    ])
  })

  it("passes datagram sockets over", async () => {
    // Datagram sockets start the program at the first datagram.
    const { answers } = await datagramActivated()
    assert.deepStrictEqual(answers, [{ error: "expected listener with name udp, but found none" }])
  })

  it("works without FFI too", async () => {
    const { answers } = await activated(["--fdname=web:status"], ["web"], { TEST_NATIVE: "null" })
    assert.deepStrictEqual(answers, [{ fd: 3, closeOnExec: true }])
  })
})

const datagramActivated = async () => {
  const { createSocket } = await import("node:dgram")
  const port = await freePort()
  const args = ["--datagram", `--listen=127.0.0.1:${port}`, "--fdname=udp", process.execPath, program, "udp"]
  const child = spawn(activate, args, { stdio: ["ignore", "pipe", "ignore"] })
  let output = ""
  child.stdout.on("data", (text) => (output += String(text)))
  const ended = new Promise<boolean>((resolve) => child.once("close", () => resolve(true)))
  const socket = createSocket("udp4")
  socket.on("error", () => {})
  for (let tries = 0; tries < 1000; tries++) {
    socket.send("x", port, "127.0.0.1", () => {})
    if (await Promise.race([ended, sleep(50, false)])) break
  }
  socket.close()
  releasePort(port)
  return JSON.parse(output)
}
