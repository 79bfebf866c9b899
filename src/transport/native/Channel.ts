/** What the pump moves bytes through: a socket, with or without TLS on it. */

/** Nothing can be moved at the moment. */
export const AGAIN = 0
/** The peer has said that nothing more comes. */
export const END = -1
/** It failed; `error` says how. */
export const FAILED = -2

/** One end of a connection. Addresses are passed as they are: the caller keeps the memory alive. */
export interface Channel {
  /** What the last failure was, in the shape of Node's errors. */
  readonly error: unknown
  /** Reading waits for this: almost always until there is something to read. */
  readonly readNeedsWrite: boolean
  /** Fills the thread's scratch buffer; how many bytes there are, or `AGAIN`, `END`, `FAILED`. */
  fill(): number
  /** Whether bytes may be at hand that raise no event. */
  hasMore(): boolean
  /** Takes what it can: how many bytes, `AGAIN`, or `FAILED`. */
  write(at: bigint, size: number): number
  /** Hands what was taken to the kernel: false when it must be tried again later; a failure shows in `failed`. */
  flush(): boolean
  readonly failed: boolean
  /** Says that nothing more will be written; the other direction stays open. False when it must be tried again later. */
  endWrites(): boolean
  /** Frees what belongs to it. Idempotent. */
  free(): void
}
