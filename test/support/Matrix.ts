/** The cells every data-path scenario runs in: where connections run, and what carries their bytes. */

const planes = {
  inline: ["--workers=0"],
  workers: ["--workers=2"]
} as const

/** The native transport is one more line here. */
const transports = {
  node: []
} as const

export type Plane = keyof typeof planes

export interface Cell {
  readonly name: string
  readonly plane: Plane
  /** Words for the tunnel's command line. */
  readonly args: ReadonlyArray<string>
}

const planeNames = ["inline", "workers"] as const

/** Every cell, in a fixed order. */
export const cells: ReadonlyArray<Cell> = planeNames.flatMap((plane) =>
  Object.entries(transports).map(([transport, args]) => ({
    name: `${plane}/${transport}`,
    plane,
    args: [...planes[plane], ...args]
  }))
)

/** `data-path` scenarios run in every cell, `control` ones in a single cell chosen by their name. */
export type Kind = "data-path" | "control"

const hash = (text: string): number => [...text].reduce((sum, char) => (sum * 31 + char.charCodeAt(0)) >>> 0, 7)

/** The cells a scenario runs in. */
export const cellsOf = (name: string, kind: Kind): ReadonlyArray<Cell> =>
  kind === "data-path" ? cells : cells.filter((_, index) => index === hash(name) % cells.length)
