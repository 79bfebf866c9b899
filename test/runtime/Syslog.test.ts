import { existsSync, rmSync } from "node:fs"
import { createServer } from "node:net"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { formatLine, Log } from "../../src/runtime/Logging.ts"
import { Native } from "../../src/runtime/Native.ts"
import { layerSyslog, syslogHeader } from "../../src/runtime/Syslog.ts"
import { eventually } from "../support/Changes.ts"
import { DatagramReceiver } from "./support/Sockets.ts"

const stamp = "\\d{4}/\\d\\d/\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{6}"
const shape = (program: string, message: string) => {
  const header = `<30>[A-Z][a-z]{2} [ 1-3]\\d \\d\\d:\\d\\d:\\d\\d ${program}\\[${process.pid}\\]: `
  return new RegExp(`^${header}\\[${process.pid}\\] ${stamp} ${message}\\n$`)
}

const syslog = (...paths: ReadonlyArray<string>) =>
  layerSyslog({ program: "ghostunnel", paths }).pipe(Layer.provide(Native.layer))

let names = 0
const place = () => `/tmp/gt-syslog-${process.pid}-${++names}`

describe("Syslog", () => {
  it("has the Go program's format", () => {
    const at = new Date(2026, 6, 4, 5, 6, 7, 8).getTime()
    assert.strictEqual(
      syslogHeader("/usr/bin/ghostunnel", 42, at) + formatLine(42, at, "a\nb"),
      "<30>Jul  4 05:06:07 /usr/bin/ghostunnel[42]: [42] 2026/07/04 05:06:07.008000 a\\nb"
    )
    const late = new Date(2026, 11, 31, 23, 59, 59).getTime()
    assert.strictEqual(
      syslogHeader("x\n", 1, late) + formatLine(1, late, ""),
      "<30>Dec 31 23:59:59 x\\n[1]: [1] 2026/12/31 23:59:59.000000 "
    )
  })

  it.live("writes datagrams, reconnects once, and loses what cannot be written", () =>
    Effect.gen(function* () {
      const path = place()
      const receiver = new DatagramReceiver(path)
      yield* Effect.gen(function* () {
        const { line } = yield* Log
        line("starting", "one")
        assert.match(receiver.drain()[0] ?? "", shape("ghostunnel", "one"))
        receiver.close()
        line("starting", "lost")
        line("starting", "lost too")
        const next = new DatagramReceiver(path)
        line("starting", "two")
        line("starting", "three")
        const [two = "", three = ""] = next.drain()
        assert.match(two, shape("ghostunnel", "two"))
        assert.match(three, shape("ghostunnel", "three"))
        next.close()
        const restarted = new DatagramReceiver(path)
        line("starting", "four")
        assert.match(restarted.drain()[0] ?? "", shape("ghostunnel", "four"))
        restarted.close()
      }).pipe(Effect.provide(syslog(place(), path)))
    })
  )

  it.live("prefers any datagram socket to a stream", () =>
    Effect.gen(function* () {
      const [streamAt, datagramAt] = [place(), place()]
      const server = createServer()
      yield* Effect.promise(() => new Promise<void>((resolve) => server.listen(streamAt, resolve)))
      const receiver = new DatagramReceiver(datagramAt)
      yield* Effect.gen(function* () {
        const { line } = yield* Log
        line("starting", "here")
        assert.match(receiver.drain()[0] ?? "", shape("ghostunnel", "here"))
      }).pipe(Effect.provide(syslog(streamAt, datagramAt)))
      receiver.close()
      server.close()
    })
  )

  it.live("falls back to a stream", () =>
    Effect.gen(function* () {
      const path = place()
      let text = ""
      const server = createServer((socket) => socket.on("error", () => {}).on("data", (data) => (text += String(data))))
      yield* Effect.promise(() => new Promise<void>((resolve) => server.listen(path, resolve)))
      yield* Effect.gen(function* () {
        const { line } = yield* Log
        line("starting", "one")
        line("starting", "x".repeat(5000))
        yield* Effect.promise(() => eventually("two lines", async () => text.split("\n").length > 2 || undefined))
        const [one, two] = text.split("\n")
        assert.match(`${one}\n`, shape("ghostunnel", "one"))
        assert.match(`${two}\n`, shape("ghostunnel", "x{5000}"))
      }).pipe(Effect.provide(syslog(place(), path)))
      server.close()
    })
  )

  it.live("fails to start without a syslog listener", () =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(Layer.build(syslog(place(), place())))
      assert.strictEqual(error._tag, "SyslogError")
      assert.strictEqual(error.message, "Unix syslog delivery error")
      const none = layerSyslog({ program: "x", paths: [place()] }).pipe(Layer.provide(Native.layerNull))
      assert.strictEqual((yield* Effect.flip(Layer.build(none))).message, "Unix syslog delivery error")
    })
  )

  // Where the machine has a syslog of its own the scenarios do this, with a private /dev.
  if (!existsSync("/dev/log"))
    it.live("finds /dev/log by itself", () =>
      Effect.gen(function* () {
        const receiver = new DatagramReceiver("/dev/log")
        yield* Effect.gen(function* () {
          const { line } = yield* Log
          line("starting", "real")
        }).pipe(Effect.provide(layerSyslog({ program: "./gt" }).pipe(Layer.provide(Native.layer))))
        assert.match(receiver.drain()[0] ?? "", shape("\\./gt", "real"))
        receiver.close()
        rmSync("/dev/log", { force: true })
      })
    )
})
