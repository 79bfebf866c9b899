/**
 * What C headers say about structures and constants on Linux: the layouts that differ between processors are a table, and
 * everything here is checked against the running machine by the self-test. Pure.
 */

/** Where things are in the structures we share with C. Offsets and sizes in bytes. */
export interface Layout {
  /** `struct epoll_event` is packed on x86-64 only. */
  readonly epollEvent: { readonly size: number; readonly data: number }
}

const layouts: Readonly<Record<string, Layout>> = {
  x64: { epollEvent: { size: 12, data: 4 } },
  arm64: { epollEvent: { size: 16, data: 8 } }
}

/** The layout for a processor as `process.arch` names it; undefined where it has not been checked. */
export const layoutOf = (arch: string): Layout | undefined => (Object.hasOwn(layouts, arch) ? layouts[arch] : undefined)

/** `<sys/epoll.h>`. */
export const Epoll = {
  IN: 0x1,
  OUT: 0x4,
  ERR: 0x8,
  HUP: 0x10,
  EXCLUSIVE: 0x10000000,
  ADD: 1,
  DEL: 2,
  MOD: 3,
  CLOEXEC: 0x80000
} as const

/** `<sys/socket.h>`, `<netinet/tcp.h>`, `<fcntl.h>`; the same on x86-64 and arm64. */
export const Sock = {
  AF_UNIX: 1,
  AF_INET: 2,
  AF_INET6: 10,
  STREAM: 1,
  NONBLOCK: 0x800,
  CLOEXEC: 0x80000,
  SHUT_WR: 1,
  SOL_SOCKET: 1,
  IPPROTO_TCP: 6,
  SO_REUSEADDR: 2,
  SO_ERROR: 4,
  SO_KEEPALIVE: 9,
  SO_LINGER: 13,
  SO_REUSEPORT: 15,
  TCP_NODELAY: 1,
  TCP_KEEPIDLE: 4,
  TCP_KEEPINTVL: 5,
  TCP_KEEPCNT: 6,
  TCP_QUICKACK: 12,
  MSG_PEEK: 2,
  F_GETFL: 3,
  F_SETFL: 4
} as const

/** Errno values that decide what happens next. */
export const Errno = {
  EINTR: 4,
  EAGAIN: 11,
  EEXIST: 17,
  EINVAL: 22,
  EMFILE: 24,
  ENAMETOOLONG: 36,
  ECONNABORTED: 103,
  EALREADY: 114,
  EINPROGRESS: 115
} as const

/** `<uv.h>`: the type of poll handles, `UV_READABLE`, and bits of a handle's flags. */
export const Uv = { POLL: 8, READABLE: 1 } as const

/** `<openssl/ssl.h>`, `<openssl/bio.h>`, `<openssl/x509_vfy.h>` of OpenSSL 3. */
export const Ssl = {
  VERSION_STRING: 6,
  ERROR_WANT_READ: 2,
  ERROR_WANT_WRITE: 3,
  ERROR_SYSCALL: 5,
  ERROR_ZERO_RETURN: 6,
  VERIFY_NONE: 0,
  VERIFY_PEER: 1,
  VERIFY_FAIL_IF_NO_PEER_CERT: 2,
  CTRL_MODE: 33,
  CTRL_SET_READ_AHEAD: 41,
  CTRL_SET_SESS_CACHE_MODE: 44,
  CTRL_SET_TLSEXT_HOSTNAME: 55,
  CTRL_SET_TLSEXT_STATUS_REQ_TYPE: 65,
  CTRL_GET_TLSEXT_STATUS_REQ_OCSP_RESP: 70,
  TLSEXT_STATUSTYPE_OCSP: 1n,
  CTRL_CHAIN_CERT: 89,
  CTRL_SET_GROUPS_LIST: 92,
  CTRL_SET_MIN_PROTO_VERSION: 123,
  CTRL_SET_MAX_PROTO_VERSION: 124,
  OP_IGNORE_UNEXPECTED_EOF: 0x80,
  OP_NO_TX_CERTIFICATE_COMPRESSION: 0x1_0000_0000n,
  OP_NO_RX_CERTIFICATE_COMPRESSION: 0x2_0000_0000n,
  MODE_ENABLE_PARTIAL_WRITE: 0x1,
  MODE_ACCEPT_MOVING_WRITE_BUFFER: 0x2,
  /** Sends the chain as it was given, without authorities from the trust store. */
  MODE_NO_AUTO_CHAIN: 0x8,
  MODE_RELEASE_BUFFERS: 0x10,
  TLS1_2_VERSION: 0x303,
  TLS1_3_VERSION: 0x304,
  BIO_CTRL_PENDING: 10,
  BIO_CTRL_FLUSH: 11,
  BIO_C_SET_BUFF_SIZE: 117,
  BIO_FLAGS_SHOULD_RETRY: 8
} as const
