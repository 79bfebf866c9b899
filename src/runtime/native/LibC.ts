/**
 * What we call of libc: every signature, layout and constant in one place (Linux on x86-64 and arm64, glibc or musl).
 * The calls are synchronous and nothing here hands out an address: C sees a buffer only while its own call lasts.
 */
import { type Ffi, loadFfi } from "./Ffi.ts"

const i32 = "i32"
const u64 = "u64"
const buffer = "buffer"

const signatures = {
  __errno_location: { arguments: [], return: "pointer" },
  socket: { arguments: [i32, i32, i32], return: i32 },
  connect: { arguments: [i32, buffer, "u32"], return: i32 },
  send: { arguments: [i32, buffer, u64, i32], return: "i64" },
  poll: { arguments: [buffer, u64, i32], return: i32 },
  close: { arguments: [i32], return: i32 },
  setsockopt: { arguments: [i32, i32, i32, buffer, "u32"], return: i32 },
  getsockopt: { arguments: [i32, i32, i32, buffer, buffer], return: i32 },
  _exit: { arguments: [i32], return: "void" },
  fcntl: { arguments: [i32, i32, u64], return: i32 },
  pthread_sigmask: { arguments: [i32, buffer, "pointer"], return: i32 },
  flock: { arguments: [i32, i32], return: i32 },
  prctl: { arguments: [i32, u64, u64, u64, u64], return: i32 },
  getaddrinfo: { arguments: [buffer, "pointer", buffer, buffer], return: i32 },
  freeaddrinfo: { arguments: ["pointer"], return: "void" },
  getnameinfo: { arguments: ["pointer", "u32", buffer, "u32", "pointer", "u32", i32], return: i32 }
} as const

// One symbol has one signature a library object, so each shape of `syscall` gets an object of its own.
const plainSyscall = { syscall: { arguments: ["i64", u64, u64, u64], return: "i64" } } as const
const createSyscall = { syscall: { arguments: ["i64", buffer, u64, u64], return: "i64" } } as const
const addSyscall = { syscall: { arguments: ["i64", u64, u64, buffer, u64], return: "i64" } } as const

/**
 * Constants of `<sys/socket.h>`, `<poll.h>`, `<fcntl.h>`, `<sys/file.h>`, `<signal.h>`, `<sys/prctl.h>` and
 * `<linux/landlock.h>`, the same on x86-64 and arm64.
 */
export const Constant = {
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  SOCK_STREAM: 1,
  SOCK_DGRAM: 2,
  SOCK_CLOEXEC: 0x80000,
  SOL_SOCKET: 1,
  SO_TYPE: 3,
  SO_SNDTIMEO: 21,
  SO_ACCEPTCONN: 30,
  SO_DOMAIN: 39,
  MSG_DONTWAIT: 0x40,
  MSG_NOSIGNAL: 0x4000,
  POLLOUT: 4,
  F_GETFD: 1,
  F_DUPFD_CLOEXEC: 1030,
  F_SETFD: 2,
  FD_CLOEXEC: 1,
  LOCK_EX: 2,
  LOCK_NB: 4,
  PR_SET_NO_NEW_PRIVS: 38,
  SIG_UNBLOCK: 1,
  SYS_landlock_create_ruleset: 444n,
  SYS_landlock_add_rule: 445n,
  SYS_landlock_restrict_self: 446n,
  LANDLOCK_CREATE_RULESET_VERSION: 1n,
  LANDLOCK_RULE_PATH_BENEATH: 1n,
  LANDLOCK_RULE_NET_PORT: 2n,
  NI_NUMERICHOST: 1,
  EINTR: 4,
  EBADF: 9,
  EAGAIN: 11,
  EPIPE: 32,
  ENAMETOOLONG: 36,
  ENOSYS: 38
} as const

/** Zeroed memory of which the garbage collector moves nothing. */
export const offHeap = (bytes: number): Buffer => Buffer.from(new ArrayBuffer(bytes))

const open = (ffi: Ffi) => {
  const load = <const T extends import("node:ffi").FunctionDefinitions>(definitions: T) =>
    new ffi.DynamicLibrary(null).getFunctions(definitions)
  const functions = load(signatures)
  // The address of this thread's errno never changes, so nothing but one load stands between a call and its error.
  const errnoAt = functions.__errno_location()
  return {
    ...functions,
    syscall: load(plainSyscall).syscall,
    syscallCreate: load(createSyscall).syscall,
    syscallAdd: load(addSyscall).syscall,
    /**
     * The entries of a list that `getaddrinfo` made (`struct addrinfo` of 64-bit Linux), to be read before it is freed.
     */
    addresses: (
      list: bigint
    ): ReadonlyArray<{ readonly family: number; readonly numeric: () => string | undefined }> => {
      const found = []
      for (let entry = list; entry !== 0n; entry = ffi.getUint64(entry, 40)) {
        const [length, address] = [ffi.getUint32(entry, 16), ffi.getUint64(entry, 24)]
        const numeric = () => {
          const text = offHeap(64)
          const code = functions.getnameinfo(address, length, text, text.length, 0n, 0, Constant.NI_NUMERICHOST)
          return code === 0 ? text.toString("latin1", 0, text.indexOf(0)) : undefined
        }
        found.push({ family: ffi.getInt32(entry, 4), numeric })
      }
      return found
    },
    /** The error of the call just made on this thread; only to be asked after a result that says there was one. */
    errno: (): number => ffi.getInt32(errnoAt)
  }
}

/** The functions, bound to the calling thread. */
export type LibC = ReturnType<typeof open>

/**
 * libc as this process has it, or undefined where it cannot be called: another platform, a Node without FFI, a denial.
 */
export const loadLibC = (): LibC | undefined => {
  if (process.platform !== "linux" || (process.arch !== "x64" && process.arch !== "arm64")) return undefined
  try {
    const ffi = loadFfi()
    if (ffi === undefined) return undefined
    const libc = open(ffi)
    // A call that must fail, and must say why: only then are the rest to be believed.
    const works = libc.fcntl(-1, Constant.F_GETFD, 0n) === -1 && libc.errno() === Constant.EBADF
    return works ? libc : undefined
  } catch {
    return undefined
  }
}
