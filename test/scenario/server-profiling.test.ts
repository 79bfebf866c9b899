/** `/debug/pprof/` of the running program: every thread's CPU, heap and fibers, as `go tool pprof` reads them. */
import assert from "node:assert/strict"
import { readFileSync, writeFileSync } from "node:fs"
import { get, type IncomingHttpHeaders } from "node:http"
import { echoBackend } from "../support/Backend.ts"
import { eventually } from "../support/Changes.ts"
import { socketAddress } from "../support/Endpoint.ts"
import { ask } from "../support/Metrics.ts"
import { runTool } from "../support/Program.ts"
import type { Stage } from "../support/Stage.ts"
import type { Tunnel } from "../support/Tunnel.ts"
import { join, serverTunnel } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario, waiting } from "./Scenario.ts"

const root = "/debug/pprof/"

const withProfiles = async (stage: Stage, ...words: ReadonlyArray<string>): Promise<Tunnel> => {
  const backend = await echoBackend(stage)
  return (await serverTunnel(stage))
    .allowAll()
    .status()
    .target(backend)
    .args("--enable-pprof", ...words)
    .start()
}

/** The threads that the tunnel of this cell has. */
const threadsOf = (stage: Stage): ReadonlyArray<string> =>
  stage.cell.plane === "inline" ? ["main"] : ["main", "worker-1", "worker-2"]

interface File {
  readonly code: number
  readonly headers: IncomingHttpHeaders
  readonly path: string
}

/** Saves a reply's body. */
const download = (stage: Stage, tunnel: Tunnel, page: string): Promise<File> =>
  new Promise((resolve, reject) => {
    get({ ...socketAddress(tunnel.status.endpoint), path: root + page, agent: false }, (response) => {
      const chunks: Array<Buffer> = []
      response.on("data", (chunk: Buffer) => chunks.push(chunk))
      response.on("error", reject)
      response.on("end", () => {
        const path = stage.path(".pb.gz")
        writeFileSync(path, Buffer.concat(chunks))
        resolve({ code: response.statusCode ?? 0, headers: response.headers, path })
      })
    }).on("error", reject)
  })

/** What Go's own reader makes of a file. */
const pprof = async (stage: Stage, file: File, form: string): Promise<string> => {
  const read = await runTool(stage, "go", ["tool", "pprof", form, file.path])
  assert.equal(read.exited?.code, 0, read.stderr)
  return read.stdout
}

/** Connects and echoes without a pause until told to stop. */
const load = (stage: Stage, tunnel: Tunnel) => {
  let running = true
  const client = async () => {
    while (running) {
      const peer = await join(stage, tunnel)
      await peer.echo("x".repeat(100_000))
      peer.destroy()
    }
  }
  const clients = Promise.all([client(), client(), client(), client()])
  return async () => {
    running = false
    await clients
  }
}

/** Locations of `pprof -raw`: name, file, line. */
const locations = (raw: string) =>
  [...raw.matchAll(/^ +\d+: 0x\w+ (?:M=\d+ )?(\S+) (\S+):(\d+)(?::\d+)? s=/gm)].map(
    ([, name = "", file = "", line = ""]) => ({ name, file, line: Number(line) })
  )

const total = async (tunnel: Tunnel): Promise<number> => {
  const { body } = await ask(tunnel.status, `${root}goroutine?debug=1`)
  const [first = ""] = body.split("\n")
  assert.match(first, /^goroutine profile: total \d+$/)
  const counts = [...body.matchAll(/^(\d+) @/gm)].map(([, count]) => Number(count))
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    Number(first.split(" ").at(-1))
  )
  assert.deepEqual(
    counts,
    counts.toSorted((a, b) => b - a)
  )
  return Number(first.split(" ").at(-1))
}

