/** What a harness asks of the traffic's process, and what it answers. */
import type { Identity, Mode } from "./Ends.ts"
import type { Damaged, Mangle } from "./Fuzzer.ts"
import type { Plan } from "./Plan.ts"

/** How the process is set up. */
export interface Setup {
  readonly mode: Mode
  /** Of the end that speaks TLS. */
  readonly identity: Identity
  readonly backendPort: number
}

export type Command =
  /** Follows these plans, so many at a time, each for at most `patience` milliseconds. */
  | {
      readonly kind: "plans"
      readonly port: number
      readonly plans: ReadonlyArray<Plan>
      readonly parallel: number
      readonly patience: number
      readonly damaged?: boolean
    }
  /** Follows random plans without a pause, until `halt` or so many are over; answered at once. */
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
  /** Ends the flow, answered once all its connections are over. */
  | { readonly kind: "halt" }
  /** Begins plans that do not end by themselves, one after the other; answered at once. */
  | { readonly kind: "hold"; readonly port: number; readonly plans: ReadonlyArray<Plan> }
  /** Resets what `hold` has begun, and what `silent` has opened. */
  | { readonly kind: "release" }
  /** Opens connections that say nothing; answered once they are open. */
  | { readonly kind: "silent"; readonly port: number; readonly connections: number }
  /** Sends these bytes on a connection each, which then waits for its end. */
  | { readonly kind: "noise"; readonly port: number; readonly noises: ReadonlyArray<ReadonlyArray<number>> }
  /** A wire to a port that does damage; answered once it listens. */
  | { readonly kind: "wire"; readonly port: number; readonly target: number; readonly damaged: Damaged }
  /** What the wire does to the next connections, instead of what was said before. */
  | { readonly kind: "mangle"; readonly mangles: ReadonlyArray<Mangle> }
  /** Whether the backend listens. */
  | { readonly kind: "backend"; readonly listening: boolean }
  | { readonly kind: "state" }

/** How connections have ended so far. */
export interface Tally {
  readonly exact: number
  readonly cut: number
  /** Why clients were turned away, and how many for each reason. */
  readonly unserved: Readonly<Record<string, number>>
  /** How many of them came while the backend did not listen. */
  readonly excused: number
  /** What is wrong, with the plan; the first few. */
  readonly broken: ReadonlyArray<string>
}

/** What is open, and what has passed. */
export interface State extends Tally {
  readonly flowing: number
  readonly silent: number
  readonly backendOpen: number
  /** Connections to the backend that no client has made. */
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
