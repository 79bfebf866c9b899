/**
 * What a run of the tests prints beside vitest's own lines: each failing test at once, how far the run is, and the names
 * of all failing tests again at the end. In CI a skipped test makes the run fail.
 */
import type { Reporter, TestCase, TestModule, TestSpecification, Vitest } from "vitest/node"
import { recordDurations } from "./Durations.ts"

/** Milliseconds between two lines about how far the run is. */
const interval = 15_000

/** A test or a file as the report names it. */
const nameOf = ({ fullName, module }: Pick<TestCase, "fullName" | "module">): string =>
  `|${module.project.name}| ${module.relativeModuleId} > ${fullName}`

/** Minutes and seconds. */
export const clockText = (millis: number): string => {
  const seconds = Math.floor(millis / 1000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
}

export class ProgressReporter implements Reporter {
  readonly #failed: Array<string> = []
  readonly #skipped: Array<string> = []
  #vitest: Vitest | undefined
  #files = 0
  #filesDone = 0
  #tests = 0
  #began = 0
  #lastLine = 0

  #log(line: string): void {
    this.#vitest?.logger.log(line)
  }

  onInit(vitest: Vitest): void {
    this.#vitest = vitest
  }

  onTestRunStart(specifications: ReadonlyArray<TestSpecification>): void {
    this.#failed.length = 0
    this.#skipped.length = 0
    this.#files = specifications.length
    this.#filesDone = 0
    this.#tests = 0
    this.#began = performance.now()
    this.#lastLine = this.#began
  }

  #fail(name: string, errors: ReadonlyArray<{ readonly message: string }>): void {
    this.#failed.push(name)
    this.#log(`\nFAILED ${name}`)
    for (const { message } of errors) this.#log(message)
    this.#log("")
  }

  onTestCaseResult(test: TestCase): void {
    this.#tests++
    const { errors, state } = test.result()
    if (state === "failed") this.#fail(nameOf(test), errors)
    if (state === "skipped") this.#skipped.push(nameOf(test))
    this.#progress()
  }

  #progress(): void {
    const now = performance.now()
    if (now - this.#lastLine < interval) return
    this.#lastLine = now
    const failed = this.#failed.length === 0 ? "" : `, ${this.#failed.length} failed`
    this.#log(
      `[${clockText(now - this.#began)}] ${this.#filesDone} of ${this.#files} files, ${this.#tests} tests${failed}`
    )
  }

  onTestModuleEnd(module: TestModule): void {
    this.#filesDone++
    const errors = module.errors()
    if (errors.length > 0) this.#fail(`|${module.project.name}| ${module.relativeModuleId}`, errors)
    this.#progress()
  }

  onTestRunEnd(modules: ReadonlyArray<TestModule>): void {
    if (process.env["UPDATE_TEST_DURATIONS"]) recordDurations(modules)
    if (this.#failed.length > 0) this.#log(["", "Failed tests:", ...this.#failed.map((name) => `  ${name}`)].join("\n"))
    // `-t` leaves tests out on purpose.
    const chosen = this.#vitest?.config.testNamePattern !== undefined
    if (!process.env["CI"] || chosen || this.#skipped.length === 0) return
    this.#log(["", "Skipped tests, which CI does not allow:", ...this.#skipped.map((name) => `  ${name}`)].join("\n"))
    process.exitCode = 1
  }
}
