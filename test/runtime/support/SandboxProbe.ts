/**
 * Sandboxes itself as `process.argv[2]` (JSON) says, tries what the rest of it lists, and prints what happened as JSON.
 * Started by the tests as a process of its own.
 */
import * as Fs from "node:fs"
import * as Net from "node:net"
import { Worker } from "node:worker_threads"
import { Effect, Layer, Result } from "effect"
import { type SandboxMode, setUp } from "../../../src/runtime/Landlock.ts"
import * as Host from "../../../src/runtime/LandlockHost.ts"
import { Log } from "../../../src/runtime/Logging.ts"
import { Native } from "../../../src/runtime/Native.ts"
import type { Need } from "../../../src/runtime/Sandbox.ts"

/** What to do. */
export interface ProbeOptions {
  readonly mode: SandboxMode
  readonly needs: ReadonlyArray<Need>
  readonly pkcs11?: boolean
  /** Uses the pool before the sandbox, as a program must not. */
  readonly poolFirst?: boolean
  /** No FFI. */
  readonly native?: "null"
  readonly reads: ReadonlyArray<string>
  readonly writes: ReadonlyArray<string>
  readonly binds: ReadonlyArray<number | string>
  readonly connects: ReadonlyArray<number>
}

const codeOf = (error: unknown): string =>
  typeof error === "object" && error !== null && "code" in error ? String(error.code) : String(error)

const attempt = (run: () => void): string => {
  try {
    run()
    return "ok"
  } catch (error) {
    return codeOf(error)
  }
}

const later = (run: Promise<unknown>): Promise<string> => run.then(() => "ok", codeOf)

const inWorker = (path: string): Promise<string> =>
  new Promise((resolve) => {
    const code = `
      const { parentPort, workerData } = require("node:worker_threads")
      const fs = require("node:fs")
      let sync = "ok"
      try { fs.readFileSync(workerData) } catch (error) { sync = error.code }
      fs.promises.readFile(workerData).then(() => "ok", (error) => error.code)
        .then((pool) => parentPort.postMessage(sync === pool ? sync : sync + "/" + pool))`
    const worker = new Worker(code, { eval: true, workerData: path })
    worker.once("message", resolve).once("error", (error) => resolve(String(error)))
  })

const bind = (at: number | string): Promise<string> =>
  new Promise((resolve) => {
    const server = Net.createServer()
    server.once("error", (error) => resolve(codeOf(error)))
    server.once("listening", () => server.close(() => resolve("ok")))
    if (typeof at === "string") server.listen({ path: at })
    else server.listen({ port: at, host: "127.0.0.1" })
  })

const connect = (port: number): Promise<string> =>
  new Promise((resolve) => {
    const socket = Net.connect({ port, host: "127.0.0.1" })
    socket.once("error", (error) => resolve(codeOf(error)))
    socket.once("connect", () => {
      socket.destroy()
      resolve("ok")
    })
  })

const options: ProbeOptions = JSON.parse(process.argv[2] ?? "")
const each = async <A extends string | number>(all: ReadonlyArray<A>, run: (one: A) => Promise<unknown>) =>
  Object.fromEntries(await Promise.all(all.map(async (one) => [one, await run(one)] as const)))

if (options.poolFirst === true) await Fs.promises.readFile("/proc/self/comm")
const lines: Array<string> = []
const before = Host.otherThreads()
const services = Layer.merge(
  options.native === "null" ? Native.layerNull : Native.layer,
  Layer.succeed(Log, { line: (_event, line) => lines.push(line) })
)
const done = await Effect.runPromise(
  Effect.result(setUp({ mode: options.mode, needs: options.needs, pkcs11: options.pkcs11 === true })).pipe(
    Effect.provide(services)
  )
)
const reads = await each(options.reads, async (path) => ({
  main: attempt(() => Fs.readFileSync(path)),
  pool: await later(Fs.promises.readFile(path)),
  worker: await inWorker(path)
}))
const writes = await each(options.writes, async (path) => attempt(() => Fs.writeFileSync(path, "x")))
const binds = await each(options.binds, bind)
const connects = await each(options.connects, connect)
const status = Fs.readFileSync("/proc/self/status", "utf8")
process.stdout.write(
  JSON.stringify({
    before,
    receipt: Result.isSuccess(done) ? done.success : undefined,
    error: Result.isFailure(done) ? done.failure.message : undefined,
    lines,
    reads,
    writes,
    binds,
    connects,
    noNewPrivileges: /^NoNewPrivs:\s*1$/m.test(status)
  })
)
