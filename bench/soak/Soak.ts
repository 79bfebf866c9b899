/** `npm run soak`: runs the tunnel under random traffic and faults for a long time and checks for leaks. */
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { clientName, makeCertificates, type Pair } from "../../tools/demo/Certificates.ts"
import { freePorts } from "../../tools/demo/Program.ts"
import { endAll } from "../Processes.ts"
import { TrafficProcess } from "../traffic/TrafficProcess.ts"
import { Account } from "./Account.ts"
import { Alternating } from "./Disturbances.ts"
import { type Findings, judge, type Sample, trendOf } from "./Judgement.ts"
import { type Options, readOptions, usage } from "./Options.ts"
import { runSchedule } from "./Schedule.ts"
import { head, lineOf } from "./Table.ts"
import { Tunnel } from "./Tunnel.ts"

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const read = ({ cert, key }: Pair) => ({ cert: Fs.readFileSync(cert, "utf8"), key: Fs.readFileSync(key, "utf8") })

/** The tunnel's command line. */
const wordsOf = (options: Options, addresses: ReadonlyArray<string>, keystore: string, ca: string) => [
  options.mode,
  ...addresses,
  ...["--keystore", keystore, "--cacert", ca],
  ...(options.mode === "server" ? ["--allow-cn", clientName] : []),
  ...["--workers", String(options.workers), "--connect-timeout", "30s", "--close-timeout", "30s", "--enable-pprof"],
  ...(options.transport === undefined ? [] : ["--transport", options.transport]),
  ...["conns", "conn-errs", "handshake-errs"].flatMap((each) => ["--quiet", each])
]

const soaked = async (options: Options, directory: string, tell: (sample: Sample) => void): Promise<Findings> => {
  const certificates = await makeCertificates(directory)
  const { ca, client, server } = certificates
  const [port = 0, statusPort = 0, backendPort = 0] = await freePorts(3)
  const identity = { ca: Fs.readFileSync(ca.cert, "utf8"), ...read(options.mode === "server" ? client : server) }
  const traffic = await TrafficProcess.start({ mode: options.mode, identity, backendPort })
  try {
    // Both certificates are valid for servers and clients.
    const alternating = new Alternating(Path.join(directory, "tunnel.pem"), [server, client])
    const addresses = [
      ...["--listen", `127.0.0.1:${port}`, "--target", `127.0.0.1:${backendPort}`],
      ...["--status", `http://127.0.0.1:${statusPort}`]
    ]
    const tunnel = await Tunnel.start(wordsOf(options, addresses, alternating.path, ca.cert), statusPort)
    const account = new Account(traffic)
    const died = tunnel.ended.then((exit) => {
      throw new Error(
        `the tunnel ended by itself (${exit}) after ${account.connections} connections: ${tunnel.stderr.trim() || "without a word"}`
      )
    })
    const disturbed = { tunnel, port, mode: options.mode, account, certificates: alternating }
    const found = await Promise.race([runSchedule(disturbed, options, tell), died])
    died.catch(() => {})
    const exit = await tunnel.stop()
    return { ...found, exit, stderr: tunnel.stderr }
  } finally {
    await traffic.end()
  }
}

const soak = async (options: Options, directory: string): Promise<number> => {
  const { connections, json, minutes, mode, seed, small, transport, workers } = options
  const length = [
    ...(connections === undefined ? [] : [`${connections} ${small ? "small " : ""}connections`]),
    ...(minutes === undefined ? [] : [`${minutes} minutes${small ? " of small connections" : ""}`])
  ]
  say(
    `${mode} mode, ${transport ?? "its own choice of"} transport, ${workers} workers, ${length.join(" or ")}, seed ${seed}`
  )
  say(head)
  const findings = await soaked(options, directory, (sample) => say(lineOf(sample)))
  const sentences = judge(findings)
  const trend = trendOf(findings)
  say(
    `Memory: ${trend.early.toFixed(1)} MiB in the second quarter, ${trend.late.toFixed(1)} MiB in the last one ` +
      `(medians at rest; at most ${trend.allowed.toFixed(1)} MiB more are allowed).`
  )
  say(sentences.length === 0 ? "Everything holds." : sentences.join("\n"))
  if (json !== undefined) {
    Fs.writeFileSync(json, `${JSON.stringify({ options, findings, trend, wrong: sentences }, undefined, 2)}\n`)
  }
  return sentences.length === 0 ? 0 : 1
}

const readWords = (): Options | undefined | string => {
  try {
    return readOptions(process.argv.slice(2))
  } catch (cause) {
    // What follows the first sentence explains words that are none here.
    return (cause instanceof Error ? cause.message : String(cause)).replace(/(\.\s|\n)[\s\S]*/, "")
  }
}

const main = async (): Promise<number> => {
  const options = readWords()
  if (typeof options === "string") {
    process.stderr.write(`soak: ${options}\n`)
    return 2
  }
  if (options === undefined) {
    process.stdout.write(usage)
    return 0
  }
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "ghostunnel-soak-"))
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => reject(new Error("interrupted")))
  })
  try {
    return await Promise.race([soak(options, directory), interrupted])
  } finally {
    await endAll()
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

process.exitCode = await main().catch((cause: unknown) => {
  process.stderr.write(`soak: ${cause instanceof Error ? cause.message : cause}\n`)
  return 1
})
process.exit()
