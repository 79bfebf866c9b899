/** What one scenario runs on: its cell of the matrix, a directory of its own, and everything that must end with it. */
import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Endpoint, tcp } from "./Endpoint.ts"
import type { Cell } from "./Matrix.ts"
import { freePort, releasePort } from "./Ports.ts"

export class Stage {
  readonly cell: Cell
  /** Short enough for UNIX socket paths; removed at the end. */
  readonly directory: string
  /** Each shows one program of this stage. */
  readonly transcripts: Array<() => string> = []
  /** What scenarios of the same topic and cell share lives here; a stage that is given none shares with nobody. */
  readonly common: Stage
  readonly #releases: Array<() => unknown> = []
  #names = 0

  constructor(cell: Cell, common?: Stage) {
    this.cell = cell
    this.common = common ?? this
    this.directory = mkdtempSync(join(tmpdir(), "gt-"))
    this.defer(() => rmSync(this.directory, { recursive: true, force: true }))
  }

  /** What to show when a scenario fails: its own programs, and those it shares. */
  transcript(): string {
    const all = this.common === this ? this.transcripts : [...this.transcripts, ...this.common.transcripts]
    return all.map((print) => print()).join("\n\n")
  }

  /** Runs at the end of the scenario, last one first. */
  defer(release: () => unknown): void {
    this.#releases.push(release)
  }

  /** A path nothing exists at. */
  path(suffix: string): string {
    return join(this.directory, `${++this.#names}${suffix}`)
  }

  /** A TCP address nobody listens on. */
  async tcp(): Promise<Endpoint> {
    const port = await freePort()
    this.defer(() => releasePort(port))
    return tcp(port)
  }

  /** A UNIX socket path nobody listens on. */
  unix(): Endpoint {
    return { network: "unix", path: this.path(".sock") }
  }

  /** A free address of either kind. */
  address(network: Endpoint["network"]): Promise<Endpoint> {
    return network === "tcp" ? this.tcp() : Promise.resolve(this.unix())
  }

  /** Ends everything, also where some of it does not want to: the first complaint is thrown in the end. */
  async close(): Promise<void> {
    const complaints: Array<unknown> = []
    for (const release of this.#releases.reverse()) {
      try {
        await release()
      } catch (cause) {
        complaints.push(cause)
      }
    }
    if (complaints.length > 0) throw complaints[0]
  }
}

/**
 * Something that scenarios of one topic and cell use one after the other, such as a tunnel that each of them would start with
 * the same flags: made for the first of them, ended after the last. They compare counters and lines with those before them.
 */
export const shared = <A>(make: (stage: Stage) => Promise<A>): ((stage: Stage) => Promise<A>) => {
  const made = new WeakMap<Stage, Promise<A>>()
  return ({ common }) => {
    const known = made.get(common) ?? make(common)
    made.set(common, known)
    return known
  }
}
