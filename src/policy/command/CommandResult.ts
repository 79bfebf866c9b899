/** What a command of `ghostunnel policy` prints, and its exit code. */
import { type PolicyLoadError, renderLoadError } from "../PolicyLoadError.ts"

export interface CommandResult {
  /** 0: allowed, or every test passed. 1: denied, or a test failed. 2: no answer. */
  readonly code: 0 | 1 | 2
  readonly out: ReadonlyArray<string>
  readonly err: ReadonlyArray<string>
}

/** How long a command evaluates before it gives up, in milliseconds. */
export const longestEvaluation = 10_000

/** No answer, and why. */
export const failure = (message: string): CommandResult => ({ code: 2, out: [], err: [`error: ${message}`] })

export const loadFailure = (error: PolicyLoadError): CommandResult =>
  failure(`Invalid rego policy or query: ${renderLoadError(error)}`)
