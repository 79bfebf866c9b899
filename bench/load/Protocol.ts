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
export type Order =
  | { readonly kind: "bulk"; readonly mode: "S" | "G"; readonly connections: number; readonly bytes: number }
  | { readonly kind: "roundTrips"; readonly connections: number; readonly each: number; readonly size: number }
  | { readonly kind: "churn"; readonly connections: number; readonly parallel: number }
  /** Opens connections and keeps them, each having echoed one byte. */
  | { readonly kind: "hold"; readonly connections: number }
  /** Opens connections that send without end. */
  | { readonly kind: "saturate"; readonly connections: number }
  /** Closes what `hold` and `saturate` opened. */
  | { readonly kind: "release" }

/** An order with its number and the proxy's port, and the answer to it. */
export interface Envelope {
  readonly id: number
  readonly port: number
  readonly order: Order
}
export interface Reply {
  readonly id: number
  readonly error: string | undefined
}
