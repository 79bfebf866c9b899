/** What the load generator asks of the backend, in the first nine bytes of a connection. */

/** `E`: echo the rest. `S`: swallow so many bytes, then answer with one. `G`: give so many bytes, then end. */
export type Mode = "E" | "S" | "G"

/** Length of the request. */
export const requestBytes = 9

/** Writes a request. */
export const request = (mode: Mode, bytes: number): Buffer => {
  const buffer = Buffer.alloc(requestBytes)
  buffer.write(mode, 0, "latin1")
  buffer.writeBigUInt64BE(BigInt(bytes), 1)
  return buffer
}

/** Reads a request. */
export const parseRequest = (buffer: Buffer): { readonly mode: string; readonly bytes: number } => ({
  mode: buffer.toString("latin1", 0, 1),
  bytes: Number(buffer.readBigUInt64BE(1))
})

/** What the harness asks of the load generator. */
export type Command =
  | { readonly kind: "bulk"; readonly mode: "S" | "G"; readonly connections: number; readonly bytes: number }
  | { readonly kind: "roundTrips"; readonly connections: number; readonly each: number; readonly size: number }
  | { readonly kind: "churn"; readonly connections: number; readonly parallel: number }
  /** Handshakes, each closed at once, one after the other on each lane for so long; without client certificate, verifying nothing. */
  | { readonly kind: "churnFor"; readonly millis: number; readonly parallel: number }
  /** Opens connections and keeps them, each having echoed one byte; stops at the first that fails. */
  | { readonly kind: "hold"; readonly connections: number }
  /** So many round trips in all, on all held connections at the same time. */
  | { readonly kind: "exchange"; readonly trips: number; readonly size: number }
  /** Round trips in a steady rhythm, in turn through the proxy and to the backend itself. */
  | { readonly kind: "pace"; readonly connections: number; readonly samples: number; readonly directPort: number }
  /** Opens connections that send, or are sent to, without end. */
  | { readonly kind: "saturate"; readonly mode: "S" | "G"; readonly connections: number }
  /** Closes what `hold` and `saturate` opened. */
  | { readonly kind: "release" }

/** What came of an order. */
export interface Outcome {
  /** `churnFor`: connections done in time; `hold`: connections opened; `exchange`: round trips. */
  readonly done: number
  /** `pace`: what each round trip took, in milliseconds. */
  readonly through: ReadonlyArray<number>
  readonly direct: ReadonlyArray<number>
  /** Why `hold` stopped early. */
  readonly stopped: string | undefined
}

/** An order with its number and the proxy's port, and the answer to it. */
export interface Envelope {
  readonly id: number
  readonly port: number
  readonly command: Command
}
export interface Reply {
  readonly id: number
  readonly error: string | undefined
  readonly outcome: Outcome
}
