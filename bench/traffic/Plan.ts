/** The plan of one connection, for both of its ends. */

/** A pause that starts after a number of bytes, and its length. */
export interface Pause {
  readonly at: number
  /** Milliseconds. */
  readonly millis: number
}

/** One end of a connection: how it sends and how it reads. */
export interface Side {
  /** Bytes it sends. */
  readonly total: number
  /** Sizes of its writes, repeated. */
  readonly sizes: ReadonlyArray<number>
  /** A pause in sending, after a number of bytes sent. */
  readonly pauses: ReadonlyArray<Pause>
  /** A pause in reading, after a number of bytes received. */
  readonly stalls: ReadonlyArray<Pause>
}

/** Which end. */
export type End = "client" | "backend"

/** A fault: after a number of bytes sent, one end resets, or closes both directions at once. */
export interface Fault {
  readonly who: End
  readonly how: "reset" | "leave"
  readonly at: number
}

/** A connection. Without a fault every byte must arrive at both ends, and both must see EOF. */
export interface Plan {
  readonly client: Side
  readonly backend: Side
  /** The end that half-closes without waiting for the other's EOF. */
  readonly first: End | "both"
  readonly fault: Fault | undefined
  readonly version: "TLSv1.2" | "TLSv1.3"
}

/** Sends `size` bytes in writes of these sizes and reads as fast as it can. */
export const steady = (total: number, ...sizes: ReadonlyArray<number>): Side => ({
  total,
  sizes: sizes.length === 0 ? [16_384] : sizes,
  pauses: [],
  stalls: []
})

/** An end that never reads. */
export const deaf = (side: Side): Side => ({ ...side, stalls: [{ at: 0, millis: Number.POSITIVE_INFINITY }] })
