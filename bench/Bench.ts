/** `npm run bench`: what the tunnel costs, alone or side by side with other proxies. */
import * as Fs from "node:fs"
import * as Os from "node:os"
import * as Path from "node:path"
import { makeCertificates } from "../tools/demo/Certificates.ts"
import { describeRun } from "./Machine.ts"
import { measureAll } from "./Measuring.ts"
import { type Options, readOptions, usage } from "./Options.ts"
import { endAll } from "./Processes.ts"
import { toSvg } from "./report/Chart.ts"
import { toMarkdown } from "./report/Markdown.ts"
import { type Results, readResults, together } from "./report/Results.ts"
import { toText } from "./report/Tables.ts"
import { scenariosNamed } from "./Scenarios.ts"
import type { Subject } from "./Subject.ts"
import { binary, ours } from "./subjects/Ghostunnel.ts"
import { haproxy } from "./subjects/Haproxy.ts"
import { hitch } from "./subjects/Hitch.ts"
import { nginx } from "./subjects/Nginx.ts"
import { stunnel } from "./subjects/Stunnel.ts"

const others = [haproxy, nginx, hitch, stunnel]

const opponent = (name: string): Subject => {
  const found = others.find((each) => each.name === name)
  if (found === undefined) throw new Error(`no ${name}; there are ${others.map((each) => each.name).join(", ")}`)
  return found
}

const subjectsOf = ({ against, againstBinary, transports }: Options): ReadonlyArray<Subject> => [
  ...(transports.length === 0 ? [ours()] : transports.map((name) => ours(name))),
  ...against.map(opponent),
  ...againstBinary.map(binary)
]

const write = (options: Options, results: Results): void => {
  if (options.json !== undefined) Fs.writeFileSync(options.json, `${JSON.stringify(results, undefined, 2)}\n`)
  if (options.markdown !== undefined) Fs.writeFileSync(options.markdown, toMarkdown(results))
  if (options.svg !== undefined) Fs.writeFileSync(options.svg, toSvg(results))
}

// Where Debian puts proxies, and not on the path of ordinary users.
process.env.PATH = `${process.env.PATH}:/usr/sbin`

const missing = (name: string) => (cause: unknown) => {
  throw new Error(`${name} does not run here (${cause instanceof Error ? cause.message : cause}): is it installed?`)
}

const measured = async (options: Options, directory: string): Promise<Results> => {
  const scenarios = scenariosNamed(options.only)
  const subjects = subjectsOf(options)
  const conditions = describeRun(options)
  process.stdout.write(`${conditions.join("\n")}\n`)
  const versions = await Promise.all(
    subjects.map(async ({ kind, name, version }) => ({ name, kind, version: await version().catch(missing(name)) }))
  )
  for (const { name, version } of versions) process.stdout.write(`${name}: ${version}\n`)
  const head = { quick: options.quick, command: [options.command], conditions, subjects: versions }
  const certificates = await makeCertificates(directory)
  const common = { directory, certificates, workers: options.workers, verifyClients: true }
  const found = await measureAll(options, common, scenarios, subjects, (soFar) => write(options, { ...head, ...soFar }))
  return { ...head, ...found }
}

const bench = async (options: Options, directory: string): Promise<number> => {
  const results = options.from.length > 0 ? together(options.from.map(readResults)) : await measured(options, directory)
  write(options, results)
  process.stdout.write(`\n${toText(results)}\n`)
  return results.failures.length === 0 ? 0 : 1
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
    return await Promise.race([bench(options, directory), interrupted])
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
