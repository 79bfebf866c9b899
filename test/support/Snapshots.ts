/** Somebody who watches the status page's stream: every snapshot that came, and how the stream ended. */
import { request as httpRequest, type IncomingMessage } from "node:http"
import { request as httpsRequest } from "node:https"
import { Changes } from "./Changes.ts"
import { socketAddress } from "./Endpoint.ts"
import type { Stage } from "./Stage.ts"
import type { StatusPort } from "./Tunnel.ts"

export type Snapshot = Readonly<Record<string, unknown>>

const isSnapshot = (value: unknown): value is Snapshot => typeof value === "object" && value !== null

/** The snapshots in a stream's text. Throws at what is no event. */
export const snapshotsIn = (text: string): ReadonlyArray<Snapshot> =>
  text
    .split("\n\n")
    .slice(0, -1)
    .map((event) => {
      const [, json] = /^data: (.*)$/.exec(event) ?? []
      const value: unknown = json === undefined ? undefined : JSON.parse(json)
      if (!isSnapshot(value)) throw new Error(`not a snapshot: ${event}`)
      return value
    })

export class Watcher {
  readonly changes = new Changes()
  response: IncomingMessage | undefined
  text = ""
  /** The stream came to its end, and was not cut. */
  ended = false
  closed = false
  readonly #leave: () => void

  constructor(stage: Stage, port: StatusPort, ca?: string) {
    const { endpoint, scheme } = port
    const at = endpoint.network === "unix" ? { socketPath: endpoint.path } : socketAddress(endpoint)
    const options = { ...at, path: "/_events", agent: false }
    const take = (response: IncomingMessage) => {
      this.response = response
      response.setEncoding("utf8").on("data", (text: string) => {
        this.text += text
        this.changes.notify()
      })
      response.on("end", () => {
        this.ended = true
        this.changes.notify()
      })
      response.on("error", () => {})
      this.changes.notify()
    }
    const asked =
      scheme === "https" ? httpsRequest({ ...options, servername: "localhost", ca }, take) : httpRequest(options, take)
    const gone = () => {
      this.closed = true
      this.changes.notify()
    }
    asked.on("error", gone).on("close", gone).end()
    this.#leave = () => void asked.destroy()
    stage.defer(this.#leave)
  }

  /** The code of the reply. */
  code(): Promise<number> {
    return this.changes.until(
      () => this.response?.statusCode ?? (this.closed ? 0 : undefined),
      () => "a reply"
    )
  }

  /** The first snapshot that the test likes. */
  until(likes: (snapshot: Snapshot) => boolean): Promise<Snapshot> {
    return this.changes.until(
      () => snapshotsIn(this.text).find(likes),
      () => `a snapshot, have ${this.text}`
    )
  }

  /** The end of the stream, however it comes. */
  async end(): Promise<void> {
    await this.changes.until(
      () => this.closed || undefined,
      () => "the end of the stream"
    )
  }

  leave(): void {
    this.#leave()
  }
}
