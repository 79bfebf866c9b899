/** Runs many planned connections concurrently and tallies their outcomes. */
import type { SecureContext } from "node:tls"
import type { Tally } from "./Commands.ts"
import { type BackendEnd, clientEnd } from "./Ends.ts"
import type { Plan } from "./Plan.ts"
import type { TrafficPeer } from "./TrafficPeer.ts"
import { judge } from "./Verdict.ts"

/** How many failures are reported in full. */
const told = 5

/** Timeout of a connection of a flow, milliseconds. */
const flowPatience = 60_000

export class ClientPool {
  readonly #backend: BackendEnd
  readonly #secureContext: SecureContext | undefined
  #number = 0
  #exact = 0
  #cut = 0
  #unserved: Record<string, number> = {}
  #excused = 0
  #broken: Array<string> = []
  readonly #held = new Map<number, TrafficPeer>()
  #flowing = 0
  #flow: Promise<unknown> = Promise.resolve()
  #halted = true

  constructor(backend: BackendEnd, secureContext: SecureContext | undefined) {
    this.#backend = backend
    this.#secureContext = secureContext
  }

  get flowing(): number {
    return this.#flowing
  }

  /** Bytes that held connections have sent and received on the client side. */
  get moved(): number {
    return [...this.#held.values()].reduce((sum, { received, sent }) => sum + received + sent, 0)
  }

  /** The tally since the last call. */
  take(): Tally {
    const [unserved, excused] = [this.#unserved, this.#excused]
    const tally = { exact: this.#exact, cut: this.#cut, unserved, excused, broken: this.#broken.slice(0, told) }
    ;[this.#exact, this.#cut, this.#unserved, this.#excused, this.#broken] = [0, 0, {}, 0, []]
    return tally
  }

  /** Runs one plan to its end. */
  async follow(plan: Plan, port: number, patience: number, damaged = false): Promise<void> {
    const number = ++this.#number
    const { absences, listening } = this.#backend
    // Without an error the client does not learn that its bytes are lost; the backend's end must settle all the same.
    this.#backend.expect(number, plan, damaged ? patience + 30_000 : patience)
    const client = await clientEnd(number, plan, port, patience, this.#secureContext).outcome
    const backend = await this.#backend.outcome(number)
    const verdict = judge(plan, { client, backend }, damaged)
    if (verdict._tag === "Exact") this.#exact += 1
    else if (verdict._tag === "Cut") this.#cut += 1
    else if (verdict._tag === "Unserved") {
      this.#unserved[verdict.why] = (this.#unserved[verdict.why] ?? 0) + 1
      if (!listening || this.#backend.absences !== absences) this.#excused += 1
    } else this.#broken.push(`connection ${number}: ${verdict.why}\n  ${JSON.stringify(plan)}`)
  }

  /** Runs plans from the iterator, at most `parallel` at a time. */
  async followAll(
    plans: Iterator<Plan>,
    port: number,
    parallel: number,
    patience: number,
    damaged = false
  ): Promise<void> {
    const next = async (): Promise<void> => {
      for (let each = plans.next(); each.done !== true; each = plans.next()) {
        await this.follow(each.value, port, patience, damaged)
      }
    }
    await Promise.all(Array.from({ length: parallel }, next))
  }

  /** Starts a flow of the given number of connections, or one that runs until `halt`. */
  begin(plans: Iterator<Plan>, port: number, parallel: number, connections: number): void {
    this.#halted = false
    let left = connections
    const next = async (): Promise<void> => {
      while (!this.#halted && left-- > 0) {
        const each = plans.next()
        if (each.done === true) return
        this.#flowing += 1
        await this.follow(each.value, port, flowPatience)
        this.#flowing -= 1
      }
    }
    this.#flow = Promise.all(Array.from({ length: parallel }, next))
  }

  /** Starts no further connection, and waits for the running ones. */
  async halt(): Promise<void> {
    this.#halted = true
    await this.#flow
  }

  /** Starts plans without waiting for their end. */
  hold(plans: ReadonlyArray<Plan>, port: number): void {
    for (const plan of plans) {
      const number = ++this.#number
      this.#backend.expect(number, plan, 2 ** 31 - 1)
      this.#held.set(number, clientEnd(number, plan, port, 2 ** 31 - 1, this.#secureContext))
    }
  }

  /** Resets held connections at both ends: a tunnel that waits for one end does not notice the other's reset. */
  release(): void {
    for (const [number, peer] of this.#held) {
      peer.abort()
      this.#backend.abort(number)
    }
    this.#held.clear()
  }
}
