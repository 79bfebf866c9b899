/** The messages between a harness and the traffic process. */
import type { Identity, Mode } from "./Ends.ts"
import type { Damaged, Mangle } from "./Fuzzer.ts"
import type { Plan } from "./Plan.ts"

/** Setup of the process. */
export interface Setup {
  readonly mode: Mode
  /** For the end that speaks TLS. */
  readonly identity: Identity
  readonly backendPort: number
}

export type Command =
  /** Runs these plans, a limited number at a time, each for at most `patience` milliseconds. */
  | {
      readonly kind: "plans"
      readonly port: number
      readonly plans: ReadonlyArray<Plan>
      readonly parallel: number
      readonly patience: number
      readonly damaged?: boolean
    }
  /** Runs random plans until `halt` or until `connections` are done; answered at once. */
  | {
      readonly kind: "flow"
      readonly port: number
      readonly seed: number
      readonly faults: boolean
      readonly parallel: number
      readonly connections?: number
      /** Connections of a few hundred bytes only. */
      readonly small?: boolean
    }
  /** Ends the flow; answered once all its connections are closed. */
  | { readonly kind: "halt" }
  /** Starts plans that do not end by themselves, one after the other; answered at once. */
  | { readonly kind: "hold"; readonly port: number; readonly plans: ReadonlyArray<Plan> }
  /** Resets connections opened by `hold` and `silent`. */
  | { readonly kind: "release" }
  /** Opens connections that send nothing; answered once they are open. */
  | { readonly kind: "silent"; readonly port: number; readonly connections: number }
  /** Sends each byte sequence on its own connection, which then waits for EOF. */
  | { readonly kind: "noise"; readonly port: number; readonly noises: ReadonlyArray<ReadonlyArray<number>> }
  /** Starts a fuzzing proxy in front of a port; answered once it listens. */
  | { readonly kind: "wire"; readonly port: number; readonly target: number; readonly damaged: Damaged }
  /** Sets the fuzzing of the next connections, replacing what was queued. */
  | { readonly kind: "mangle"; readonly mangles: ReadonlyArray<Mangle> }
  /** Whether the backend listens. */
  | { readonly kind: "backend"; readonly listening: boolean }
  | { readonly kind: "state" }

/** Outcomes of connections so far. */
export interface Tally {
  readonly exact: number
  readonly cut: number
  /** Rejected clients, counted by reason. */
  readonly unserved: Readonly<Record<string, number>>
  /** How many of them were rejected while the backend was not listening. */
  readonly excused: number
  /** Failures with their plans; the first few. */
  readonly broken: ReadonlyArray<string>
}

/** Open connections and totals. */
export interface State extends Tally {
  readonly flowing: number
  readonly silent: number
  readonly backendOpen: number
  /** Connections to the backend that no client opened. */
  readonly strays: number
  /** Bytes that held connections have sent and received. */
  readonly moved: number
}

export interface Envelope {
  readonly id: number
  readonly command: Command
}
export interface Reply {
  readonly id: number
  readonly state: State | undefined
  readonly error: string | undefined
}
