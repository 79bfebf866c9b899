/**
 * Every C function this transport calls, with its signature: the one place where they are written down. Linux, with the
 * OpenSSL and the libuv that Node exports to add-ons.
 */
import type { Ffi } from "../../runtime/native/Ffi.ts"

const P = "pointer"
const i32 = "i32"
const u32 = "u32"
const i64 = "i64"
const u64 = "u64"
const buffer = "buffer"

const signatures = {
  // libc
  __errno_location: { arguments: [], return: P },
  calloc: { arguments: [u64, u64], return: P },
  socket: { arguments: [i32, i32, i32], return: i32 },
  socketpair: { arguments: [i32, i32, i32, buffer], return: i32 },
  bind: { arguments: [i32, buffer, u32], return: i32 },
  listen: { arguments: [i32, i32], return: i32 },
  accept4: { arguments: [i32, P, P, i32], return: i32 },
  connect: { arguments: [i32, buffer, u32], return: i32 },
  getsockname: { arguments: [i32, P, P], return: i32 },
  getpeername: { arguments: [i32, P, P], return: i32 },
  setsockopt: { arguments: [i32, i32, i32, buffer, u32], return: i32 },
  getsockopt: { arguments: [i32, i32, i32, buffer, buffer], return: i32 },
  fcntl: { arguments: [i32, i32, u64], return: i32 },
  shutdown: { arguments: [i32, i32], return: i32 },
  close: { arguments: [i32], return: i32 },
  recv: { arguments: [i32, P, u64, i32], return: i64 },
  read: { arguments: [i32, P, i32], return: i32 },
  write: { arguments: [i32, P, i32], return: i32 },
  epoll_create1: { arguments: [i32], return: i32 },
  epoll_ctl: { arguments: [i32, i32, i32, buffer], return: i32 },
  epoll_wait: { arguments: [i32, P, i32, i32], return: i32 },
  // libuv and Node
  uv_handle_size: { arguments: [i32], return: u64 },
  uv_poll_init: { arguments: [P, P, i32], return: i32 },
  uv_poll_start: { arguments: [P, i32, P], return: i32 },
  uv_is_active: { arguments: [P], return: i32 },
  uv_backend_fd: { arguments: [P], return: i32 },
  uv_backend_timeout: { arguments: [P], return: i32 },
  uv_update_time: { arguments: [P], return: "void" },
  uv_ref: { arguments: [P], return: "void" },
  uv_unref: { arguments: [P], return: "void" },
  _ZN2v87Isolate10GetCurrentEv: { arguments: [], return: P },
  _ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_: { arguments: [P, P, P], return: "void" },
  _ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_: { arguments: [P, P, P], return: "void" },
  // OpenSSL: contexts
  TLS_server_method: { arguments: [], return: P },
  TLS_client_method: { arguments: [], return: P },
  SSL_CTX_new: { arguments: [P], return: P },
  SSL_CTX_free: { arguments: [P], return: "void" },
  SSL_CTX_ctrl: { arguments: [P, i32, i64, P], return: i64 },
  SSL_CTX_set_options: { arguments: [P, u64], return: u64 },
  SSL_CTX_set_cipher_list: { arguments: [P, buffer], return: i32 },
  SSL_CTX_set_ciphersuites: { arguments: [P, buffer], return: i32 },
  SSL_CTX_use_certificate: { arguments: [P, P], return: i32 },
  SSL_CTX_use_PrivateKey: { arguments: [P, P], return: i32 },
  SSL_CTX_check_private_key: { arguments: [P], return: i32 },
  SSL_CTX_add_client_CA: { arguments: [P, P], return: i32 },
  SSL_CTX_set_verify: { arguments: [P, i32, P], return: "void" },
  SSL_CTX_set_cert_verify_callback: { arguments: [P, P, P], return: "void" },
  SSL_CTX_set_num_tickets: { arguments: [P, u64], return: i32 },
  SSL_CTX_set_session_id_context: { arguments: [P, buffer, u32], return: i32 },
  SSL_CTX_set_default_read_buffer_len: { arguments: [P, u64], return: "void" },
  SSL_CTX_set_alpn_protos: { arguments: [P, buffer, u32], return: i32 },
  SSL_CTX_set_alpn_select_cb: { arguments: [P, P, P], return: "void" },
  // OpenSSL: certificates
  PEM_read_bio_X509: { arguments: [P, P, P, P], return: P },
  PEM_read_bio_PrivateKey: { arguments: [P, P, P, P], return: P },
  X509_free: { arguments: [P], return: "void" },
  EVP_PKEY_free: { arguments: [P], return: "void" },
  // OpenSSL: connections
  SSL_new: { arguments: [P], return: P },
  SSL_free: { arguments: [P], return: "void" },
  SSL_set_fd: { arguments: [P, i32], return: i32 },
  SSL_set_accept_state: { arguments: [P], return: "void" },
  SSL_set_connect_state: { arguments: [P], return: "void" },
  SSL_ctrl: { arguments: [P, i32, i64, P], return: i64 },
  SSL_do_handshake: { arguments: [P], return: i32 },
  SSL_read: { arguments: [P, P, i32], return: i32 },
  SSL_write: { arguments: [P, P, i32], return: i32 },
  SSL_has_pending: { arguments: [P], return: i32 },
  SSL_get_error: { arguments: [P, i32], return: i32 },
  SSL_shutdown: { arguments: [P], return: i32 },
  SSL_session_reused: { arguments: [P], return: i32 },
  SSL_version: { arguments: [P], return: i32 },
  SSL_get_current_cipher: { arguments: [P], return: P },
  SSL_CIPHER_get_name: { arguments: [P], return: P },
  SSL_get0_group_name: { arguments: [P], return: P },
  SSL_get_servername: { arguments: [P, i32], return: P },
  SSL_get0_alpn_selected: { arguments: [P, buffer, buffer], return: "void" },
  SSL_rstate_string: { arguments: [P], return: P },
  SSL_get_rbio: { arguments: [P], return: P },
  SSL_get_wbio: { arguments: [P], return: P },
  SSL_set0_rbio: { arguments: [P, P], return: "void" },
  SSL_set0_wbio: { arguments: [P, P], return: "void" },
  // OpenSSL: BIOs
  BIO_new_mem_buf: { arguments: [P, i32], return: P },
  BIO_new: { arguments: [P], return: P },
  BIO_free: { arguments: [P], return: i32 },
  BIO_up_ref: { arguments: [P], return: i32 },
  BIO_push: { arguments: [P, P], return: P },
  BIO_f_buffer: { arguments: [], return: P },
  BIO_ctrl: { arguments: [P, i32, i64, P], return: i64 },
  BIO_int_ctrl: { arguments: [P, i32, i64, i32], return: i64 },
  BIO_test_flags: { arguments: [P, i32], return: i32 },
  // OpenSSL: errors and version
  ERR_clear_error: { arguments: [], return: "void" },
  ERR_get_error: { arguments: [], return: u64 },
  ERR_reason_error_string: { arguments: [u64], return: P },
  OpenSSL_version: { arguments: [i32], return: P }
} as const

/** Functions whose addresses C itself is given, never called from here. */
export type NativeFunction = "close" | "uv_is_active"

const open = (ffi: Ffi) => {
  const library = new ffi.DynamicLibrary(null)
  return {
    ffi,
    library,
    f: library.getFunctions(signatures),
    addressOf: (name: NativeFunction) => library.getSymbol(name)
  }
}

/** The functions, bound to the calling thread. Throws when one of them does not exist. */
export const bindSymbols = open

/** The functions. */
export type Symbols = ReturnType<typeof open>["f"]

/** Everything bound to this thread. */
export type Bound = ReturnType<typeof open>
