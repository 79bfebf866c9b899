/**
 * The cells that scenarios run in: where connections run, and what carries their bytes. Everything about the data path runs
 * in every cell; what is about the process around it runs in one of them.
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

/** `data-path` scenarios run in every cell, `control` ones in a single one chosen by their name. */
export type Kind = "data-path" | "control"

const hash = (text: string): number => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7)

/** The cells a scenario runs in. */
export const cellsOf = ({ kind, name }: { readonly name: string; readonly kind: Kind }): ReadonlyArray<Cell> =>
  kind === "data-path" ? cells : cells.filter((_, index) => index === hash(name) % cells.length)
