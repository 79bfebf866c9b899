/**
 * What a refused handshake costs the tunnel when the peer's certificates are made to be expensive, in relation to an ordinary
 * one, and how long honest clients wait beside four such peers.
 *
 *     node bench/HostileHandshakes.ts [--transport=node] [--rounds=N]
 */
import { spawn } from "node:child_process"
import { once } from "node:events"
import { readdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { connect, createSecureContext, type SecureContext } from "node:tls"
import { parseArgs } from "node:util"
import * as Hostile from "../test/support/HostileChains.ts"
import { disposeTestCas, makeCa, testCaDirectory } from "../test/support/TestCa.ts"

const { values } = parseArgs({
  options: {
    transport: { type: "string", default: "native" },
    rounds: { type: "string", default: "40" },
    program: { type: "string", default: "dist/main.mjs" },
    attack: { type: "string" },
    chain: { type: "string", default: "" }
  }
})
const rounds = Number(values.rounds)

/** Nanoseconds of processor time of all threads. */
const cpu = (pid: number): number =>
  readdirSync(`/proc/${pid}/task`).reduce((sum, task) => {
    try {
      return sum + Number(readFileSync(`/proc/${pid}/task/${task}/schedstat`, "utf8").split(" ")[0])
    } catch {
      return sum
    }
  }, 0)

const listening = async (port: number): Promise<void> => {
  for (;;) {
    const up = await new Promise<boolean>((resolve) => {
      const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false })
      socket
        .once("secureConnect", () => resolve(true))
        .once("error", (error) => resolve(!/REFUSED/.test(String(error))))
      socket.once("close", () => resolve(false))
    })
    if (up) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

const freePort = async (): Promise<number> => {
  const server = createServer()
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const address = server.address()
  await new Promise<void>((resolve) => void server.close(() => resolve()))
  return typeof address === "object" && address !== null ? address.port : 0
}

const credentialsOf = ({ certPem, keyPem }: { readonly certPem: string; readonly keyPem: string }): SecureContext =>
  createSecureContext({ cert: certPem, key: keyPem, ciphers: "DEFAULT:@SECLEVEL=0" })

/** One handshake to its end; milliseconds. */
const handshake = (port: number, secureContext: SecureContext): Promise<number> =>
  new Promise((resolve) => {
    const began = performance.now()
    const socket = connect({ port, host: "127.0.0.1", secureContext, rejectUnauthorized: false })
    const done = () => {
      resolve(performance.now() - began)
      socket.destroy()
    }
    socket.on("error", done).on("close", done).on("data", done)
    socket.on("secureConnect", () => socket.write("x"))
  })

const median = (list: ReadonlyArray<number>): number => list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0

const inputs: Readonly<Record<string, () => Hostile.HostileChain>> = {
  "75 x RSA-3072, long exponent": () => Hostile.slowExponents(75, "Bench"),
  "40 x RSA-3072, long exponent": () => Hostile.slowExponents(40, "Bench"),
  "99 x RSA-2048": () => Hostile.manyAuthorities(99, "Bench"),
  "47 x RSA-2048": () => Hostile.manyAuthorities(47, "Bench"),
  "47 x RSA-2048 of the anchor's name": () => Hostile.oneNameForAll(47, "Bench"),
  "48 x 200 constraints, 5200 names": () => Hostile.manyConstraints(48, 200, 5200),
  "10 x 200 constraints, 2000 names": () => Hostile.manyConstraints(10, 200, 2000),
  "30000 names": () => Hostile.manyNames(30_000),
  "10000 names": () => Hostile.manyNames(10_000),
  "7000 attributes": () => Hostile.manyAttributes(7000),
  "4000 attributes": () => Hostile.manyAttributes(4000)
}

if (values.attack !== undefined) {
  const port = Number(values.attack)
  const chain = credentialsOf(JSON.parse(readFileSync(values.chain, "utf8")))
  await handshake(port, chain)
  console.log("ready")
  const attacker = async (): Promise<never> => {
    for (;;) await handshake(port, chain)
  }
  await Promise.all([attacker(), attacker(), attacker(), attacker()])
}

const ca = await makeCa("Bench")
const server = await ca.issue({ cn: "server", dns: ["localhost"] })
const intermediate = await ca.makeIntermediate("Bench Intermediate")
const honest = await intermediate.issue({ cn: "client" })
const credentials = credentialsOf({ certPem: honest.chainPem, keyPem: honest.keyPem })
const backend = createServer((socket) => socket.on("error", () => {}).pipe(socket))
await new Promise<void>((resolve) => void backend.listen(0, "127.0.0.1", resolve))
const bound = backend.address()
const port = await freePort()
const log = join(testCaDirectory(), "log")
writeFileSync(log, "")
const tunnel = spawn(
  process.execPath,
  [
    values.program,
    "server",
    `--listen=127.0.0.1:${port}`,
    `--target=127.0.0.1:${typeof bound === "object" && bound !== null ? bound.port : 0}`,
    `--keystore=${server.combinedPath}`,
    `--cacert=${ca.certPath}`,
    "--allow-all",
    "--workers=1",
    `--transport=${values.transport}`,
    "--quiet=all"
  ],
  { stdio: "ignore" }
)
try {
  await listening(port)
  const pid = tunnel.pid ?? 0
  const cost = async (who: SecureContext, count: number) => {
    for (let i = 0; i < 5; i++) await handshake(port, who)
    const before = cpu(pid)
    for (let i = 0; i < count; i++) await handshake(port, who)
    return (cpu(pid) - before) / count / 1e6
  }
  await cost(credentials, 200)
  const ordinary = await cost(credentials, 4 * rounds)
  console.log(`ordinary handshake: ${ordinary.toFixed(2)} ms of processor time`)
  for (const [name, make] of Object.entries(inputs)) {
    const chain = make()
    const spent = await cost(credentialsOf(chain), rounds)
    const again = await cost(credentials, rounds)
    const ratio = (spent / again).toFixed(2)
    console.log(`${name.padEnd(38)} ${`${chain.size}`.padStart(6)} bytes ${spent.toFixed(2)} ms, x ${ratio}`)
  }
  const latencies = async () => {
    const list: Array<number> = []
    for (let i = 0; i < 2 * rounds; i++) list.push(await handshake(port, credentials))
    return median(list)
  }
  for (const name of ["75 x RSA-3072, long exponent", "40 x RSA-3072, long exponent", "47 x RSA-2048"]) {
    const chain = inputs[name]?.()
    const quiet = await latencies()
    writeFileSync(join(testCaDirectory(), "attack.json"), JSON.stringify(chain))
    const attack = [process.argv[1] ?? "", `--attack=${port}`, `--chain=${join(testCaDirectory(), "attack.json")}`]
    const attackers = spawn(process.execPath, ["--no-warnings", ...attack], { stdio: ["ignore", "pipe", "inherit"] })
    await once(attackers.stdout, "data")
    const beside = await latencies()
    attackers.kill()
    console.log(`beside four peers with ${name}: ${beside.toFixed(1)} ms, quiet ${quiet.toFixed(1)} ms`)
  }
} finally {
  tunnel.kill()
  backend.close()
  disposeTestCas()
}
