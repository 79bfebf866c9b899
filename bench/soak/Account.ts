/** The traffic, and the totals of all its connections so far. */
import type { Command, State } from "../traffic/Commands.ts"
import type { TrafficProcess } from "../traffic/TrafficProcess.ts"

export class Account {
  exact = 0
  cut = 0
  unserved = 0
  /** Clients rejected although the backend was listening. */
  refused = 0
  /** Connections to the backend that no client opened. */
  strays = 0
  readonly broken: Array<string> = []
  readonly #traffic: TrafficProcess

  constructor(traffic: TrafficProcess) {
    this.#traffic = traffic
  }

  get connections(): number {
    return this.exact + this.cut + this.unserved + this.broken.length
  }

  /** Runs a command. */
  async ask(command: Command): Promise<State> {
    const state = await this.#traffic.ask(command)
    const unserved = Object.values(state.unserved).reduce((sum, count) => sum + count, 0)
    this.exact += state.exact
    this.cut += state.cut
    this.unserved += unserved
    this.refused += unserved - state.excused
    this.strays = state.strays
    this.broken.push(...state.broken)
    return state
  }
}
