/** Sockets through libc. Every function says what happened by an errno; 0 is success. */
import { Buffer } from "node:buffer"
import { constants } from "node:os"
import { Errno, Sock } from "./Layout.ts"
import { Memory, type NativeThread } from "./NativeThread.ts"
import { type Decoded, decode, largest } from "./SockAddr.ts"

/** A failed system call, with Node's name of the errno so that the same words apply. */
export interface SystemError {
  readonly code: string
  readonly syscall: string
}

// Some have two names. libuv, and with it Node, says EAGAIN and ENOTSUP.
const seconds = new Set(["EWOULDBLOCK", "EOPNOTSUPP"])
const names = new Map<number, string>(
  Object.entries(constants.errno).flatMap(([name, number]) => (seconds.has(name) ? [] : [[number, name]]))
)

/** What an errno is called. */
export const errnoName = (errno: number): string => names.get(errno) ?? `errno ${errno}`

export const systemError = (syscall: string, errno: number): SystemError => ({ code: errnoName(errno), syscall })

const int = (value: number): Buffer => {
  const bytes = Buffer.from(new ArrayBuffer(4))
  bytes.writeInt32LE(value)
  return bytes
}

const one = int(1)
const keepIdle = int(15)
const keepInterval = int(15)
const keepCount = int(9)
const lingerZero = Buffer.concat([one, int(0)])

/** The socket calls of one thread. */
export class SocketCalls {
  readonly #thread: NativeThread
  readonly #name: Memory
  readonly #length: Memory

  constructor(thread: NativeThread) {
    this.#thread = thread
    this.#name = new Memory(thread.bound, largest)
    this.#length = new Memory(thread.bound, 4)
  }

  /** A new socket of this family, or a negative errno. */
  open(family: number): number {
    const { f } = this.#thread
    const fd = f.socket(family, Sock.STREAM | Sock.NONBLOCK | Sock.CLOEXEC, 0)
    if (fd < 0) return -this.#thread.errno()
    this.#thread.adopt(fd)
    return fd
  }

  bind(fd: number, address: Buffer): number {
    return this.#done(this.#thread.f.bind(fd, address, address.length))
  }

  listen(fd: number, backlog: number): number {
    return this.#done(this.#thread.f.listen(fd, backlog))
  }

  connect(fd: number, address: Buffer): number {
    return this.#done(this.#thread.f.connect(fd, address, address.length))
  }

  /** A connection, or a negative errno. Who it is from is then told by `peer`. */
  accept(fd: number): number {
    this.#length.bytes.writeUInt32LE(largest)
    const { f } = this.#thread
    const accepted = f.accept4(fd, this.#name.at, this.#length.at, Sock.NONBLOCK | Sock.CLOEXEC)
    if (accepted < 0) return -this.#thread.errno()
    this.#thread.adopt(accepted)
    return accepted
  }

  /** The other end of what `accept` has just returned. */
  peer(): Decoded | undefined {
    return decode(this.#name.bytes, Math.min(largest, this.#length.bytes.readUInt32LE()))
  }

  localName(fd: number): Decoded | undefined {
    this.#length.bytes.writeUInt32LE(largest)
    return this.#thread.f.getsockname(fd, this.#name.at, this.#length.at) === 0 ? this.peer() : undefined
  }

  remoteName(fd: number): Decoded | undefined {
    this.#length.bytes.writeUInt32LE(largest)
    return this.#thread.f.getpeername(fd, this.#name.at, this.#length.at) === 0 ? this.peer() : undefined
  }

  /** Whether both ends of a TCP connection to this port are this very socket. */
  isConnectedToItself(fd: number, port: number): boolean {
    this.#length.bytes.writeUInt32LE(largest)
    const { f } = this.#thread
    // Almost always our port is another one, and one call tells. Both families have it at the same place.
    if (f.getsockname(fd, this.#name.at, this.#length.at) === 0 && this.#name.bytes.readUInt16BE(2) !== port)
      return false
    const own = this.localName(fd)?.address
    return own !== undefined && own === this.remoteName(fd)?.address
  }

  /** The error that a connection attempt ended with; 0 for none. */
  pendingError(fd: number): number {
    const value = int(0)
    const result = this.#thread.f.getsockopt(fd, Sock.SOL_SOCKET, Sock.SO_ERROR, value, int(4))
    return result === 0 ? value.readInt32LE() : this.#thread.errno()
  }

  reuse(fd: number, port: boolean): number {
    const { f } = this.#thread
    const failed = f.setsockopt(fd, Sock.SOL_SOCKET, Sock.SO_REUSEADDR, one, 4)
    return this.#done(failed !== 0 || !port ? failed : f.setsockopt(fd, Sock.SOL_SOCKET, Sock.SO_REUSEPORT, one, 4))
  }

  /** What every TCP connection is set to (docs/compatibility/command-line.md, 4.1); accepted ones inherit it from their listener. */
  tune(fd: number): void {
    const { f } = this.#thread
    f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_NODELAY, one, 4)
    f.setsockopt(fd, Sock.SOL_SOCKET, Sock.SO_KEEPALIVE, one, 4)
    f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_KEEPIDLE, keepIdle, 4)
    f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_KEEPINTVL, keepInterval, 4)
    f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_KEEPCNT, keepCount, 4)
  }

  /** Acknowledges what has been read, now. The kernel would wait 40 ms for something of ours to send along. */
  acknowledge(fd: number): void {
    this.#thread.f.setsockopt(fd, Sock.IPPROTO_TCP, Sock.TCP_QUICKACK, one, 4)
  }

  nonBlocking(fd: number): number {
    const { f } = this.#thread
    const flags = f.fcntl(fd, Sock.F_GETFL, 0n)
    return this.#done(flags < 0 ? flags : f.fcntl(fd, Sock.F_SETFL, BigInt(flags | Sock.NONBLOCK)))
  }

  /** Closes with a reset where there is such a thing. */
  reset(fd: number): void {
    this.#thread.f.setsockopt(fd, Sock.SOL_SOCKET, Sock.SO_LINGER, lingerZero, 8)
    this.#thread.close(fd)
  }

  endWrites(fd: number): void {
    this.#thread.f.shutdown(fd, Sock.SHUT_WR)
  }

  /** Looks at what has arrived, into the scratch buffer; a negative errno, 0 at the end. */
  peek(fd: number, size: number): number {
    const { f, scratch } = this.#thread
    const count = Number(f.recv(fd, scratch.at, BigInt(size), Sock.MSG_PEEK))
    return count < 0 ? -this.#thread.errno() : count
  }

  #done(result: number): number {
    return result >= 0 ? 0 : this.#thread.errno()
  }
}

/** Whether accepting has to pause because of this: descriptors or memory are short. */
export const mustBackOff = (errno: number): boolean =>
  errno !== Errno.EAGAIN && errno !== Errno.EINTR && errno !== Errno.ECONNABORTED
