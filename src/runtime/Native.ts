/**
 * The system calls that Node has no API for, through `node:ffi`: UNIX datagrams (docs/compatibility/command-line.md, 5.6 and 6.5), facts of inherited sockets (4.2) and Landlock (7). Where FFI is missing every call fails with ENOSYS.
 */
import { getSystemErrorMessage } from "node:util"
import { Context, Layer, Result } from "effect"
import { Constant, type LibC, loadLibC, offHeap } from "./native/LibC.ts"

/** A call that failed. */
export interface NativeError {
  readonly _tag: "NativeError"
  readonly call: string
  readonly errno: number
}

/** What a call gives: its value, or which call failed and why. */
export type Outcome<A> = Result.Result<A, NativeError>

/** What the kernel says of a descriptor that is a socket. */
export interface SocketFacts {
  readonly family: "inet" | "inet6" | "unix" | "other"
  readonly stream: boolean
  readonly listening: boolean
}

/** Landlock's system calls; rights are the kernel's bit masks (docs/compatibility/command-line.md, 7). */
export interface LandlockCalls {
  /** The kernel's version of the interface; fails where there is none. */
  readonly abi: () => Outcome<number>
  /** A new ruleset that handles these rights; its descriptor belongs to the caller. */
  readonly createRuleset: (handled: { readonly fs: number; readonly net: number }) => Outcome<number>
  /** Allows rights on what is below an open directory, or on an open file. */
  readonly allowPath: (ruleset: number, rights: number, fd: number) => Outcome<void>
  readonly allowPort: (ruleset: number, rights: number, port: number) => Outcome<void>
  /** Binds the calling thread and threads it starts from now on, for ever. */
  readonly restrictSelf: (ruleset: number, flags: number) => Outcome<void>
}

/** The calls as plain functions: they return at once and never throw. */
export interface NativeCalls {
  /** Whether there is a libc to call at all. */
  readonly available: boolean
  /**
   * A connected UNIX socket (`@name`: abstract), close-on-exec; connecting and each write wait at most `timeout` ms.
   */
  readonly connectUnix: (path: string, type: "datagram" | "stream", timeout: number) => Outcome<number>
  /** Writes to a connected socket without raising SIGPIPE; succeeds with how many bytes were taken. */
  readonly send: (fd: number, bytes: Uint8Array) => Outcome<number>
  /** The same, but fails with EAGAIN where it would wait. */
  readonly sendNow: (fd: number, bytes: Uint8Array) => Outcome<number>
  /** Whether a write would take something at this moment, or fail at once. */
  readonly takesWrites: (fd: number) => Outcome<boolean>
  readonly close: (fd: number) => void
  /** Ends the process at once, whatever its threads do; returns where there is no libc. */
  readonly exit: (code: number) => void
  /** One datagram from a new socket. */
  readonly sendDatagram: (path: string, bytes: Uint8Array) => Outcome<void>
  readonly socketFacts: (fd: number) => Outcome<SocketFacts>
  /** No program that this process starts inherits the descriptor. */
  readonly setCloseOnExec: (fd: number) => Outcome<void>
  /** Another descriptor of the same open file, which no program that this process starts inherits. */
  readonly duplicate: (fd: number) => Outcome<number>
  /** Lets a signal reach this thread again, by its number; what waited for that arrives at once. */
  readonly unblockSignal: (signal: number) => Outcome<void>
  /** Locks an open file against every other opener (`flock`); false while another one has it locked. Ends with the last descriptor. */
  readonly lockFile: (fd: number) => Outcome<boolean>
  /** `exec` grants nothing any more: what Landlock demands of unprivileged processes. */
  readonly setNoNewPrivileges: () => Outcome<void>
  /**
   * The host's first address, IPv4 before IPv6, or undefined when it has none: asks on this thread, so that no helper
   * thread exists before the sandbox does.
   */
  readonly lookup: (host: string) => Outcome<string | undefined>
  readonly landlock: LandlockCalls
}

/** libc, for the parts of the Go program that Node has no API for (docs/compatibility/command-line.md, 4.2, 5.6, 6.5 and 7). */
export class Native extends Context.Service<Native, NativeCalls>()("ghostunnel/Native") {
  /** libc where it can be called, else the same as `layerNull`. Never warns on stderr. */
  static readonly layer: Layer.Layer<Native> = Layer.sync(Native, () => loadNative())

  /** Every call fails. */
  static readonly layerNull: Layer.Layer<Native> = Layer.sync(Native, () => nullCalls)
}

/** Says what failed in the system's words. */
export const describe = (error: NativeError): string => `${error.call}: ${getSystemErrorMessage(-error.errno)}`

/** The calls of this thread, without a layer: for what runs before Effect does. */
export const loadNative = (): NativeCalls => {
  const libc = loadLibC()
  return libc === undefined ? nullCalls : calls(libc)
}

