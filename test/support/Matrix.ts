/**
 * The cells that data-path scenarios run in: where connections run, and what carries their bytes. Node's transport, which
 * is the default, carries every scenario. The native one carries the topics where transports differ (`native` below); with
 * the environment variable `TRANSPORTS=all` it carries every data-path scenario, which takes twice the time.
 */

const planes = {
  inline: ["--workers=0"],
  workers: ["--workers=2"]
} as const

const transports = {
  node: ["--transport=node"],
  native: ["--transport=native"]
} as const

export type Plane = keyof typeof planes
type Transport = keyof typeof transports

export interface Cell {
  readonly name: string
  readonly plane: Plane
  readonly transport: Transport
  /** Words for the tunnel's command line. */
  readonly args: ReadonlyArray<string>
}

const planeNames = ["inline", "workers"] as const
const transportNames = ["node", "native"] as const

/** Every cell, in a fixed order. */
export const cells: ReadonlyArray<Cell> = planeNames.flatMap((plane) =>
  transportNames.map((transport) => ({
    name: `${plane}/${transport}`,
    plane,
    transport,
    args: [...planes[plane], ...transports[transport]]
  }))
)

/** `data-path` scenarios run in both planes, `control` ones in a single one chosen by their name. */
export type Kind = "data-path" | "control"

/** The topics that run with the native transport too. */
const native: ReadonlySet<string> = new Set([
  "server-handshake",
  "server-refusals",
  "server-pump",
  "server-drain",
  "server-reload",
  "server-stress",
  "client-refusals"
])

/** Whether this run is the one with everything in it. */
export const allTransports = process.env.TRANSPORTS === "all"

const hash = (text: string): number => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7)

const onNode = cells.filter(({ transport }) => transport === "node")

/** The cells a scenario of a topic runs in. */
export const cellsOf = (topic: string, { kind, name }: { readonly name: string; readonly kind: Kind }) => {
  if (kind === "control") return onNode.filter((_, index) => index === hash(name) % onNode.length)
  return allTransports || native.has(topic) ? cells : onNode
}
