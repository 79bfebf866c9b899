/** Planned and random connections through a tunnel, from a process of their own, for scenarios. */
import assert from "node:assert/strict"
import { readFileSync } from "node:fs"
import type { Command, State } from "../../bench/traffic/Commands.ts"
import type { Mode } from "../../bench/traffic/Ends.ts"
import { TrafficProcess } from "../../bench/traffic/TrafficProcess.ts"
import type { Endpoint } from "./Endpoint.ts"
import type { Stage } from "./Stage.ts"
import type { TestCa, TestIdentity } from "./TestCa.ts"

/** The port of an address. */
export const portOf = (endpoint: Endpoint): number => {
  assert(endpoint.network === "tcp")
  return endpoint.port
}

/** Traffic of one scenario: the backend's address, and what can be asked for. */
export interface Traffic {
  readonly endpoint: Endpoint
  readonly ask: (command: Command) => Promise<State>
}

/** Starts it: `identity` is who speaks TLS, the clients in front of a server tunnel or the backend behind a client tunnel. */
export const traffic = async (stage: Stage, mode: Mode, ca: TestCa, identity: TestIdentity): Promise<Traffic> => {
  const endpoint = await stage.tcp()
  const its = await TrafficProcess.start({
    mode,
    identity: { ca: ca.certPem, cert: identity.chainPem, key: readFileSync(identity.keyPath, "utf8") },
    backendPort: portOf(endpoint)
  })
  stage.defer(() => its.end())
  return { endpoint, ask: (command) => its.ask(command) }
}

/** Fails with the first of what is wrong. */
export const assertNothingBroken = (state: State): void => {
  assert.deepEqual(state.broken, [])
  assert.equal(state.strays, 0, "the backend got bytes that no client has sent")
}

/** How many clients were turned away. */
export const unserved = (state: State): number => Object.values(state.unserved).reduce((sum, count) => sum + count, 0)
