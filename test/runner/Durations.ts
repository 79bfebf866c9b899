/** How long each test file takes, so that the longest start first and both cores stay busy to the end. */
import { readFileSync, writeFileSync } from "node:fs"
import { BaseSequencer, type TestModule, type TestSpecification } from "vitest/node"

const file = new URL("./durations.json", import.meta.url)

/** Shorter files are not listed. */
const least = 2

/** Seconds by project and file; `UPDATE_TEST_DURATIONS=1 npm test` measures them anew. */
type Durations = Readonly<Record<string, number>>

const key = (project: string, path: string): string => `${project} ${path}`

const listed = (): Durations => JSON.parse(readFileSync(file, "utf8"))

/** Keeps what this run took. Files of a run that names only some of them stay as they were. */
export const recordDurations = (modules: ReadonlyArray<TestModule>): void => {
  const measured = modules.map((module) => {
    const { collectDuration, duration, setupDuration } = module.diagnostic()
    const seconds = Math.round((collectDuration + duration + setupDuration) / 1000)
    return [key(module.project.name, module.relativeModuleId), seconds] as const
  })
  const all = Object.entries({ ...listed(), ...Object.fromEntries(measured) })
  const long = all.filter(([, seconds]) => seconds >= least).sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
  writeFileSync(file, `${JSON.stringify(Object.fromEntries(long), null, 2)}\n`)
}

/** The longest first, whatever the project; files not listed come last. */
export class LongestFirst extends BaseSequencer {
  override async sort(specifications: Array<TestSpecification>): Promise<Array<TestSpecification>> {
    const durations = listed()
    const { root } = this.ctx.config
    const secondsOf = ({ moduleId, project }: TestSpecification): number =>
      durations[key(project.name, moduleId.slice(root.length + 1))] ?? 0
    return (await super.sort(specifications)).toSorted((a, b) => secondsOf(b) - secondsOf(a))
  }
}
