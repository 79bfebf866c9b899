/** The request that the load generator sends to the backend, in the first nine bytes of a connection. */

/** `E`: echo the rest. `S`: read this many bytes, then answer with one. `G`: send this many bytes, then end. */
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

/** The commands of the harness to the load generator. */
export type Command =
  | { readonly kind: "bulk"; readonly mode: "S" | "G"; readonly connections: number; readonly bytes: number }
  | { readonly kind: "roundTrips"; readonly connections: number; readonly each: number; readonly size: number }
  | { readonly kind: "churn"; readonly connections: number; readonly parallel: number }
  /**
   * Handshakes for a period of time, each closed at once, one after the other on each lane; without client certificate or
   * verification.
   */
  | { readonly kind: "churnFor"; readonly millis: number; readonly parallel: number }
  /** Opens connections and holds them after one echoed byte each; stops at the first failure. */
  | { readonly kind: "hold"; readonly connections: number }
  /** A total number of round trips, on all held connections concurrently. */
  | { readonly kind: "exchange"; readonly trips: number; readonly size: number }
  /** Round trips at a fixed rate, alternating between the proxy and the backend itself. */
  | { readonly kind: "pace"; readonly connections: number; readonly samples: number; readonly directPort: number }
  /** Opens connections that send or receive continuously. */
  | { readonly kind: "saturate"; readonly mode: "S" | "G"; readonly connections: number }
  /** Closes what `hold` and `saturate` opened. */
  | { readonly kind: "release" }

/** The result of a command. */
export interface Outcome {
  /** `churnFor`: connections completed in time; `hold`: connections opened; `exchange`: round trips. */
  readonly done: number
  /** `pace`: round trip times in milliseconds. */
  readonly through: ReadonlyArray<number>
  readonly direct: ReadonlyArray<number>
  /** Why `hold` stopped early. */
  readonly stopped: string | undefined
}

/** A command with its number and the proxy's port, and the reply. */
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
