/** The paths of `/debug/pprof/` on a status port, with this very thread behind them (docs/compatibility/status-and-metrics.md, 10.1). */
import { gunzipSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import type { ProfiledThread } from "../../src/profiling/ProfiledThread.ts"
import { make } from "../../src/profiling/Profiler.ts"
import { start, type ThreadProfiler } from "../../src/profiling/ThreadProfiler.ts"
import { profilesAllowed, profilingRoutes } from "../../src/status/ProfilingRoutes.ts"
import { eventually } from "../support/Changes.ts"
import { startPort } from "./StatusPort.ts"

const argv = ["/usr/bin/ghostunnel", "server", "--storepass", "geheim", "--enable-pprof"]

let port: Awaited<ReturnType<typeof startPort>>
let bare: Awaited<ReturnType<typeof startPort>>
let main: ThreadProfiler

beforeAll(async () => {
  main = await start("main")
  port = await startPort({
    profiling: profilingRoutes(
      make(() => [main]),
      argv
    )
  })
  bare = await startPort()
})

afterAll(async () => {
  await port.close()
  await bare.close()
  main.close()
})

const ask = (path: string, init: RequestInit = {}, of = port): Promise<Response> =>
  fetch(`http://127.0.0.1:${of.port}${path}`, { redirect: "manual", ...init })

const header = (response: Response, name: string) => response.headers.get(name)

const badSeconds = 'invalid value for "seconds" - must be a positive integer\n'
const incompatible = "seconds and debug params are incompatible\n"

describe("errors", () => {
  it.each([
    ["nope", 404, "Unknown profile\n"],
    ["heap/", 404, "Unknown profile\n"],
    ["Heap", 404, "Unknown profile\n"],
    ["profile/x", 404, "Unknown profile\n"],
    ["heap?seconds=0", 400, badSeconds],
    ["heap?seconds=-1", 400, badSeconds],
    ["goroutine?seconds=x", 400, badSeconds],
    ["goroutine?seconds=1.5", 400, badSeconds],
    ["mutex?seconds=99999999999999999999", 400, badSeconds],
    ["block?seconds=0&debug=1", 400, badSeconds],
    ["goroutine?seconds=1&debug=1", 400, incompatible],
    ["threadcreate?seconds=1&debug=2", 400, incompatible]
  ])("%s: %i", async (page, status, text) => {
    const answer = await ask(`/debug/pprof/${page}`)
    assert.deepStrictEqual([answer.status, await answer.text()], [status, text])
    assert.deepStrictEqual(
      ["content-type", "x-go-pprof", "x-content-type-options"].map((name) => header(answer, name)),
      ["text/plain; charset=utf-8", "1", "nosniff"]
    )
  })
})

describe("the path without its slash", () => {
  it("leads to the one with it, and keeps the query", async () => {
    const answer = await ask("/debug/pprof?a=1&b=2")
    assert.deepStrictEqual([answer.status, header(answer, "location")], [307, "/debug/pprof/?a=1&b=2"])
    assert.strictEqual(await answer.text(), '<a href="/debug/pprof/?a=1&amp;b=2">Temporary Redirect</a>.\n\n')
    const posted = await ask("/debug/pprof", { method: "POST" })
    assert.deepStrictEqual([posted.status, header(posted, "location"), await posted.text()], [307, "/debug/pprof/", ""])
  })

  it.each(["/debug/pprofx", "/debug", "/debug/", "/debug/PPROF/"])("%s does not exist", async (path) => {
    const answer = await ask(path)
    assert.deepStrictEqual([answer.status, await answer.text()], [404, "404 page not found\n"])
  })

  it.each(["/debug/pprof", "/debug/pprof/", "/debug/pprof/heap"])(
    "%s does not exist without profiles",
    async (path) => {
      const answer = await ask(path, {}, bare)
      assert.deepStrictEqual([answer.status, await answer.text()], [404, "404 page not found\n"])
    }
  )
})

describe("text pages", () => {
  it.each([
    ["symbol", "text/plain; charset=utf-8", /^num_symbols: 1\n$/],
    ["symbol?0x1+0x2", "text/plain; charset=utf-8", /^num_symbols: 1\n$/],
    ["", "text/html; charset=utf-8", /<title>\/debug\/pprof\/<\/title>/],
    ["heap?debug=1", "text/plain; charset=utf-8", /^heap profile: \d+: \d+ \[\d+: \d+\] @ heap\/1048576\n/],
    ["allocs?debug=2", "text/plain; charset=utf-8", /^heap profile: \d+: \d+ \[\d+: \d+\] @ heap\/1048576\n/],
    ["goroutine?debug=1", "text/plain; charset=utf-8", /^goroutine profile: total \d+\n/],
    ["%67oroutine?debug=1", "text/plain; charset=utf-8", /^goroutine profile: total \d+\n/],
    ["threadcreate?debug=1", "text/plain; charset=utf-8", /^threadcreate profile: total 1\n1 @\n/],
    ["block?debug=1", "text/plain; charset=utf-8", /^--- contention:\ncycles\/second=1000000000\n/],
    ["mutex?debug=1", "text/plain; charset=utf-8", /^--- mutex:\ncycles\/second=1000000000\nsampling period=0\n/]
  ])("%s", async (page, type, text) => {
    for (const method of ["GET", "POST", "DELETE"]) {
      const answer = await ask(`/debug/pprof/${page}`, { method, ...(method === "POST" ? { body: "0x1+0x2" } : {}) })
      assert.deepStrictEqual(
        [answer.status, header(answer, "content-type"), header(answer, "x-content-type-options")],
        [200, type, "nosniff"]
      )
      assert.match(await answer.text(), text)
    }
  })

  it("cmdline joins the arguments by NUL, without secrets", async () => {
    const answer = await ask("/debug/pprof/cmdline")
    assert.strictEqual(await answer.text(), "/usr/bin/ghostunnel\0server\0--storepass\0xxxxx\0--enable-pprof")
    assert.strictEqual(header(answer, "content-type"), "text/plain; charset=utf-8")
  })
})

describe("files", () => {
  it.each([
    ["heap", "heap"],
    ["heap?gc=1", "heap"],
    ["allocs", "allocs"],
    ["goroutine", "goroutine"],
    ["goroutine?debug=x", "goroutine"],
    ["threadcreate", "threadcreate"],
    ["block", "block"],
    ["mutex", "mutex"],
    ["goroutine?seconds=1", "goroutine-delta"],
    ["heap?seconds=1&debug=0", "heap-delta"],
    ["allocs?seconds=1", "allocs-delta"],
    ["profile?seconds=1", "profile"]
  ])("%s", async (page, name) => {
    const answer = await ask(`/debug/pprof/${page}`)
    assert.deepStrictEqual(
      ["content-type", "content-disposition", "x-content-type-options"].map((each) => header(answer, each)),
      ["application/octet-stream", `attachment; filename="${name}"`, "nosniff"]
    )
    assert.isAbove(gunzipSync(new Uint8Array(await answer.arrayBuffer())).length, 10)
  })

  it("nothing but headers is sent for HEAD", async () => {
    const answer = await ask("/debug/pprof/goroutine", { method: "HEAD" })
    assert.deepStrictEqual([answer.status, (await answer.arrayBuffer()).byteLength], [200, 0])
  })
})

describe("a profile that cannot be parsed", () => {
  it("is an error with its reason", async () => {
    const stack = [{ name: "f", url: "file://elsewhere/f.ts", line: 1, column: 0 }]
    const odd: ProfiledThread = {
      label: "main",
      startCpu: main.startCpu,
      ask: async () => ({ ...(await main.ask("delay")), fibers: [{ id: 1, state: [], stack }] })
    }
    const broken = await startPort({
      profiling: profilingRoutes(
        make(() => [odd]),
        argv
      )
    })
    const answer = await ask("/debug/pprof/goroutine", {}, broken)
    assert.strictEqual(answer.status, 500)
    assert.match(await answer.text(), /^Could not take the profile: TypeError .*\n$/)
    await broken.close()
  })
})

describe("one at a time", () => {
  it("a second CPU profile is refused as long as the first client waits", async () => {
    const gone = new AbortController()
    // Zero and nonsense mean 30 seconds.
    const first = ask("/debug/pprof/profile?seconds=0", { signal: gone.signal }).catch(() => "gone")
    const second = async () => ask("/debug/pprof/profile?seconds=1")
    let refused = await second()
    while (refused.status !== 500) refused = await second()
    assert.strictEqual(await refused.text(), "Could not enable CPU profiling: cpu profiling already in use\n")
    assert.strictEqual(header(refused, "x-go-pprof"), "1")
    gone.abort()
    assert.strictEqual(await first, "gone")
    let answer = await second()
    while (answer.status !== 200) answer = await second()
    await answer.arrayBuffer()
  })
})

describe("so many at a time", () => {
  it("refuses one profile too many with one message, and accepts it once another has finished", async () => {
    let asked = 0
    const counting: ProfiledThread = {
      label: "main",
      startCpu: main.startCpu,
      ask: (question) => {
        asked += 1
        return main.ask(question)
      }
    }
    const crowded = await startPort({
      profiling: profilingRoutes(
        make(() => [counting]),
        argv
      )
    })
    const statusOf = async (page: string) => (await ask(`/debug/pprof/${page}`, {}, crowded)).status
    const windows: Array<{ readonly leave: () => void; readonly over: Promise<unknown> }> = []
    for (let n = 1; n <= profilesAllowed; n++) {
      const gone = new AbortController()
      const page = `/debug/pprof/${n % 2 === 0 ? "goroutine" : "heap"}?seconds=100`
      const over = ask(page, { signal: gone.signal }, crowded).catch(() => "gone")
      windows.push({ leave: () => gone.abort(), over })
      await eventually("its first look at the thread", async () => asked === n || undefined)
    }
    for (const page of ["", "goroutine", "goroutine?debug=2", "heap?seconds=1", "mutex?debug=1", "profile", "trace"]) {
      const refused = await ask(`/debug/pprof/${page}`, {}, crowded)
      assert.deepStrictEqual([page, refused.status, header(refused, "retry-after")], [page, 503, "5"])
      assert.strictEqual(await refused.text(), "8 profiles are being taken already\n")
    }
    assert.strictEqual(asked, profilesAllowed)
    // What asks no thread is answered all the same.
    for (const [page, status] of [
      ["symbol", 200],
      ["cmdline", 200],
      ["nope", 404]
    ] as const) {
      assert.strictEqual(await statusOf(page), status)
    }
    windows[0]?.leave()
    await eventually("the place of one that has gone", async () => (await statusOf("goroutine")) === 200 || undefined)
    for (const { leave, over } of windows) {
      leave()
      assert.strictEqual(await over, "gone")
    }
    await crowded.close()
  })
})