export const serverProfiling = [
  waiting(
    scenario(
      "server-profiling-cpu-of-an-idle-tunnel",
      "data-path",
      async (stage) => {
        const tunnel = await withProfiles(stage)
        await (await join(stage, tunnel)).echo("once")
        const top = await pprof(stage, await download(stage, tunnel, "profile?seconds=2"), "-top")
        const [, amount = "", unit] = /Total samples = +([\d.]+)(s?)/.exec(top) ?? assert.fail(top)
        // What the profile itself costs, in milliseconds if not less; every thread that sleeps would have had two seconds.
        assert.ok(unit === "" || Number(amount) < 1, top)
      },
      ["go"]
    )
  ),
  scenario(
    "server-profiling-cpu",
    "data-path",
    async (stage) => {
      const tunnel = await withProfiles(stage)
      const stop = load(stage, tunnel)
      const taken = download(stage, tunnel, "profile?seconds=2")
      // The second one finds the first one running.
      await eventually("a CPU profile that is refused", async () => {
        const second = await ask(tunnel.status, `${root}profile?seconds=1`)
        if (second.code !== 500) return undefined
        assert.equal(second.body, "Could not enable CPU profiling: cpu profiling already in use\n")
        return true
      })
      const file = await taken
      await stop()
      assert.equal(file.code, 200)
      assert.equal(file.headers["content-type"], "application/octet-stream")
      assert.equal(file.headers["content-disposition"], 'attachment; filename="profile"')
      const raw = await pprof(stage, file, "-raw")
      assert.match(raw, /^PeriodType: cpu nanoseconds\nPeriod: 10000000\n/m)
      assert.match(raw, /^samples\/count cpu\/nanoseconds/m)
      for (const thread of threadsOf(stage)) assert.match(raw, new RegExp(`^ +thread:\\[${thread}\\]$`, "m"))
      const own = locations(raw).filter(({ file: path }) => path.startsWith("src/"))
      const hot = own.filter(({ file: path }) => /^src\/(transport|proxy)\//.test(path))
      assert.ok(hot.length > 3, raw)
      // Names and lines are those of the sources: the function's name stands in its line. What has no name of its own,
      // and one that V8 made up for it, at least begins there.
      let named = 0
      for (const { name, file: path, line } of own.filter((each) => !each.name.includes("("))) {
        const source = readFileSync(new URL(`../../${path}`, import.meta.url), "utf8").split("\n")
        const text = source[line - 1] ?? ""
        const last = name.split(".").at(-1) ?? ""
        const isNamed = text.includes(last)
        if (isNamed) named++
        // What sets a class's fields has the name of the class and begins with the first of them.
        const isOfClass = source.slice(0, line).some((each) => each.includes(`class ${last} `))
        assert.ok(isNamed || isOfClass || /=>|^ *constructor\(/.test(text), `${name} ${path}:${line}: ${text}`)
      }
      assert.ok(named > 3, raw)
    },
    ["go"]
  ),
  waiting(
    scenario("server-profiling-client-gone", "data-path", async (stage) => {
      const tunnel = await withProfiles(stage)
      for (const page of ["profile", "trace?seconds=60", "allocs?seconds=60"]) {
        const asked = get({ ...socketAddress(tunnel.status.endpoint), path: root + page, agent: false })
        asked.on("error", () => {})
        const again = `${root}${page.split("?")[0]}?seconds=1`
        await eventually(`${page} to have begun`, async () =>
          (await ask(tunnel.status, again)).code === 500 ? true : undefined
        )
        asked.destroy()
        await eventually(`${page} to have ended`, async () =>
          (await ask(tunnel.status, again)).code === 200 ? true : undefined
        )
      }
    })
  ),
  scenario(
    "server-profiling-fibers",
    "data-path",
    async (stage) => {
      const tunnel = await withProfiles(stage)
      const idle = await total(tunnel)
      const peers = await Promise.all(Array.from({ length: 20 }, () => join(stage, tunnel)))
      await Promise.all(peers.map((peer) => peer.echo("hello")))
      assert.ok((await total(tunnel)) >= idle + 20)
      const { body } = await ask(tunnel.status, `${root}goroutine?debug=2`)
      const workers = threadsOf(stage).filter((thread, _, all) => all.length === 1 || thread !== "main")
      for (const peer of peers) {
        const [state] = new RegExp(`^goroutine \\d+ \\[.*peer=127.0.0.1:${peer.socket.localPort}, .*\\]:$`, "m").exec(
          body
        ) ?? [""]
        assert.match(state, new RegExp(`^goroutine \\d+ \\[suspended, copy, .* thread=(${workers.join("|")})\\]:$`))
      }
      const file = await download(stage, tunnel, "goroutine")
      const raw = await pprof(stage, file, "-raw")
      assert.match(raw, /^goroutine\/count/m)
      assert.ok(
        locations(raw).some(({ name, file: path }) => name === "Process.run" && path === "src/cli/RunTunnel.ts")
      )
      for (const peer of peers) peer.destroy()
      await eventually("as many fibers as before", async () => ((await total(tunnel)) <= idle + 2 ? true : undefined))
    },
    ["go"]
  ),
  scenario(
    "server-profiling-heap",
    "data-path",
    async (stage) => {
      const tunnel = await withProfiles(stage)
      const stop = load(stage, tunnel)
      const heap = await download(stage, tunnel, "heap?gc=1")
      assert.equal(heap.headers["content-disposition"], 'attachment; filename="heap"')
      assert.match(await pprof(stage, heap, "-raw"), /^inuse_objects\/count inuse_space\/bytes\[dflt\]/m)
      const delta = await download(stage, tunnel, "heap?seconds=1")
      assert.equal(delta.headers["content-disposition"], 'attachment; filename="heap-delta"')
      await pprof(stage, delta, "-raw")
      const allocs = await download(stage, tunnel, "allocs?seconds=2")
      assert.equal(allocs.headers["content-disposition"], 'attachment; filename="allocs-delta"')
      const raw = await pprof(stage, allocs, "-raw")
      await stop()
      assert.match(raw, /^alloc_objects\/count alloc_space\/bytes\[dflt\]/m)
      assert.match(raw, stage.cell.plane === "inline" ? /^ +thread:\[main\]$/m : /^ +thread:\[worker-[12]\]$/m)
      assert.ok(locations(raw).some(({ file }) => file.startsWith("src/")))
      const text = await ask(tunnel.status, `${root}heap?debug=1`)
      assert.match(text.body, /^heap profile: \d+: \d+ \[\d+: \d+\] @ heap\/1048576\n/)
      for (const thread of threadsOf(stage)) assert.match(text.body, new RegExp(`^# ${thread}: HeapInuse = \\d+`, "m"))
    },
    ["go"]
  ),
  scenario("server-profiling-pages", "data-path", async (stage) => {
    const tunnel = await withProfiles(stage, "--target-status=http://user:geheim@127.0.0.1:1/")
    const threads = threadsOf(stage)
    const created = await ask(tunnel.status, `${root}threadcreate?debug=1`)
    assert.ok(created.body.startsWith(`threadcreate profile: total ${threads.length}\n`))
    for (const name of ["block", "mutex"]) {
      const { body } = await ask(tunnel.status, `${root}${name}?debug=1`)
      assert.deepEqual(
        [...body.matchAll(/^# event loop delay, (\S+): samples=\d+ mean=/gm)].map(([, thread]) => thread),
        threads
      )
    }
    const trace = await ask(tunnel.status, `${root}trace?seconds=0.2`)
    assert.equal(trace.headers["content-disposition"], 'attachment; filename="trace.json"')
    const { traceEvents }: { readonly traceEvents: ReadonlyArray<unknown> } = JSON.parse(trace.body)
    assert.ok(traceEvents.length > 0)
    const line = await ask(tunnel.status, `${root}cmdline`)
    const words = line.body.split("\0")
    assert.deepEqual([words[1], words.at(-1)], ["server", stage.cell.args.at(-1)])
    assert.ok(words.includes("--target-status=http://user:xxxxx@127.0.0.1:1/"))
    assert.ok(!trace.body.includes("geheim"))
    const index = await ask(tunnel.status, root)
    assert.match(index.body, new RegExp(`<td>${threads.length}</td><td><a href="threadcreate\\?debug=1">`))
  }),
  scenario("server-profiling-outlasts-timeouts", "control", async (stage) => {
    const tunnel = await withProfiles(stage, "--connect-timeout=2s")
    assert.equal((await download(stage, tunnel, "profile?seconds=5")).code, 200)
  }),
  scenario("server-profiling-does-not-hold-the-exit", "control", async (stage) => {
    const tunnel = await withProfiles(stage)
    const profile = ask(tunnel.status, `${root}profile?seconds=100`).catch(() => "cut")
    await eventually("the profile to have begun", async () =>
      (await ask(tunnel.status, `${root}profile?seconds=1`)).code === 500 ? true : undefined
    )
    tunnel.signal("SIGTERM")
    assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
    assert.equal(await profile, "cut")
  })
]

runTopic("server-profiling", serverProfiling)
