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
  /** What to show when the scenario fails. */
  readonly transcripts: Array<() => string> = []
  readonly #releases: Array<() => unknown> = []
  #names = 0

  constructor(cell: Cell) {
    this.cell = cell
    this.directory = mkdtempSync(join(tmpdir(), "gt-"))
    this.defer(() => rmSync(this.directory, { recursive: true, force: true }))
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