const failed = (call: string, errno: number): Outcome<never> => Result.fail({ _tag: "NativeError", call, errno })

const missing = (call: string) => (): Outcome<never> => failed(call, Constant.ENOSYS)

const nullCalls: NativeCalls = {
  available: false,
  connectUnix: missing("connect"),
  send: missing("send"),
  sendNow: missing("send"),
  takesWrites: missing("poll"),
  close: () => {},
  exit: () => {},
  sendDatagram: missing("send"),
  socketFacts: missing("getsockopt"),
  setCloseOnExec: missing("fcntl"),
  duplicate: missing("fcntl"),
  unblockSignal: missing("pthread_sigmask"),
  lockFile: missing("flock"),
  setNoNewPrivileges: missing("prctl"),
  lookup: missing("getaddrinfo"),
  landlock: {
    abi: missing("landlock_create_ruleset"),
    createRuleset: missing("landlock_create_ruleset"),
    allowPath: missing("landlock_add_rule"),
    allowPort: missing("landlock_add_rule"),
    restrictSelf: missing("landlock_restrict_self")
  }
}

/** `struct sockaddr_un` for a path or an abstract name, or undefined when it does not fit. */
export const unixAddress = (path: string): Buffer | undefined => {
  const abstract = path.startsWith("@")
  const name = Buffer.from(abstract ? `\0${path.slice(1)}` : path)
  if (name.length === 0 || name.length > 107 || (!abstract && name.includes(0))) return undefined
  const address = offHeap(2 + name.length + (abstract ? 0 : 1))
  address.writeUInt16LE(Constant.AF_UNIX, 0)
  name.copy(address, 2)
  return address
}

const calls = (libc: LibC): NativeCalls => {
  /** The outcome of a call that returns a negative number when it fails. */
  const checked = (call: string, result: number): Outcome<number> =>
    result < 0 ? failed(call, libc.errno()) : Result.succeed(result)
  const done = (call: string, result: number): Outcome<void> =>
    result < 0 ? failed(call, libc.errno()) : Result.succeed(undefined)

  const option = (fd: number, name: number): Outcome<number> => {
    const value = offHeap(4)
    const length = offHeap(4)
    length.writeUInt32LE(4)
    const result = libc.getsockopt(fd, Constant.SOL_SOCKET, name, value, length)
    return Result.map(checked("getsockopt", result), () => value.readInt32LE())
  }

  const connectUnix: NativeCalls["connectUnix"] = (path, type, timeout) => {
    const address = unixAddress(path)
    if (address === undefined) return failed("connect", Constant.ENAMETOOLONG)
    const kind = type === "stream" ? Constant.SOCK_STREAM : Constant.SOCK_DGRAM
    return Result.flatMap(checked("socket", libc.socket(Constant.AF_UNIX, kind | Constant.SOCK_CLOEXEC, 0)), (fd) => {
      const limit = offHeap(16)
      limit.writeBigInt64LE(BigInt(Math.floor(timeout / 1000)), 0)
      limit.writeBigInt64LE(BigInt(Math.floor((timeout % 1000) * 1000)), 8)
      libc.setsockopt(fd, Constant.SOL_SOCKET, Constant.SO_SNDTIMEO, limit, limit.length)
      const connected = done("connect", libc.connect(fd, address, address.length))
      if (Result.isFailure(connected)) libc.close(fd)
      return Result.map(connected, () => fd)
    })
  }

  const sendAs = (fd: number, bytes: Uint8Array, flags: number): Outcome<number> => {
    const copy = offHeap(bytes.length)
    copy.set(bytes)
    const once = () => checked("send", Number(libc.send(fd, copy, BigInt(copy.length), flags)))
    // A signal that arrives while the call waits is no failure; a second one in a row may be taken for one.
    const sent = once()
    return Result.isFailure(sent) && sent.failure.errno === Constant.EINTR ? once() : sent
  }
  const send: NativeCalls["send"] = (fd, bytes) => sendAs(fd, bytes, Constant.MSG_NOSIGNAL)

  return {
    available: true,
    connectUnix,
    send,
    sendNow: (fd, bytes) => sendAs(fd, bytes, Constant.MSG_NOSIGNAL | Constant.MSG_DONTWAIT),
    takesWrites: (fd) => {
      const polled = offHeap(8)
      polled.writeInt32LE(fd, 0)
      polled.writeInt16LE(Constant.POLLOUT, 4)
      return Result.map(checked("poll", libc.poll(polled, 1n, 0)), (ready) => ready > 0)
    },
    close: (fd) => void libc.close(fd),
    exit: (code) => void libc._exit(code),
    sendDatagram: (path, bytes) =>
      Result.flatMap(connectUnix(path, "datagram", NOTIFY_PATIENCE), (fd) => {
        const sent = send(fd, bytes)
        libc.close(fd)
        return Result.map(sent, () => undefined)
      }),
    socketFacts: (fd) =>
      Result.gen(function* () {
        const family = yield* option(fd, Constant.SO_DOMAIN)
        const type = yield* option(fd, Constant.SO_TYPE)
        const accepts = yield* option(fd, Constant.SO_ACCEPTCONN)
        return { family: familyName(family), stream: type === Constant.SOCK_STREAM, listening: accepts === 1 }
      }),
    setCloseOnExec: (fd) => done("fcntl", libc.fcntl(fd, Constant.F_SETFD, BigInt(Constant.FD_CLOEXEC))),
    duplicate: (fd) => checked("fcntl", libc.fcntl(fd, Constant.F_DUPFD_CLOEXEC, 3n)),
    unblockSignal: (signal) => {
      const set = offHeap(128)
      set.writeUInt32LE(1 << ((signal - 1) % 32), 4 * Math.floor((signal - 1) / 32))
      const errno = libc.pthread_sigmask(Constant.SIG_UNBLOCK, set, 0n)
      return errno === 0 ? Result.succeed(undefined) : failed("pthread_sigmask", errno)
    },
    lockFile: (fd) => {
      const locked = done("flock", libc.flock(fd, Constant.LOCK_EX | Constant.LOCK_NB))
      if (Result.isSuccess(locked)) return Result.succeed(true)
      return locked.failure.errno === Constant.EAGAIN ? Result.succeed(false) : Result.fail(locked.failure)
    },
    setNoNewPrivileges: () => done("prctl", libc.prctl(Constant.PR_SET_NO_NEW_PRIVS, 1n, 0n, 0n, 0n)),
    lookup: (host) => lookup(libc, host),
    landlock: landlockCalls(libc, checked, done)
  }
}

