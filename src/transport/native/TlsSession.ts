/** One `SSL` on one socket: handshake, records, close_notify. After `free` it touches nothing any more. */
import { Buffer } from "node:buffer"
import type { TlsFacts } from "../Transport.ts"
import { AGAIN, type Channel, END, FAILED } from "./Channel.ts"
import { Ssl } from "./Layout.ts"
import { type NativeThread, recordSize } from "./NativeThread.ts"
import { takeError } from "./OpenSslErrors.ts"
import { systemError } from "./SocketCalls.ts"
import type { TlsContext } from "./TlsContext.ts"
import type { Examination, Verifier } from "./Verifier.ts"

/** Several records leave in one write: how many bytes of them are collected. */
const writeBuffer = 73_728

/** From here on a write counts as part of a stream rather than as a message. */
const bulk = recordSize + 1

/** What a step of the handshake needs next. */
export type HandshakeStep = "done" | "read" | "write" | "failed"

/** A FIN before the handshake was done: Node's name for it. */
const ended = { code: "ECONNRESET" }

/** A FIN inside of a record. */
const truncated = { code: "ERR_SSL_UNEXPECTED_EOF_WHILE_READING", reason: "unexpected eof while reading" }

export class TlsSession implements Channel {
  error: unknown
  /** The session is dead: nothing can be read or written any more, not even close_notify. */
  failed = false
  readNeedsWrite = false
  readonly #thread: NativeThread
  #ssl: bigint
  /** The buffer before the socket, once there has been bulk. */
  #buffered: bigint = 0n
  /** The buffer behind the socket during the handshake, and as long as there is something in it. */
  #readAhead: bigint = 0n
  #unflushed = false
  #closeNotifySent = false
  /** How reading has ended, once it has. */
  #ending = AGAIN

  private constructor(thread: NativeThread, ssl: bigint) {
    this.#thread = thread
    this.#ssl = ssl
  }

  /** A session on a context; undefined when that is gone. */
  static of(thread: NativeThread, context: TlsContext, role: "server" | "client"): TlsSession | undefined {
    const ssl = context.newSession()
    if (ssl === undefined) return undefined
    if (role === "server") thread.f.SSL_set_accept_state(ssl)
    else thread.f.SSL_set_connect_state(ssl)
    return new TlsSession(thread, ssl)
  }

