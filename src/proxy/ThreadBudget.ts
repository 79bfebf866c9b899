/**
 * What the tunnels of one thread have in common: its open connections, and whether the process has descriptors left for one
 * more (docs/compatibility/command-line.md, 4.3).
 */
import { type Demand, type ReadUsage, watch } from "../runtime/Descriptors.ts"
import { PendingDials } from "./PendingDials.ts"

export class ThreadBudget {
  /** Connections that are accepted and going to dial. */
  readonly dials: PendingDials
  /** Connections of this thread, in any state. */
  open = 0
  readonly #isScarce: (demand: Demand) => boolean

  /** `dials`: memory that all threads share. `threads`: how many they are. */
  constructor(dials: SharedArrayBuffer, thread: number, threads: number, usage: ReadUsage) {
    this.dials = new PendingDials(dials, thread)
    this.#isScarce = watch(threads, usage)
  }

  /** Whether a listener must not accept now. `waiting`: connections it has accepted and not yet handed over. */
  isScarce(waiting: number, listening: number): boolean {
    const undialled = this.dials.pending + waiting
    return this.#isScarce({ listening, connections: this.open + waiting, undialled, taken: this.dials.begun })
  }
}
