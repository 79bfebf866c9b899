/** Which application protocol a server agrees on (RFC 7301): OpenSSL asks in the handshake, JavaScript answers. */
import { Buffer } from "node:buffer"
import { Memory, type NativeThread } from "./NativeThread.ts"

/** Results of the callback (`<openssl/tls1.h>`). */
const agreed = 0
const refused = 2

/** Where a name lies in a list: its first byte and how many there are. */
interface Span {
  readonly at: number
  readonly length: number
}

/** The names of a list in which each comes after its length; undefined where that is not what it is. Pure. */
const spansOf = (wire: Uint8Array): ReadonlyArray<Span> | undefined => {
  const spans: Array<Span> = []
  for (let at = 0; at < wire.length; ) {
    const length = wire[at] ?? 0
    if (length === 0 || at + 1 + length > wire.length) return undefined
    spans.push({ at: at + 1, length })
    at += 1 + length
  }
  return spans
}

/** The first of our names that is offered too; undefined for none, and for lists that are malformed. Pure. */
export const chooseProtocol = (ours: Uint8Array, offered: Uint8Array): Span | undefined => {
  const theirs = spansOf(offered)
  if (theirs === undefined) return undefined
  const bytes = ({ at, length }: Span, of: Uint8Array) => of.subarray(at, at + length)
  return spansOf(ours)?.find((own) =>
    theirs.some((their) => Buffer.compare(bytes(own, ours), bytes(their, offered)) === 0)
  )
}

/** The choosing callback of one thread. */
export class ProtocolChoice {
  /** For `SSL_CTX_set_alpn_select_cb`; its argument is what `listed` gives. */
  readonly callback: bigint
  readonly #thread: NativeThread
  /** By address. Few, and kept: OpenSSL may ask, and be pointed into them, as long as sessions live. */
  readonly #lists = new Map<bigint, Memory>()

  constructor(thread: NativeThread) {
    this.#thread = thread
    this.callback = thread.bound.library.registerCallback(
      { arguments: ["pointer", "pointer", "pointer", "pointer", "u32", "pointer"], return: "i32" },
      (...words: ReadonlyArray<unknown>) => this.#answer(words)
    )
  }

  /** The address of these names, the same for the same ones. */
  listed(wire: Buffer): bigint {
    for (const [at, { bytes }] of this.#lists) if (bytes.equals(wire)) return at
    const memory = new Memory(this.#thread.bound, wire.length)
    memory.bytes.set(wire)
    this.#lists.set(memory.at, memory)
    return memory.at
  }

  /** Runs inside OpenSSL: must not throw. Whatever goes wrong ends the handshake, as nothing in common does. */
  #answer([, out, outLength, offered, offeredLength, list]: ReadonlyArray<unknown>): number {
    try {
      const ours = typeof list === "bigint" ? this.#lists.get(list) : undefined
      if (ours === undefined || typeof offered !== "bigint" || typeof offeredLength !== "number") return refused
      if (typeof out !== "bigint" || typeof outLength !== "bigint") return refused
      const { ffi } = this.#thread.bound
      const chosen = chooseProtocol(ours.bytes, ffi.toBuffer(offered, offeredLength))
      if (chosen === undefined) return refused
      ffi.setUint64(out, 0, ours.at + BigInt(chosen.at))
      ffi.setUint8(outLength, 0, chosen.length)
      return agreed
    } catch {
      return refused
    }
  }
}
