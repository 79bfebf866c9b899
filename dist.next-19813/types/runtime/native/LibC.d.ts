/**
 * What we call of libc: every signature, layout and constant in one place (Linux on x86-64 and arm64, glibc or musl).
 * The calls are synchronous and nothing here hands out an address: C sees a buffer only while its own call lasts.
 */
import { type Ffi } from "./Ffi.ts";
/**
 * Constants of `<sys/socket.h>`, `<fcntl.h>`, `<sys/prctl.h>` and `<linux/landlock.h>`, the same on x86-64 and arm64.
 */
export declare const Constant: {
    readonly AF_UNIX: 1;
    readonly AF_INET: 2;
    readonly AF_INET6: 10;
    readonly SOCK_STREAM: 1;
    readonly SOCK_DGRAM: 2;
    readonly SOCK_CLOEXEC: 524288;
    readonly SOL_SOCKET: 1;
    readonly SO_TYPE: 3;
    readonly SO_SNDTIMEO: 21;
    readonly SO_ACCEPTCONN: 30;
    readonly SO_DOMAIN: 39;
    readonly MSG_NOSIGNAL: 16384;
    readonly F_GETFD: 1;
    readonly F_DUPFD_CLOEXEC: 1030;
    readonly F_SETFD: 2;
    readonly FD_CLOEXEC: 1;
    readonly PR_SET_NO_NEW_PRIVS: 38;
    readonly SYS_landlock_create_ruleset: 444n;
    readonly SYS_landlock_add_rule: 445n;
    readonly SYS_landlock_restrict_self: 446n;
    readonly LANDLOCK_CREATE_RULESET_VERSION: 1n;
    readonly LANDLOCK_RULE_PATH_BENEATH: 1n;
    readonly LANDLOCK_RULE_NET_PORT: 2n;
    readonly NI_NUMERICHOST: 1;
    readonly EINTR: 4;
    readonly EBADF: 9;
    readonly ENAMETOOLONG: 36;
    readonly ENOSYS: 38;
};
/** Zeroed memory of which the garbage collector moves nothing. */
export declare const offHeap: (bytes: number) => Buffer;
declare const open: (ffi: Ffi) => {
    __errno_location: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly [];
        readonly return: "pointer";
    }>;
    socket: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i32", "i32", "i32"];
        readonly return: "i32";
    }>;
    connect: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i32", "buffer", "u32"];
        readonly return: "i32";
    }>;
    send: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i32", "buffer", "u64", "i32"];
        readonly return: "i64";
    }>;
    close: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i32"];
        readonly return: "i32";
    }>;
    setsockopt: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i32", "i32", "i32", "buffer", "u32"];
        readonly return: "i32";
    }>;
    getsockopt: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i32", "i32", "i32", "buffer", "buffer"];
        readonly return: "i32";
    }>;
    fcntl: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i32", "i32", "u64"];
        readonly return: "i32";
    }>;
    prctl: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i32", "u64", "u64", "u64", "u64"];
        readonly return: "i32";
    }>;
    getaddrinfo: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["buffer", "pointer", "buffer", "buffer"];
        readonly return: "i32";
    }>;
    freeaddrinfo: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["pointer"];
        readonly return: "void";
    }>;
    getnameinfo: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["pointer", "u32", "buffer", "u32", "pointer", "u32", "i32"];
        readonly return: "i32";
    }>;
    syscall: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i64", "u64", "u64", "u64"];
        readonly return: "i64";
    }>;
    syscallCreate: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i64", "buffer", "u64", "u64"];
        readonly return: "i64";
    }>;
    syscallAdd: import("node:ffi").WrappedFunctionFromSignature<{
        readonly arguments: readonly ["i64", "u64", "u64", "buffer", "u64"];
        readonly return: "i64";
    }>;
    /**
     * The entries of a list that `getaddrinfo` made (`struct addrinfo` of 64-bit Linux), to be read before it is freed.
     */
    addresses: (list: bigint) => ReadonlyArray<{
        readonly family: number;
        readonly numeric: () => string | undefined;
    }>;
    /** The error of the call just made on this thread; only to be asked after a result that says there was one. */
    errno: () => number;
};
/** The functions, bound to the calling thread. */
export type LibC = ReturnType<typeof open>;
/**
 * libc as this process has it, or undefined where it cannot be called: another platform, a Node without FFI, a denial.
 */
export declare const loadLibC: () => LibC | undefined;
export {};
