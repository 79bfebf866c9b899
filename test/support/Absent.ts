/** Scenarios that need more of the machine than a program: skipped, and said so, where it is not to be had. */

/** Ends the running test as skipped, with the reason in the report. */
export const skipBecause = async (reason: string): Promise<never> => {
  // Lazily: scenarios are also read where no test runs.
  const { TestRunner } = await import("vitest")
  const test = TestRunner.getCurrentTest()
  if (test === undefined) throw new Error(reason)
  return test.context.skip(reason)
}

/** Outside CI a scenario is skipped when this is missing; in CI that is a failure. */
export const demand = async (there: boolean, what: string): Promise<void> => {
  if (there) return
  if (process.env.CI) throw new Error(`${what} is not here`)
  await skipBecause(`${what} is not here`)
}
