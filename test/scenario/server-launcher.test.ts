/** The launcher that users start: found by a link, in a folder with blanks, without rights, in an environment full of traps. */
import assert from "node:assert/strict"
import { spawnSync } from "node:child_process"
import { chmodSync, copyFileSync, cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs"
import { delimiter, dirname, join as joinPath } from "node:path"
import { echoBackend } from "../support/Backend.ts"
import { isInstalled } from "../support/Installed.ts"
import type { Stage } from "../support/Stage.ts"
import { launcher, server } from "../support/Tunnel.ts"
import { ca, join, serverIdentity } from "./Fixtures.ts"
import { runTopic } from "./RunTopic.ts"
import { scenario } from "./Scenario.ts"

const nobody = 65_534

/** Everything that the launcher keeps from Node, with values that would do harm. */
const traps = {
  NODE_OPTIONS: "--require=/nowhere/trap.cjs",
  NODE_TLS_REJECT_UNAUTHORIZED: "0",
  NODE_EXTRA_CA_CERTS: "/nowhere/ca.pem",
  NODE_PATH: "/nowhere",
  NODE_DEBUG: "net",
  NODE_V8_COVERAGE: "/nowhere/coverage",
  NODE_COMPILE_CACHE: "/nowhere/cache",
  NODE_USE_ENV_PROXY: "1",
  NODE_USE_SYSTEM_CA: "1",
  NODE_REDIRECT_WARNINGS: "/nowhere/warnings",
  NODE_ICU_DATA: "/nowhere",
  NODE_REPL_EXTERNAL_MODULE: "/nowhere/repl.cjs",
  NODE_DEBUG_NATIVE: "tls",
  NODE_PENDING_DEPRECATION: "1",
  NODE_PRESERVE_SYMLINKS: "1",
  NODE_PRESERVE_SYMLINKS_MAIN: "1",
  NODE_CHANNEL_FD: "0",
  NODE_CHANNEL_SERIALIZATION_MODE: "json",
  NODE_UNIQUE_ID: "1",
  OPENSSL_CONF: "/nowhere/openssl.cnf",
  OPENSSL_MODULES: "/nowhere/modules",
  OPENSSL_ENGINES: "/nowhere/engines"
}

/** The program far from its checkout, and a link that leads to it. */
const installed = (stage: Stage): string => {
  const folder = stage.path(" with blanks")
  cpSync(dirname(launcher), joinPath(folder, "dist"), { recursive: true })
  const [link, other] = [stage.path(".link"), joinPath(folder, "tunnel")]
  symlinkSync("dist/ghostunnel", other)
  symlinkSync(other, link)
  chmodSync(stage.directory, 0o755)
  return link
}

/** A folder with nothing but a `node` that says it is this version. */
const pathWithNode = (stage: Stage, version: string | undefined): string => {
  const folder = stage.path(".bin")
  mkdirSync(folder)
  if (version !== undefined) {
    writeFileSync(joinPath(folder, "node"), `#!/bin/sh\n[ "$1" = --version ] && echo ${version}\n`, { mode: 0o755 })
  }
  return folder
}

/** A folder with this Node that the unprivileged user may enter. */
const nodeForNobody = (stage: Stage): string => {
  const own = dirname(process.execPath)
  if (spawnSync(process.execPath, ["--version"], { uid: nobody, gid: nobody }).status === 0) return own
  const folder = stage.path(".bin")
  mkdirSync(folder)
  copyFileSync(process.execPath, joinPath(folder, "node"))
  return folder
}

const serves = async (stage: Stage) => {
  const link = installed(stage)
  const identity = await serverIdentity()
  const files = { certPath: stage.path(".pem"), keyPath: stage.path(".key"), caPath: stage.path(".ca") }
  copyFileSync(identity.certPath, files.certPath)
  copyFileSync(identity.keyPath, files.keyPath)
  copyFileSync((await ca()).certPath, files.caPath)
  const isRoot = process.getuid?.() === 0
  if (isRoot) for (const file of Object.values(files)) chmodSync(file, 0o644)
  const path = `${isRoot ? nodeForNobody(stage) : dirname(process.execPath)}${delimiter}${process.env["PATH"] ?? ""}`
  const user = isRoot ? ["setpriv", `--reuid=${nobody}`, `--regid=${nobody}`, "--clear-groups"] : []
  const tunnel = await server(stage)
    .identity(files)
    .ca({ certPath: files.caPath })
    .allowAll()
    .target(await echoBackend(stage))
    .below(...user, "env", `PATH=${path}`, ...Object.entries(traps).map(([name, value]) => `${name}=${value}`))
    .startedBy(isInstalled("dash") ? "dash" : "sh", link)
    .start()
  const peer = await join(stage, tunnel)
  await peer.echo("hello")
  peer.destroy()
  for (const signal of ["SIGUSR1", "SIGHUP"] as const) {
    const reloads = tunnel.count(/^reloading configuration complete$/)
    tunnel.signal(signal)
    await tunnel.waitForLine(/reloading configuration complete$/, reloads + 1)
  }
  tunnel.signal("SIGTERM")
  assert.deepEqual(await tunnel.exit(), { code: 0, signal: null })
  assert.equal(tunnel.stderr, "")
}

const cleansEnvironment = async (stage: Stage) => {
  const [script, out] = [stage.path(".cjs"), stage.path(".json")]
  writeFileSync(script, `require("node:fs").writeFileSync(${JSON.stringify(out)}, JSON.stringify(process.env))`)
  const kept = { SSL_CERT_FILE: "/kept/file", SSL_CERT_DIR: "/kept/directory" }
  const options = { GHOSTUNNEL_NODE_OPTIONS: `--require=${script}` }
  const env = { ...process.env, ...traps, ...kept, ...options }
  assert.equal(spawnSync(launcher, ["--version"], { env }).status, 0)
  const seen: Readonly<Record<string, string>> = JSON.parse(readFileSync(out, "utf8"))
  const names = [...Object.keys(traps), ...Object.keys(kept)]
  assert.deepEqual(Object.fromEntries(names.flatMap((name) => (name in seen ? [[name, seen[name]]] : []))), {
    ...kept,
    NODE_OPTIONS: options.GHOSTUNNEL_NODE_OPTIONS
  })
}

const explains = async (stage: Stage) => {
  const link = installed(stage)
  const run = (path: string, ...words: ReadonlyArray<string>) => {
    const { status, stderr, stdout } = spawnSync("/bin/sh", [link, ...words], { encoding: "utf8", env: { PATH: path } })
    return { status, stderr, stdout }
  }
  const tools = "/usr/bin:/bin"
  const refused = (why: string) => ({ status: 1, stderr: `ghostunnel: error: ${why}\n`, stdout: "" })
  assert.deepEqual(
    run(`${pathWithNode(stage, "v20.20.2")}:${tools}`, "--version"),
    refused("this is Node 20.20.2, and Node 26 or newer is needed")
  )
  assert.deepEqual(
    run(`${pathWithNode(stage, undefined)}`, "--version")
      .stderr.split("\n")
      .at(-2),
    "ghostunnel: error: no node on the PATH that starts, and Node 26 or newer is needed"
  )
  const bad = run(`${dirname(process.execPath)}:${tools}`, "--bogus")
  assert.equal(bad.status, 1)
  assert.match(bad.stderr, /^\d+\.link: error: unknown long flag '--bogus', try --help\n$/)
}

/** A checkout's own Node is used, but not what other users may have put beside a folder of everyone's. */
const choosesNode = async (stage: Stage) => {
  const folder = stage.path(".checkout")
  for (const name of ["dist", "tools", "node_modules/.bin"]) mkdirSync(joinPath(folder, name), { recursive: true })
  copyFileSync(launcher, joinPath(folder, "dist/ghostunnel"))
  writeFileSync(joinPath(folder, "tools/build.ts"), "")
  writeFileSync(joinPath(folder, "node_modules/.bin/node"), '#!/bin/sh\necho "$1 $3"\n', { mode: 0o755 })
  const env = { PATH: `${pathWithNode(stage, "v26.10.0")}:/usr/bin:/bin` }
  const run = () => spawnSync(joinPath(folder, "dist/ghostunnel"), ["--version"], { encoding: "utf8", env }).stdout
  assert.equal(run(), "--disable-sigusr1 --version\n")
  chmodSync(folder, 0o1777)
  assert.equal(run(), "")
}

export const serverLauncher = [
  scenario("server-launcher-serves", "control", serves),
  scenario("server-launcher-cleans-the-environment", "control", cleansEnvironment),
  scenario("server-launcher-explains", "control", explains),
  scenario("server-launcher-chooses-node", "control", choosesNode)
]

runTopic("server-launcher", serverLauncher)
