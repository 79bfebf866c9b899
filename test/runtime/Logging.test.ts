import { spawn, spawnSync } from "node:child_process"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger, References } from "effect"
import { escapeControls, formatLine, Log } from "../../src/runtime/Logging.ts"

const program = `${import.meta.dirname}/StdoutLog.ts`

describe("Logging", () => {
  it("writes pid, local time with microseconds and the message", () => {
    const at = new Date(2026, 10, 2, 3, 4, 5, 6).getTime()
    assert.strictEqual(formatLine(42, at + 0.789, "hello"), "[42] 2026/11/02 03:04:05.006789 hello")
    assert.strictEqual(formatLine(42, at - 6, "a <-> b "), "[42] 2026/11/02 03:04:05.000000 a <-> b ")
    assert.strictEqual(formatLine(1, at - 5006, ""), "[1] 2026/11/02 03:04:00.000000 ")
  })

  it("keeps one event on one line", () => {
    assert.strictEqual(escapeControls("a\nb\r\tc\u0000\u001b[31m\u007f"), "a\\nb\\r\\tc\\x00\\x1b[31m\\x7f")
    assert.strictEqual(escapeControls("\u0085\u2028\u202e"), "\\u0085\\u2028\\u202e")
    const marks = "\u061c\u200e\u200f\u2029\u202a\u2066\u2069"
    assert.match(escapeControls(marks), /^(\\u[0-9a-f]{4}){7}$/)
    assert.strictEqual(escapeControls("CN=Zo\u00eb \\, \u6771"), "CN=Zo\u00eb \\, \u6771")
  })

  it("writes to standard output at once, Effect's logs too", () => {
    const before = Date.now()
    const { pid, stderr, stdout } = spawnSync(process.execPath, [program, "one", "two\nlines"], { encoding: "utf8" })
    assert.strictEqual(stderr, "")
    const lines = stdout.trimEnd().split("\n")
    assert.deepStrictEqual(
      lines.map((line) => line.replace(/^\[(\d+)\] \d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\.\d{6} /, "$1 ")),
      [`${pid} one`, `${pid} two\\nlines`, `${pid} from Effect`]
    )
    const time = /\] (\S+ \S+) /.exec(lines[0] ?? "")?.[1] ?? ""
    const at = new Date(time.replaceAll("/", "-")).getTime()
    assert.isTrue(at >= before - 1 && at <= Date.now() + 1, time)
  })

  it("writes JSON where it is asked for", () => {
    const { stdout } = spawnSync(process.execPath, [program, "one", "two\nlines"], {
      encoding: "utf8",
      env: { ...process.env, LOG_FORMAT: "json" }
    })
    const lines = stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line))
    assert.deepStrictEqual(
      lines.map(({ level, message }) => [level, message]),
      [
        ["info", "one"],
        ["info", "two\nlines"],
        ["info", "from Effect"]
      ]
    )
  })

  it("dies of SIGPIPE when the reader has closed the pipe", async () => {
    const child = spawn(process.execPath, [program], { stdio: ["ignore", "pipe", "inherit"] })
    child.stdout.once("data", () => child.stdout.destroy())
    const [code, signal] = await new Promise<readonly [number | null, string | null]>((resolve) =>
      child.once("exit", (code, signal) => resolve([code, signal]))
    )
    assert.strictEqual(signal ?? code, "SIGPIPE")
  })

  it("survives a full disk", () => {
    const { status } = spawnSync("sh", ["-c", `exec "$0" "$1" a b > /dev/full`, process.execPath, program])
    assert.strictEqual(status, 0)
  })

  it.effect("writes nothing when silent", () =>
    Effect.gen(function* () {
      const log = yield* Log
      log.line("starting", "nothing")
    }).pipe(Effect.provide(Log.layerSilent))
  )

  it.effect("goes to the embedder's loggers", () => {
    const seen: Array<unknown> = []
    const logger = Logger.make(({ fiber, logLevel, message }) => {
      const { at, connection, event } = fiber.getRef(References.CurrentLogAnnotations)
      seen.push([logLevel, message, at, event, connection])
    })
    return Effect.gen(function* () {
      const log = yield* Log
      log.line("starting", "one")
      log.line("target", "two\n", 0)
      log.line("open", "three", 0, { fields: { connection: "a-1", tls_alpn: undefined } })
      assert.deepStrictEqual(seen, [
        ["Info", ["one"], undefined, "starting", undefined],
        ["Info", ["two\\n"], "1970-01-01T00:00:00.000Z", "target", undefined],
        ["Info", ["three"], "1970-01-01T00:00:00.000Z", "open", "a-1"]
      ])
    }).pipe(Effect.provide(Log.layerEffect.pipe(Layer.provide(Logger.layer([logger])))))
  })
})
