/** `npm run bench`: what the tunnel costs, alone or side by side with other proxies. */
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { makeCertificates } from "../tools/demo/Certificates.ts"
import { type Load, startBackend, startLoad } from "./load/Peers.ts"
import { type Options, readOptions, usage } from "./Options.ts"
import { endAll } from "./Processes.ts"
import { makeReport } from "./Report.ts"
import type { Scenario } from "./Scenario.ts"
import { run, type Setup, type Subject } from "./Subject.ts"
import { bulkDown, bulkUp } from "./scenarios/Bulk.ts"
import { connections } from "./scenarios/Connections.ts"
import { idle } from "./scenarios/Idle.ts"
import { metricsCost } from "./scenarios/MetricsCost.ts"
import { roundTrips } from "./scenarios/RoundTrips.ts"
import { rules } from "./scenarios/Rules.ts"
import { startTime } from "./scenarios/Start.ts"
import { statusLatency } from "./scenarios/StatusLatency.ts"
import { binary, ours } from "./subjects/Ghostunnel.ts"
import { haproxy } from "./subjects/Haproxy.ts"
import { hitch } from "./subjects/Hitch.ts"
import { nginx } from "./subjects/Nginx.ts"
import { stunnel } from "./subjects/Stunnel.ts"

const allScenarios = [startTime, bulkUp, bulkDown, roundTrips, connections, rules, metricsCost, idle, statusLatency]
const others = [haproxy, nginx, hitch, stunnel]

const named = <A extends { readonly name: string }>(all: ReadonlyArray<A>, names: ReadonlyArray<string>) =>
  names.map((name) => {
    const found = all.find((each) => each.name === name)
    if (found === undefined) throw new Error(`no ${name}; there are ${all.map((each) => each.name).join(", ")}`)
    return found
  })

const measure = async (scenario: Scenario, subject: Subject, setup: Setup, load: Load, quick: boolean) => {
  const proxy = await run(subject, setup)
  try {
    const amount = (full: number) => (quick ? Math.max(10, Math.ceil(full / 50)) : full)
    const startAnother = (words: ReadonlyArray<string>, without?: ReadonlyArray<string>) =>
      run(subject, setup, words, without)
    return await scenario.measure({ proxy, load, workers: setup.workers, startAnother, amount })
  } finally {
    await proxy.stop()
  }
}

const bench = async (options: Options, directory: string): Promise<void> => {
  const scenarios = options.only.length === 0 ? allScenarios : named(allScenarios, options.only)
  const own = options.transports.length === 0 ? [ours()] : options.transports.map((name) => ours(name))
  const subjects = [...own, ...named(others, options.against), ...options.againstBinary.map(binary)]
  const certificates = await makeCertificates(directory)
  const setup: Setup = { directory, certificates, backendPort: await startBackend(), workers: options.workers }
  const load = startLoad(certificates)

  process.stdout.write(
    `${Os.cpus().length} x ${Os.cpus()[0]?.model ?? "processor"}, ${options.workers} workers, mTLS with P-256 ` +
      `certificates, ${options.rounds} rounds${options.quick ? " of tiny amounts: these figures mean nothing" : ""}\n`
  )
  for (const subject of subjects) process.stdout.write(`${subject.name}: ${await subject.version()}\n`)

  const report = makeReport()
  for (let round = 1; round <= options.rounds; round++) {
    for (const scenario of scenarios) {
      for (const subject of subjects.filter((each) => each.hasStatus || !scenario.needsStatus)) {
        process.stderr.write(`round ${round}: ${scenario.name}: ${subject.name}\n`)
        report.add(scenario, subject.name, await measure(scenario, subject, setup, load, options.quick))
      }
    }
  }
  process.stdout.write(`\n${report.print(subjects.map((subject) => subject.name))}\n`)
}

const main = async (): Promise<number> => {
  const options = readOptions(process.argv.slice(2))
  if (options === undefined) {
    process.stdout.write(usage)
    return 0
  }
  const directory = Fs.mkdtempSync(Path.join(Os.tmpdir(), "ghostunnel-bench-"))
  const interrupted = new Promise<never>((_, reject) => {
    for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => reject(new Error("interrupted")))
  })
  try {
    await Promise.race([bench(options, directory), interrupted])
    return 0
  } finally {
    await endAll()
    Fs.rmSync(directory, { recursive: true, force: true })
  }
}

process.exitCode = await main().catch((cause: unknown) => {
  process.stderr.write(`bench: ${cause instanceof Error ? cause.message : cause}\n`)
  return 1
})
process.exit()
