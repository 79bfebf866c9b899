/**
 * Builds `dist/`: the program (`ghostunnel`, which starts `main.mjs`; with `worker.mjs` self-contained, with lazy chunks) and
 * the library (`index.mjs`, which shares the embedding program's `effect`). `--if-stale` does nothing when no source is newer than the last build.
 */
import { execFileSync, spawn } from "node:child_process"
import { once } from "node:events"
import * as Fs from "node:fs"
import * as Http from "node:http"
import * as Net from "node:net"
import * as Os from "node:os"
import * as Path from "node:path"
import { build, type Plugin, type RolldownOptions } from "rolldown"
import { scriptText } from "./ScriptText.ts"

const root = Path.resolve(import.meta.dirname, "..")
const dist = Path.join(root, "dist")
const launcher = Path.join(import.meta.dirname, "ghostunnel.sh")
const stamp = Path.join(dist, "main.mjs")

const newest = (directory: string): number =>
  Fs.readdirSync(directory, { recursive: true, withFileTypes: true }).reduce(
    (latest, entry) =>
      entry.isFile() ? Math.max(latest, Fs.statSync(Path.join(entry.parentPath, entry.name)).mtimeMs) : latest,
    0
  )

const isFresh = (): boolean => {
  if (!Fs.existsSync(stamp)) return false
  const built = Fs.statSync(stamp).mtimeMs
  const inputs = [
    Path.join(root, "package-lock.json"),
    launcher,
    import.meta.filename,
    Path.join(import.meta.dirname, "ScriptText.ts")
  ]
  return built > newest(Path.join(root, "src")) && inputs.every((file) => built > Fs.statSync(file).mtimeMs)
}

const manifest: { readonly version: string } = JSON.parse(Fs.readFileSync(Path.join(root, "package.json"), "utf8"))

/** What `node:http` has that makes Node load all of undici when it is looked at: as every import of the module does. */
const lazyOfHttp: ReadonlySet<string> = new Set(["CloseEvent", "MessageEvent", "WebSocket"])

/**
 * `node:http` without them, for what is bundled. An import costs some forty milliseconds on every thread, this a tenth.
 */
const lightHttp: Plugin = {
  name: "light-http",
  resolveId: (id) => (id === "node:http" || id === "http" ? "\0light-http" : null),
  load: (id) => {
    if (id !== "\0light-http") return null
    const names = Object.keys(Http).filter((name) => name !== "default" && !lazyOfHttp.has(name))
    return [
      'const http = process.getBuiltinModule("node:http")',
      "export default http",
      `export const { ${names.join(", ")} } = http`
    ].join("\n")
  }
}

const common = {
  cwd: root,
  platform: "node",
  plugins: [lightHttp, scriptText()],
  tsconfig: false,
  transform: { define: { __GHOSTUNNEL_VERSION__: JSON.stringify(manifest.version) } }
} satisfies RolldownOptions

const output = {
  dir: dist,
  format: "esm",
  entryFileNames: "[name].mjs",
  chunkFileNames: "[name]-[hash].mjs",
  sourcemap: true
} as const

/**
 * Lets a tunnel without credentials live for a moment: threads, status port, a connection that fails, a reload, a drain. What
 * V8 compiles for it goes into the compile cache that the first start then finds. Not being able to costs nothing but time.
 */
const warm = async (main: string): Promise<void> => {
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "ghostunnel-build-"))
  const at = (name: string) => Path.join(directory, name)
  const words = [
    ...["client", `--listen=unix:${at("listen")}`, "--target=localhost:1", "--disable-authentication"],
    ...[`--status=unix:${at("status")}`, "--workers=1", "--connect-timeout=1s", "--disable-landlock"]
  ]
  const tunnel = spawn(process.execPath, [main, ...words], { stdio: ["ignore", "pipe", "ignore"] })
  const exited = once(tunnel, "exit")
  const patience = setTimeout(() => tunnel.kill("SIGKILL"), 20_000)
  try {
    let log = ""
    let asked = false
    let told = false
    for await (const chunk of tunnel.stdout) {
      log += String(chunk)
      if (!asked && log.includes("listening for connections")) {
        asked = true
        Net.connect(at("status"))
          .on("error", () => {})
          .end("GET /_status HTTP/1.0\r\n\r\n")
        Net.connect(at("listen"))
          .on("error", () => {})
          .resume()
      }
      // Only once: a second signal kills.
      if (!told && log.includes("error on dial")) told = tunnel.kill("SIGTERM")
    }
    await exited
  } finally {
    clearTimeout(patience)
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

if (process.argv.includes("--if-stale") && isFresh()) process.exit(0)

// Built beside the old one and swapped in whole, so that a running program never sees half a build.
const next = `${dist}.next-${process.pid}`
Fs.rmSync(next, { recursive: true, force: true })
await build([
  {
    ...common,
    input: { main: "src/main.ts", worker: "src/proxy/WorkerMain.ts" },
    output: { ...output, dir: next, minify: { compress: true, mangle: { keepNames: true }, codegen: true } }
  },
  {
    ...common,
    input: { index: "src/index.ts", opentelemetry: "src/opentelemetry.ts" },
    external: [/^effect(\/|$)/, /^@effect\//, /^@opentelemetry\//],
    output: { ...output, dir: next, chunkFileNames: "lib-[name]-[hash].mjs" }
  }
])
Fs.copyFileSync(launcher, Path.join(next, "ghostunnel"))
for (const program of ["ghostunnel", "main.mjs"]) Fs.chmodSync(Path.join(next, program), 0o755)
if (process.argv.includes("--types")) {
  const tsc = Path.join(root, "node_modules/.bin/tsc")
  const types = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--outDir", Path.join(next, "types")]
  const sources = ["--rootDir", Path.join(root, "src"), "-p", Path.join(root, "tools/tsconfig.types.json")]
  execFileSync(tsc, [...sources, ...types], { stdio: "inherit" })
}
await warm(Path.join(next, "main.mjs"))
const old = `${dist}.old-${process.pid}`
if (Fs.existsSync(dist)) Fs.renameSync(dist, old)
Fs.renameSync(next, dist)
Fs.rmSync(old, { recursive: true, force: true })