/** How long a datagram waits for room at the service manager. */
const NOTIFY_PATIENCE = 250

const familyName = (family: number): SocketFacts["family"] =>
  family === Constant.AF_INET
    ? "inet"
    : family === Constant.AF_INET6
      ? "inet6"
      : family === Constant.AF_UNIX
        ? "unix"
        : "other"

const lookup = (libc: LibC, host: string): Outcome<string | undefined> => {
  const hints = offHeap(48)
  hints.writeInt32LE(Constant.SOCK_STREAM, 8)
  const list = offHeap(8)
  const code = libc.getaddrinfo(Buffer.concat([Buffer.from(host), offHeap(1)]), 0n, hints, list)
  if (code !== 0) return Result.succeed(undefined)
  const head = list.readBigUInt64LE()
  const addresses = libc.addresses(head)
  const first = addresses.find(({ family }) => family === Constant.AF_INET) ?? addresses[0]
  const text = first?.numeric()
  libc.freeaddrinfo(head)
  return Result.succeed(text)
}

const landlockCalls = (
  libc: LibC,
  checked: (call: string, result: number) => Outcome<number>,
  done: (call: string, result: number) => Outcome<void>
): LandlockCalls => {
  const create = "landlock_create_ruleset"
  const addRule = (ruleset: number, type: bigint, rule: Buffer): Outcome<void> =>
    done("landlock_add_rule", Number(libc.syscallAdd(Constant.SYS_landlock_add_rule, BigInt(ruleset), type, rule, 0n)))
  return {
    abi: () =>
      checked(
        create,
        Number(libc.syscall(Constant.SYS_landlock_create_ruleset, 0n, 0n, Constant.LANDLOCK_CREATE_RULESET_VERSION))
      ),
    createRuleset: ({ fs, net }) => {
      // The kernel refuses fields it does not know, so ports are only named where some are handled.
      const attributes = offHeap(net === 0 ? 8 : 16)
      attributes.writeBigUInt64LE(BigInt(fs), 0)
      if (net !== 0) attributes.writeBigUInt64LE(BigInt(net), 8)
      const size = BigInt(attributes.length)
      return checked(create, Number(libc.syscallCreate(Constant.SYS_landlock_create_ruleset, attributes, size, 0n)))
    },
    allowPath: (ruleset, rights, fd) => {
      const rule = offHeap(12)
      rule.writeBigUInt64LE(BigInt(rights), 0)
      rule.writeInt32LE(fd, 8)
      return addRule(ruleset, Constant.LANDLOCK_RULE_PATH_BENEATH, rule)
    },
    allowPort: (ruleset, rights, port) => {
      const rule = offHeap(16)
      rule.writeBigUInt64LE(BigInt(rights), 0)
      rule.writeBigUInt64LE(BigInt(port), 8)
      return addRule(ruleset, Constant.LANDLOCK_RULE_NET_PORT, rule)
    },
    restrictSelf: (ruleset, flags) =>
      done(
        "landlock_restrict_self",
        Number(libc.syscall(Constant.SYS_landlock_restrict_self, BigInt(ruleset), BigInt(flags), 0n))
      )
  }
}
