/**
 * Splits the bytes of a status port client into request heads, so that Node's parser gets one request at a time. A head whose
 * request line ends in a bare LF, as hand-made health checks send it, is rewritten with CRLF. Pure.
 */

/** Longest head, request line included (docs/compatibility/status-and-metrics.md, 2.3). */
export const maxHeadBytes = 1 << 20
/** Most lines of a head. A limit of our own: a million bytes of two-byte headers cost far more time than one long header. */
export const maxHeadLines = 1000
/** Longest head with bare LFs. */
export const maxBareHeadBytes = 8192
/** What every connection may hold without asking {@link HeadMemory}. */
export const freeHeadBytes = 16_384

const CR = 0x0d
const LF = 0x0a
/** Empty lines before a request are ignored (RFC 9112, section 2.2), up to so many. */
const maxEmptyLines = 4

/** Memory, in bytes, that all connections together use for heads longer than {@link freeHeadBytes}. */
export class HeadMemory {
  readonly #limit: number
  #used = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Changes the amount one connection holds; false, without a change, if the total would be too large. */
  change(from: number, to: number): boolean {
    const next = this.#used - Math.max(0, from - freeHeadBytes) + Math.max(0, to - freeHeadBytes)
    if (to > from && next > this.#limit) return false
    this.#used = next
    return true
  }
}

/** The result of {@link HeadReader.next}. */
export type HeadResult =
  | { readonly _tag: "Incomplete" }
  /** `last`: no further request may follow on this connection. */
  | { readonly _tag: "Head"; readonly bytes: Buffer; readonly last: boolean }
  | { readonly _tag: "Refused"; readonly status: 400 | 431 }

const none = Buffer.alloc(0)
/** How HTTP/2 begins: Node's parser would wait for more of it, which is no part of the head. */
const http2 = Buffer.from("PRI ")
const incomplete: HeadResult = { _tag: "Incomplete" }
const refused = (status: 400 | 431): HeadResult => ({ _tag: "Refused", status })

/** The bytes of one connection that are not yet part of a request. */
export class HeadReader {
  readonly #memory: HeadMemory
  /** The bytes not yet taken are those from `#start` to `#end`; those before `#scanned` have been looked at. */
  #bytes: Buffer = none
  #start = 0
  #end = 0
  #scanned = 0
  #lineStart = 0
  #lines = 0
  #emptyLines = 0
  #bare = false

  constructor(memory: HeadMemory) {
    this.#memory = memory
  }

  /** Buffered bytes. */
  get pending(): number {
    return this.#end - this.#start
  }

  /** Adds received bytes; false if all connections together hold too much. */
  append(chunk: Buffer): boolean {
    const before = this.pending
    if (!this.#memory.change(before, before + chunk.length)) return false
    if (before === 0) {
      this.#bytes = chunk
      this.#end = chunk.length
      return true
    }
    if (this.#end + chunk.length > this.#bytes.length) this.#grow(Math.max(1024, 2 * (before + chunk.length)))
    chunk.copy(this.#bytes, this.#end)
    this.#end += chunk.length
    return true
  }

  /** Takes the next head if it is complete. */
  next(): HeadResult {
    while (this.#scanned < this.#end) {
      const found = this.#bytes.subarray(0, this.#end).indexOf(LF, this.#scanned)
      if (found < 0) {
        this.#scanned = this.#end
        break
      }
      const crlf = found > this.#lineStart && this.#bytes[found - 1] === CR
      const empty = found - this.#lineStart === (crlf ? 1 : 0)
      this.#scanned = found + 1
      this.#lineStart = found + 1
      if (this.#lines === 0 && empty) {
        if (++this.#emptyLines > maxEmptyLines) return refused(400)
        this.#consume(found + 1)
        continue
      }
      if (this.#lines === 0) this.#bare = !crlf
      // Health checks do not mix CRLF and LF; refuse such a head.
      if (!crlf && !this.#bare) return refused(400)
      if (empty) return this.#take(found + 1)
      if (++this.#lines > maxHeadLines) return refused(431)
    }
    const first = this.#bytes[this.#start]
    // Methods are upper case. Detect other protocols, such as a TLS handshake, without waiting for the end of a line.
    if (this.pending > 0 && first !== CR && (first === undefined || first < 0x41 || first > 0x5a)) return refused(400)
    return this.pending > (this.#bare ? maxBareHeadBytes : maxHeadBytes) ? refused(431) : incomplete
  }

  /** Discards buffered bytes. */
  clear(): void {
    this.#consume(this.#end)
  }

  #take(end: number): HeadResult {
    const length = end - this.#start
    if (length > (this.#bare ? maxBareHeadBytes : maxHeadBytes)) return refused(431)
    const bytes = this.#bytes.subarray(this.#start, end)
    if (bytes.subarray(0, http2.length).equals(http2)) return refused(400)
    const bare = this.#bare
    const head = bare ? withCrlf(bytes) : Buffer.from(bytes)
    this.#consume(end)
    this.#lines = 0
    this.#emptyLines = 0
    this.#bare = false
    return head === undefined ? refused(400) : { _tag: "Head", bytes: head, last: bare }
  }

  /** Releases the bytes before `end`, all of which have been scanned. */
  #consume(end: number): void {
    this.#memory.change(this.pending, this.#end - end)
    this.#start = end
    if (this.#start < this.#end) return
    this.#bytes = none
    this.#start = this.#end = this.#scanned = this.#lineStart = 0
  }

  #grow(capacity: number): void {
    const larger = Buffer.allocUnsafeSlow(capacity)
    const by = this.#start
    this.#bytes.copy(larger, 0, by, this.#end)
    this.#bytes = larger
    this.#start = 0
    this.#end -= by
    this.#scanned -= by
    this.#lineStart -= by
  }
}

/** The same head with CRLF; undefined when it has a body, a folded line or a stray CR. */
const withCrlf = (bytes: Buffer): Buffer | undefined => {
  const lines = bytes
    .toString("latin1")
    .split("\n")
    .map((line) => line.replace(/\r$/, ""))
  const strange = lines.some(
    (line) =>
      line.includes("\r") ||
      /^[ \t]/.test(line) ||
      /^transfer-encoding\s*:|^content-length\s*:(?!\s*0+\s*$)/i.test(line)
  )
  return strange ? undefined : Buffer.from(lines.join("\r\n"), "latin1")
}
