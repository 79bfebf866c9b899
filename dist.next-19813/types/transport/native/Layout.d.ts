/**
 * What C headers say about structures and constants on Linux: the layouts that differ between processors are a table, and
 * everything here is checked against the running machine by the self-test. Pure.
 */
/** Where things are in the structures we share with C. Offsets and sizes in bytes. */
export interface Layout {
    /** `struct epoll_event` is packed on x86-64 only. */
    readonly epollEvent: {
        readonly size: number;
        readonly data: number;
    };
    /** `flags` in `uv_handle_t` (libuv 1.x, 64-bit). */
    readonly uvHandleFlags: number;
}
/** The layout for a processor as `process.arch` names it; undefined where nobody has looked. */
export declare const layoutOf: (arch: string) => Layout | undefined;
/** `<sys/epoll.h>`. */
export declare const Epoll: {
    readonly IN: 1;
    readonly OUT: 4;
    readonly ERR: 8;
    readonly HUP: 16;
    readonly EXCLUSIVE: 268435456;
    readonly ADD: 1;
    readonly DEL: 2;
    readonly MOD: 3;
    readonly CLOEXEC: 524288;
};
/** `<sys/socket.h>`, `<netinet/tcp.h>`, `<fcntl.h>`; the same on x86-64 and arm64. */
export declare const Sock: {
    readonly AF_UNIX: 1;
    readonly AF_INET: 2;
    readonly AF_INET6: 10;
    readonly STREAM: 1;
    readonly NONBLOCK: 2048;
    readonly CLOEXEC: 524288;
    readonly SHUT_WR: 1;
    readonly SOL_SOCKET: 1;
    readonly IPPROTO_TCP: 6;
    readonly SO_REUSEADDR: 2;
    readonly SO_ERROR: 4;
    readonly SO_KEEPALIVE: 9;
    readonly SO_LINGER: 13;
    readonly SO_REUSEPORT: 15;
    readonly TCP_NODELAY: 1;
    readonly TCP_KEEPIDLE: 4;
    readonly TCP_KEEPINTVL: 5;
    readonly TCP_KEEPCNT: 6;
    readonly MSG_PEEK: 2;
    readonly F_GETFL: 3;
    readonly F_SETFL: 4;
};
/** Errno values that decide what happens next. */
export declare const Errno: {
    readonly EINTR: 4;
    readonly EAGAIN: 11;
    readonly EEXIST: 17;
    readonly EINVAL: 22;
    readonly EMFILE: 24;
    readonly ENAMETOOLONG: 36;
    readonly ECONNABORTED: 103;
    readonly EINPROGRESS: 115;
};
/** `<uv.h>`: the type of poll handles, `UV_READABLE`, and bits of a handle's flags. */
export declare const Uv: {
    readonly POLL: 8;
    readonly READABLE: 1;
    readonly ACTIVE: 4;
    readonly REF: 8;
    readonly INTERNAL: 16;
};
/** `<openssl/ssl.h>`, `<openssl/bio.h>`, `<openssl/x509_vfy.h>` of OpenSSL 3. */
export declare const Ssl: {
    readonly VERSION_STRING: 6;
    readonly ERROR_WANT_READ: 2;
    readonly ERROR_WANT_WRITE: 3;
    readonly ERROR_SYSCALL: 5;
    readonly ERROR_ZERO_RETURN: 6;
    readonly VERIFY_NONE: 0;
    readonly VERIFY_PEER: 1;
    readonly VERIFY_FAIL_IF_NO_PEER_CERT: 2;
    readonly CTRL_MODE: 33;
    readonly CTRL_SET_READ_AHEAD: 41;
    readonly CTRL_SET_SESS_CACHE_MODE: 44;
    readonly CTRL_SET_TLSEXT_HOSTNAME: 55;
    readonly CTRL_CHAIN_CERT: 89;
    readonly CTRL_SET_GROUPS_LIST: 92;
    readonly CTRL_SET_MIN_PROTO_VERSION: 123;
    readonly CTRL_SET_MAX_PROTO_VERSION: 124;
    readonly OP_IGNORE_UNEXPECTED_EOF: 128;
    readonly OP_NO_TX_CERTIFICATE_COMPRESSION: 0x100000000n;
    readonly OP_NO_RX_CERTIFICATE_COMPRESSION: 0x200000000n;
    readonly MODE_ENABLE_PARTIAL_WRITE: 1;
    readonly MODE_ACCEPT_MOVING_WRITE_BUFFER: 2;
    /** Sends the chain as it was given, without authorities from the trust store. */
    readonly MODE_NO_AUTO_CHAIN: 8;
    readonly MODE_RELEASE_BUFFERS: 16;
    readonly TLS1_2_VERSION: 771;
    readonly TLS1_3_VERSION: 772;
    readonly BIO_CTRL_FLUSH: 11;
    readonly BIO_C_SET_BUFF_SIZE: 117;
    readonly BIO_FLAGS_SHOULD_RETRY: 8;
    readonly V_FLAG_PARTIAL_CHAIN: 524288;
};