  /** Puts it on a connected socket; false when memory is short. */
  attach(fd: number): boolean {
    if (this.#thread.f.SSL_set_fd(this.#ssl, fd) !== 1) return false
    this.#readAheadOfHandshake()
    return true
  }

  /** Asks for this name by SNI; false when it is none that can be asked for. */
  ask(name: string): boolean {
    return this.#thread.f.SSL_ctrl(this.#ssl, Ssl.CTRL_SET_TLSEXT_HOSTNAME, 0n, Buffer.from(`${name}\0`)) === 1n
  }

  /** Asks for a stapled OCSP response; false when memory is short. */
  askForStaple(): boolean {
    const { CTRL_SET_TLSEXT_STATUS_REQ_TYPE, TLSEXT_STATUSTYPE_OCSP } = Ssl
    return this.#thread.f.SSL_ctrl(this.#ssl, CTRL_SET_TLSEXT_STATUS_REQ_TYPE, TLSEXT_STATUSTYPE_OCSP, 0n) === 1n
  }

  /** A copy of the OCSP response that the server stapled; undefined for none. */
  get staple(): Uint8Array | undefined {
    const { bound, f } = this.#thread
    const at = Buffer.from(new ArrayBuffer(8))
    const length = Number(f.SSL_ctrl(this.#ssl, Ssl.CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP, 0n, at))
    return length <= 0 ? undefined : Uint8Array.from(bound.ffi.toBuffer(at.readBigUInt64LE(), length))
  }

  handshake(verifier: Verifier, examination: Examination): HandshakeStep {
    const { f } = this.#thread
    f.ERR_clear_error()
    const result = verifier.handshake(this.#ssl, examination)
    this.#thread.errorsPossible()
    if (result === 1) {
      this.#endReadAhead()
      return "done"
    }
    const why = f.SSL_get_error(this.#ssl, result)
    if (why === Ssl.ERROR_WANT_READ) return "read"
    if (why === Ssl.ERROR_WANT_WRITE) return "write"
    if (why === Ssl.ERROR_ZERO_RETURN) this.error = ended
    else this.#fail(why, "read")
    this.failed = true
    return "failed"
  }

  get resumed(): boolean {
    return this.#thread.f.SSL_session_reused(this.#ssl) === 1
  }

  /** The protocol's version; once none was agreed on, the one that the client's first message stated. */
  get version(): number | undefined {
    return this.#ssl === 0n ? undefined : this.#thread.f.SSL_version(this.#ssl)
  }

  /** What the finished handshake settled. */
  facts(peerChain: ReadonlyArray<Uint8Array>, admittedBy: string): TlsFacts {
    const { f } = this.#thread
    const group = this.#thread.constant(f.SSL_get0_group_name(this.#ssl))
    return {
      ...this.negotiated(),
      cipher: this.#thread.constant(f.SSL_CIPHER_get_name(f.SSL_get_current_cipher(this.#ssl))),
      group: group === "" ? undefined : group,
      peerChain,
      admittedBy
    }
  }

  /** What is settled once the peer shows its certificate. */
  negotiated(): Pick<TlsFacts, "version" | "serverName" | "alpn"> {
    const { f } = this.#thread
    const name = this.#thread.text(f.SSL_get_servername(this.#ssl, 0))
    return {
      version: f.SSL_version(this.#ssl) === Ssl.TLS1_3_VERSION ? "TLS 1.3" : "TLS 1.2",
      serverName: name === "" ? undefined : name,
      alpn: this.#protocol()
    }
  }

  /** The application protocol that was agreed on. */
  #protocol(): string | undefined {
    const { bound, f } = this.#thread
    const [name, length] = [Buffer.from(new ArrayBuffer(8)), Buffer.from(new ArrayBuffer(4))]
    f.SSL_get0_alpn_selected(this.#ssl, name, length)
    const size = length.readUInt32LE()
    return size === 0 ? undefined : bound.ffi.toBuffer(name.readBigUInt64LE(), size).toString()
  }

  /** Reads up to four records. Only whole ones go on from slot to slot: what is read lies without gaps. */
  fill(): number {
    const { f, slots } = this.#thread
    if (this.#ending !== AGAIN || this.#ssl === 0n) return this.#ending
    let filled = 0
    this.#thread.cleanErrors()
    this.readNeedsWrite = false
    for (const slot of slots) {
      const count = f.SSL_read(this.#ssl, slot, recordSize)
      if (this.#readAhead !== 0n) this.#endReadAhead()
      if (count <= 0) return filled > 0 ? this.#later(count, filled) : this.#readFailed(count)
      filled += count
      if (count < recordSize) break
    }
    return filled
  }

  /** A failure after bytes: they go first. A lasting failure is reported again by the next call. */
  #later(result: number, filled: number): number {
    const why = this.#thread.f.SSL_get_error(this.#ssl, result)
    if (why === Ssl.ERROR_WANT_WRITE) this.readNeedsWrite = true
    else if (why !== Ssl.ERROR_WANT_READ) this.#ending = this.#judgeFailure(why)
    return filled
  }
  #readFailed(result: number): number {
    const why = this.#thread.f.SSL_get_error(this.#ssl, result)
    if (why === Ssl.ERROR_WANT_READ) return AGAIN
    if (why === Ssl.ERROR_WANT_WRITE) {
      this.readNeedsWrite = true
      return AGAIN
    }
    return (this.#ending = this.#judgeFailure(why))
  }

  #judgeFailure(why: number): number {
    if (why !== Ssl.ERROR_ZERO_RETURN) {
      this.#fail(why, "read")
      return FAILED
    }
    // A FIN between records is an end like any other (docs/compatibility/command-line.md, 8.3); writing goes on.
    if (this.#thread.constant(this.#thread.f.SSL_rstate_string(this.#ssl)) !== "RB") return END
    this.error = truncated
    return FAILED
  }

  hasMore(): boolean {
    if (this.#ending !== AGAIN || this.#readAhead !== 0n) return true
    return this.#ssl !== 0n && this.#thread.f.SSL_has_pending(this.#ssl) === 1
  }

  write(at: bigint, size: number): number {
    const { f } = this.#thread
    if (size >= bulk && this.#buffered === 0n) this.#collectWrites()
    this.#thread.cleanErrors()
    let taken = 0
    for (;;) {
      const count = f.SSL_write(this.#ssl, taken === 0 ? at : at + BigInt(taken), size - taken)
      if (count <= 0) {
        const why = f.SSL_get_error(this.#ssl, count)
        if (why === Ssl.ERROR_WANT_WRITE || why === Ssl.ERROR_WANT_READ) return taken
        this.#fail(why, "write")
        return taken > 0 ? taken : FAILED
      }
      this.#unflushed = this.#buffered !== 0n
      taken += count
      if (taken >= size) return taken
    }
  }

  flush(): boolean {
    if (!this.#unflushed || this.failed) return true
    const { f } = this.#thread
    if (f.BIO_ctrl(this.#buffered, Ssl.BIO_CTRL_FLUSH, 0n, 0n) > 0n) {
      this.#unflushed = false
      return true
    }
    const errno = this.#thread.errno()
    if (f.BIO_test_flags(this.#buffered, Ssl.BIO_FLAGS_SHOULD_RETRY) !== 0) return false
    this.error = systemError("write", errno)
    this.failed = true
    this.#thread.errorsPossible()
    return true
  }

  endWrites(): boolean {
    if (this.failed || this.#ssl === 0n) return true
    const { f } = this.#thread
    if (!this.#closeNotifySent) {
      f.ERR_clear_error()
      const result = f.SSL_shutdown(this.#ssl)
      if (result < 0) {
        const why = f.SSL_get_error(this.#ssl, result)
        if (why === Ssl.ERROR_WANT_WRITE || why === Ssl.ERROR_WANT_READ) return false
        this.#fail(why, "write")
        return true
      }
      this.#closeNotifySent = true
      this.#unflushed = this.#buffered !== 0n
    }
    return this.flush()
  }

  free(): void {
    if (this.#ssl === 0n) return
    const ssl = this.#ssl
    this.#ssl = 0n
    this.#buffered = 0n
    this.#readAhead = 0n
    this.#unflushed = false
    this.failed = true
    this.#thread.f.SSL_free(ssl)
  }

  /**
   * Reads a flight of the handshake at once: OpenSSL itself reads the header and the body of each record apart until there
   * are keys for application data.
   */
  #readAheadOfHandshake(): void {
    const { f } = this.#thread
    const socket = f.SSL_get_rbio(this.#ssl)
    const buffer = f.BIO_new(f.BIO_f_buffer())
    if (buffer === 0n) return
    // The chain owns one more reference to the socket's BIO; the session lets go of the one it had.
    f.BIO_up_ref(socket)
    f.BIO_push(buffer, socket)
    f.SSL_set0_rbio(this.#ssl, buffer)
    this.#readAhead = buffer
  }

  /** Reads from the socket itself from now on, unless there is something left in the buffer. */
  #endReadAhead(): void {
    const { f } = this.#thread
    if (this.#readAhead === 0n || f.BIO_ctrl(this.#readAhead, Ssl.BIO_CTRL_PENDING, 0n, 0n) > 0n) return
    const socket = f.SSL_get_wbio(this.#ssl)
    f.BIO_up_ref(socket)
    f.SSL_set0_rbio(this.#ssl, socket)
    this.#readAhead = 0n
  }

  /** From now on records are collected before they are written; `flush` hands them on. */
  #collectWrites(): void {
    const { f } = this.#thread
    const socket = f.SSL_get_wbio(this.#ssl)
    const buffer = f.BIO_new(f.BIO_f_buffer())
    if (buffer === 0n) return
    if (socket === 0n || f.BIO_int_ctrl(buffer, Ssl.BIO_C_SET_BUFF_SIZE, BigInt(writeBuffer), 1) <= 0n) {
      f.BIO_free(buffer)
      return
    }
    // The chain owns one more reference to the socket's BIO; the session lets go of the one it had.
    f.BIO_up_ref(socket)
    f.BIO_push(buffer, socket)
    f.SSL_set0_wbio(this.#ssl, buffer)
    this.#buffered = buffer
  }

  #fail(why: number, call: "read" | "write"): void {
    const errno = this.#thread.errno()
    this.#thread.errorsPossible()
    this.failed = true
    this.error =
      takeError(this.#thread) ?? (why === Ssl.ERROR_SYSCALL && errno !== 0 ? systemError(call, errno) : ended)
  }
}
