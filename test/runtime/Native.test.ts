import { spawnSync } from "node:child_process"
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Result } from "effect"
import { describe as inWords, loadNative, Native, type Outcome, unixAddress } from "../../src/runtime/Native.ts"
import { DatagramReceiver, isCloseOnExec } from "./support/Sockets.ts"

const native = loadNative()
const errnoOf = <A>(outcome: Outcome<A>): number => (Result.isFailure(outcome) ? outcome.failure.errno : 0)

describe("Native", () => {
  it("is available on this machine", () => {
    assert.isTrue(native.available, "node:ffi does not load here: nothing below means anything")
  })

  it("suppresses its own warning and no other", () => {
    const code = `
      const { loadNative } = await import(${JSON.stringify(`${import.meta.dirname}/../../src/runtime/Native.ts`)})
      const native = loadNative()
      process.emitWarning("other", "ExperimentalWarning")
      console.log(native.available)`
    const run = spawnSync(process.execPath, ["--input-type=module", "-e", code], { encoding: "utf8" })
    assert.strictEqual(run.stdout, "true\n")
    assert.match(run.stderr, /^\(node:\d+\) ExperimentalWarning: other\n/)
    assert.notInclude(run.stderr, "FFI")
    for (const args of [["--no-experimental-ffi"], ["--permission", "--allow-fs-read=*"]]) {
      const without = spawnSync(process.execPath, [...args, "--input-type=module", "-e", code], { encoding: "utf8" })
      assert.strictEqual(without.stdout, "false\n", args.join(" "))
      assert.notInclude(without.stderr, "FFI")
    }
  })

  it("lays addresses out as the kernel wants them", () => {
    assert.deepStrictEqual(unixAddress("/a"), Buffer.from([1, 0, 0x2f, 0x61, 0]))
    assert.deepStrictEqual(unixAddress("@ab"), Buffer.from([1, 0, 0, 0x61, 0x62]))
    assert.strictEqual(unixAddress("x".repeat(107))?.length, 110)
    for (const path of ["", "x".repeat(108), "/a\0b"]) assert.isUndefined(unixAddress(path))
  })

  it("sends datagrams to files and abstract names", async () => {
    for (const path of [`/tmp/gt-native-${process.pid}`, `@gt-native-${process.pid}`]) {
      const receiver = new DatagramReceiver(path)
      for (const text of ["one\ntwo", "three"]) {
        assert.isTrue(Result.isSuccess(native.sendDatagram(path, Buffer.from(text))), path)
      }
      assert.deepStrictEqual(await receiver.take(2), ["one\ntwo", "three"])
      receiver.close()
    }
  })

  it("reports which call failed and why", () => {
    const missing = native.sendDatagram("/nonexistent/socket", Buffer.from("x"))
    assert.deepStrictEqual(missing, Result.fail({ _tag: "NativeError", call: "connect", errno: 2 }))
    if (Result.isFailure(missing)) assert.strictEqual(inWords(missing.failure), "connect: no such file or directory")
    const long = native.connectUnix("x".repeat(200), "stream", 20)
    assert.isTrue(Result.isFailure(long) && long.failure.errno === 36)
    assert.isTrue(Result.isFailure(native.send(-1, Buffer.from("x"))))
  })

  it("does not wait for ever for a receiver that does not read", () => {
    const receiver = new DatagramReceiver(`@gt-full-${process.pid}`)
    let refused = 0
    for (let n = 0; n < 2000 && refused === 0; n++) {
      const sent = native.sendDatagram(receiver.path, Buffer.from("x"))
      if (Result.isFailure(sent)) refused = sent.failure.errno
    }
    // A call that waits would come back with a full queue, or not at all, never with EAGAIN.
    assert.strictEqual(refused, 11)
    receiver.close()
  })

  it("distinguishes listeners from other descriptors", async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
    const handle = Reflect.get(server, "_handle")
    const fd = Number(Reflect.get(handle, "fd"))
    assert.deepStrictEqual(native.socketFacts(fd), Result.succeed({ family: "inet", stream: true, listening: true }))
    const datagram = new DatagramReceiver(`@gt-facts-${process.pid}`)
    const connected = native.connectUnix(datagram.path, "datagram", 20)
    if (Result.isFailure(connected)) return assert.fail(inWords(connected.failure))
    const facts = { family: "unix", stream: false, listening: false } as const
    assert.deepStrictEqual(native.socketFacts(connected.success), Result.succeed(facts))
    assert.isTrue(isCloseOnExec(connected.success))
    native.close(connected.success)
    assert.isTrue(Result.isFailure(native.socketFacts(connected.success)))
    assert.isTrue(Result.isFailure(native.setCloseOnExec(connected.success)))
    datagram.close()
    await new Promise((resolve) => server.close(resolve))
  })

  it("resolves names without a helper thread", () => {
    assert.deepStrictEqual(native.lookup("localhost"), Result.succeed("127.0.0.1"))
    assert.deepStrictEqual(native.lookup("192.0.2.17"), Result.succeed("192.0.2.17"))
    assert.deepStrictEqual(native.lookup("2001:DB8:0::1"), Result.succeed("2001:db8::1"))
    assert.deepStrictEqual(native.lookup("fe80::1%lo"), Result.succeed("fe80::1%lo"))
    assert.deepStrictEqual(native.lookup("localhost"), Result.succeed("127.0.0.1"))
    assert.deepStrictEqual(native.lookup("127.0.0.2"), Result.succeed("127.0.0.2"))
    assert.deepStrictEqual(native.lookup("2001:db8::1"), Result.succeed("2001:db8::1"))
    assert.deepStrictEqual(native.lookup("no-such-host.invalid"), Result.succeed(undefined))
  })

  it.effect("is null where it has to be", () =>
    Effect.gen(function* () {
      const none = yield* Native
      assert.isFalse(none.available)
      for (const errno of [
        errnoOf(none.sendDatagram("/x", Buffer.from(""))),
        errnoOf(none.connectUnix("/x", "stream", 1)),
        errnoOf(none.socketFacts(0)),

        errnoOf(none.lookup("localhost")),
        errnoOf(none.setNoNewPrivileges()),
        errnoOf(none.landlock.abi()),
        errnoOf(none.landlock.createRuleset({ fs: 1, net: 0 })),
        errnoOf(none.landlock.restrictSelf(0, 0))
      ]) {
        assert.strictEqual(errno, 38)
      }
    }).pipe(Effect.provide(Native.layerNull))
  )
})
