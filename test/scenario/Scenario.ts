/** What a scenario is: a story about the built program, named `<mode>-<behaviour>`. */
import type { Kind } from "../support/Matrix.ts"
import type { Stage } from "../support/Stage.ts"

/** What a scenario may need beyond node, npm and openssl: programs, an IPv6 loopback address, glibc's checking allocator. */
export type Tool =
  | "curl"
  | "python3"
  | "prometheus"
  | "keytool"
  | "prlimit"
  | "unshare"
  | "go"
  | "chromium"
  | "ipv6"
  | "malloc-debug"
  | "own-network"

export type ScenarioName = `server-${string}` | `client-${string}`

export interface Scenario {
  readonly name: ScenarioName
  readonly kind: Kind
  readonly needs: ReadonlyArray<Tool>
  readonly run: (stage: Stage) => Promise<void>
}

/** A scenario for the table in `Scenarios.ts`. */
export const scenario = (
  name: ScenarioName,
  kind: Kind,
  run: (stage: Stage) => Promise<void>,
  needs: ReadonlyArray<Tool> = []
): Scenario => ({ name, kind, needs, run })
