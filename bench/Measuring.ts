/** Runs scenarios against proxies, round by round, each proxy started anew for each scenario. */
import { type Backend, type Load, startBackend, startLoad } from "./load/Peers.ts"
import type { Options } from "./Options.ts"
import { addFigure, type Row } from "./report/Results.ts"
import type { Figures, Scenario } from "./Scenario.ts"
import { run, type Setup, type Subject } from "./Subject.ts"

/** Everybody a proxy has to do with. */
interface Peers {
  readonly load: Load
  readonly probe: Load
  readonly backend: Backend
}

/** What was found so far. */
export interface Found {
  readonly rows: ReadonlyArray<Row>
  readonly failures: ReadonlyArray<string>
}

type Common = Omit<Setup, "backendPort">

const startPeers = async (setup: Common, { algorithms }: Options): Promise<Peers> => ({
  load: startLoad(setup.certificates, algorithms),
  probe: startLoad(setup.certificates, algorithms),
  backend: await startBackend()
})

const stopPeers = async ({ backend, load, probe }: Peers): Promise<void> => {
  await Promise.all([load.stop(), probe.stop(), backend.stop()])
}

const takesPart = ({ needs }: Scenario, { hasStatus, hasWorkers }: Subject): boolean =>
  (hasStatus || !needs.includes("status")) && (hasWorkers || !needs.includes("workers"))

const measure = async (
  scenario: Scenario,
  subject: Subject,
  common: Common,
  peers: Peers,
  quick: boolean
): Promise<Figures> => {
  const setup: Setup = { ...common, backendPort: peers.backend.port }
  const proxy = await run(subject, setup)
  try {
    return await scenario.measure({
      ...peers,
      proxy,
      setup,
      startAnother: (changes) => run(subject, setup, changes),
      amount: (full) => (quick ? Math.max(10, Math.ceil(full / 50)) : full)
    })
  } finally {
    await proxy.stop()
  }
}

/** Rows with the figures of one measurement. Throws when one is no number. */
const withFigures = (
  rows: ReadonlyArray<Row>,
  scenario: Scenario,
  subject: Subject,
  round: string,
  figures: Figures
): ReadonlyArray<Row> =>
  Object.entries(figures).reduce((all, [word, figure]) => {
    const title = word === "" ? scenario.title : `${scenario.title}, ${word}`
    const compared = typeof figure === "number"
    const [value, unit, digits] = compared ? [figure, scenario.unit, scenario.digits] : figure
    if (!Number.isFinite(value)) throw new Error(`${title} is ${value}`)
    return addFigure(all, { scenario: scenario.name, title, unit, digits, compared }, subject.name, round, value)
  }, rows)

/** Measures everything; tells after each round what was found so far. What fails is told too, and the rest goes on. */
export const measureAll = async (
  options: Options,
  common: Common,
  scenarios: ReadonlyArray<Scenario>,
  subjects: ReadonlyArray<Subject>,
  tell: (found: Found) => void
): Promise<Found> => {
  let found: Found = { rows: [], failures: [] }
  let peers = await startPeers(common, options)
  for (let round = 1; round <= options.rounds; round++) {
    for (const scenario of scenarios) {
      for (const subject of subjects.filter((each) => takesPart(scenario, each))) {
        const where = `round ${round}: ${scenario.name}: ${subject.name}`
        process.stderr.write(`${where}\n`)
        try {
          const figures = await measure(scenario, subject, common, peers, options.quick)
          found = { ...found, rows: withFigures(found.rows, scenario, subject, String(round), figures) }
        } catch (cause) {
          const failure = `${where}: ${cause instanceof Error ? cause.message : cause}`
          process.stderr.write(`${failure}\n`)
          found = { ...found, failures: [...found.failures, failure] }
          // Whatever the scenario left open ends with them.
          await stopPeers(peers)
          peers = await startPeers(common, options)
        }
      }
    }
    tell(found)
  }
  await stopPeers(peers)
  return found
}
