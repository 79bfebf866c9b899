/** What a scenario is: a story about the built program, named `<mode>-<behaviour>`. */
import type { Feature } from "../support/Machine.ts"
import type { Kind } from "../support/Matrix.ts"
import type { Stage } from "../support/Stage.ts"

/** Programs that a scenario may need beyond node, npm and openssl. */
export type Tool =
  | "curl"
  | "python3"
  | "prometheus"
  | "keytool"
  | "prlimit"
  | "unshare"
  | "go"
  | "chromium"
  | "systemd-socket-activate"

/** What a scenario may need: programs, and what not every machine can do. */
export type Need = Tool | Feature

export type ScenarioName = `server-${string}` | `client-${string}`

export interface Scenario {
  readonly name: ScenarioName
  readonly kind: Kind
  readonly needs: ReadonlyArray<Need>
  readonly run: (stage: Stage) => Promise<void>
  /** Mostly waits for time to pass, so that its cells run side by side. */
  readonly waits?: boolean
}

/** A scenario for the table in `Scenarios.ts`. */
export const scenario = (
  name: ScenarioName,
  kind: Kind,
  run: (stage: Stage) => Promise<void>,
  needs: ReadonlyArray<Need> = []
): Scenario => ({ name, kind, needs, run })

/** The same scenario with its cells side by side: for one that mostly waits for time to pass. */
export const waiting = (of: Scenario): Scenario => ({ ...of, waits: true })

/** The same scenario with further needs. */
export const needing = (of: Scenario, ...more: ReadonlyArray<Need>): Scenario => ({
  ...of,
  needs: [...of.needs, ...more]
})
