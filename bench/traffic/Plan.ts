/** What one connection of the traffic does, at both of its ends. */

/** Something that begins once so many bytes have passed, and how long it lasts. */
export interface Pause {
  readonly at: number
  /** Milliseconds. */
  readonly millis: number
}

/** One end of a connection: what it sends, and how it reads. */
export interface Side {
  /** Bytes it sends. */
  readonly total: number
  /** Sizes of its writes, over and over. */
  readonly sizes: ReadonlyArray<number>
  /** When it sends nothing for a while, in bytes sent. */
  readonly pauses: ReadonlyArray<Pause>
  /** When it reads nothing for a while, in bytes received. */
  readonly stalls: ReadonlyArray<Pause>
}

/** Which end. */
export type End = "client" | "backend"

/** An end that does not play by the rules any more, after so many bytes sent: resets, or closes both directions at once. */
export interface Fault {
  readonly who: End
  readonly how: "reset" | "leave"
  readonly at: number
}

/** A connection. Without a fault every byte has to arrive, at both ends, and both have to see the other's end. */
export interface Plan {
  readonly client: Side
  readonly backend: Side
  /** Who ends its direction without waiting for the other's end. */
  readonly first: End | "both"
  readonly fault: Fault | undefined
  readonly version: "TLSv1.2" | "TLSv1.3"
}

/** Sends so much in writes of these sizes and reads as fast as it can. */
export const steady = (total: number, ...sizes: ReadonlyArray<number>): Side => ({
  total,
  sizes: sizes.length === 0 ? [16_384] : sizes,
  pauses: [],
  stalls: []
})

/** An end that never reads. */
export const deaf = (side: Side): Side => ({ ...side, stalls: [{ at: 0, millis: Number.POSITIVE_INFINITY }] })
