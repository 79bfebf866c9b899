/**
 * Every C function this transport calls, with its signature: the one place where they are written down. Linux, with the
 * OpenSSL and the libuv that Node exports to add-ons.
 */
import type { Ffi } from "../../runtime/native/Ffi.ts";
/** Functions whose addresses C itself is given, never called from here. */
export type NativeFunction = "close" | "uv_poll_stop" | "uv_is_active";
declare const open: (ffi: Ffi) => {
    ffi: typeof import("node:ffi");
    library: import("node:ffi").DynamicLibrary;
    f: import("node:ffi").WrappedFunctionsFromDefinitions<{
        readonly __errno_location: {
            readonly arguments: readonly [];
            readonly return: "pointer";
        };
        readonly calloc: {
            readonly arguments: readonly ["u64", "u64"];
            readonly return: "pointer";
        };
        readonly socket: {
            readonly arguments: readonly ["i32", "i32", "i32"];
            readonly return: "i32";
        };
        readonly socketpair: {
            readonly arguments: readonly ["i32", "i32", "i32", "buffer"];
            readonly return: "i32";
        };
        readonly bind: {
            readonly arguments: readonly ["i32", "buffer", "u32"];
            readonly return: "i32";
        };
        readonly listen: {
            readonly arguments: readonly ["i32", "i32"];
            readonly return: "i32";
        };
        readonly accept4: {
            readonly arguments: readonly ["i32", "pointer", "pointer", "i32"];
            readonly return: "i32";
        };
        readonly connect: {
            readonly arguments: readonly ["i32", "buffer", "u32"];
            readonly return: "i32";
        };
        readonly getsockname: {
            readonly arguments: readonly ["i32", "pointer", "pointer"];
            readonly return: "i32";
        };
        readonly getpeername: {
            readonly arguments: readonly ["i32", "pointer", "pointer"];
            readonly return: "i32";
        };
        readonly setsockopt: {
            readonly arguments: readonly ["i32", "i32", "i32", "buffer", "u32"];
            readonly return: "i32";
        };
        readonly getsockopt: {
            readonly arguments: readonly ["i32", "i32", "i32", "buffer", "buffer"];
            readonly return: "i32";
        };
        readonly fcntl: {
            readonly arguments: readonly ["i32", "i32", "u64"];
            readonly return: "i32";
        };
        readonly shutdown: {
            readonly arguments: readonly ["i32", "i32"];
            readonly return: "i32";
        };
        readonly close: {
            readonly arguments: readonly ["i32"];
            readonly return: "i32";
        };
        readonly recv: {
            readonly arguments: readonly ["i32", "pointer", "u64", "i32"];
            readonly return: "i64";
        };
        readonly read: {
            readonly arguments: readonly ["i32", "pointer", "i32"];
            readonly return: "i32";
        };
        readonly write: {
            readonly arguments: readonly ["i32", "pointer", "i32"];
            readonly return: "i32";
        };
        readonly epoll_create1: {
            readonly arguments: readonly ["i32"];
            readonly return: "i32";
        };
        readonly epoll_ctl: {
            readonly arguments: readonly ["i32", "i32", "i32", "buffer"];
            readonly return: "i32";
        };
        readonly epoll_wait: {
            readonly arguments: readonly ["i32", "pointer", "i32", "i32"];
            readonly return: "i32";
        };
        readonly uv_handle_size: {
            readonly arguments: readonly ["i32"];
            readonly return: "u64";
        };
        readonly uv_poll_init: {
            readonly arguments: readonly ["pointer", "pointer", "i32"];
            readonly return: "i32";
        };
        readonly uv_poll_start: {
            readonly arguments: readonly ["pointer", "i32", "pointer"];
            readonly return: "i32";
        };
        readonly uv_poll_stop: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly uv_is_active: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly uv_ref: {
            readonly arguments: readonly ["pointer"];
            readonly return: "void";
        };
        readonly uv_unref: {
            readonly arguments: readonly ["pointer"];
            readonly return: "void";
        };
        readonly _ZN2v87Isolate10GetCurrentEv: {
            readonly arguments: readonly [];
            readonly return: "pointer";
        };
        readonly _ZN4node25AddEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_: {
            readonly arguments: readonly ["pointer", "pointer", "pointer"];
            readonly return: "void";
        };
        readonly _ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_: {
            readonly arguments: readonly ["pointer", "pointer", "pointer"];
            readonly return: "void";
        };
        readonly TLS_server_method: {
            readonly arguments: readonly [];
            readonly return: "pointer";
        };
        readonly TLS_client_method: {
            readonly arguments: readonly [];
            readonly return: "pointer";
        };
        readonly SSL_CTX_new: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly SSL_CTX_free: {
            readonly arguments: readonly ["pointer"];
            readonly return: "void";
        };
        readonly SSL_CTX_ctrl: {
            readonly arguments: readonly ["pointer", "i32", "i64", "pointer"];
            readonly return: "i64";
        };
        readonly SSL_CTX_set_options: {
            readonly arguments: readonly ["pointer", "u64"];
            readonly return: "u64";
        };
        readonly SSL_CTX_set_cipher_list: {
            readonly arguments: readonly ["pointer", "buffer"];
            readonly return: "i32";
        };
        readonly SSL_CTX_set_ciphersuites: {
            readonly arguments: readonly ["pointer", "buffer"];
            readonly return: "i32";
        };
        readonly SSL_CTX_use_certificate: {
            readonly arguments: readonly ["pointer", "pointer"];
            readonly return: "i32";
        };
        readonly SSL_CTX_use_PrivateKey: {
            readonly arguments: readonly ["pointer", "pointer"];
            readonly return: "i32";
        };
        readonly SSL_CTX_check_private_key: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly SSL_CTX_add_client_CA: {
            readonly arguments: readonly ["pointer", "pointer"];
            readonly return: "i32";
        };
        readonly SSL_CTX_get_cert_store: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly SSL_CTX_set_verify: {
            readonly arguments: readonly ["pointer", "i32", "pointer"];
            readonly return: "void";
        };
        readonly SSL_CTX_set_cert_verify_callback: {
            readonly arguments: readonly ["pointer", "pointer", "pointer"];
            readonly return: "void";
        };
        readonly SSL_CTX_set_num_tickets: {
            readonly arguments: readonly ["pointer", "u64"];
            readonly return: "i32";
        };
        readonly SSL_CTX_set_session_id_context: {
            readonly arguments: readonly ["pointer", "buffer", "u32"];
            readonly return: "i32";
        };
        readonly SSL_CTX_set_default_read_buffer_len: {
            readonly arguments: readonly ["pointer", "u64"];
            readonly return: "void";
        };
        readonly SSL_CTX_set_alpn_protos: {
            readonly arguments: readonly ["pointer", "buffer", "u32"];
            readonly return: "i32";
        };
        readonly SSL_CTX_set_alpn_select_cb: {
            readonly arguments: readonly ["pointer", "pointer", "pointer"];
            readonly return: "void";
        };
        readonly X509_STORE_add_cert: {
            readonly arguments: readonly ["pointer", "pointer"];
            readonly return: "i32";
        };
        readonly X509_STORE_set_flags: {
            readonly arguments: readonly ["pointer", "u64"];
            readonly return: "i32";
        };
        readonly PEM_read_bio_X509: {
            readonly arguments: readonly ["pointer", "pointer", "pointer", "pointer"];
            readonly return: "pointer";
        };
        readonly PEM_read_bio_PrivateKey: {
            readonly arguments: readonly ["pointer", "pointer", "pointer", "pointer"];
            readonly return: "pointer";
        };
        readonly X509_free: {
            readonly arguments: readonly ["pointer"];
            readonly return: "void";
        };
        readonly EVP_PKEY_free: {
            readonly arguments: readonly ["pointer"];
            readonly return: "void";
        };
        readonly X509_verify_cert: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly X509_STORE_CTX_get_error: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly X509_STORE_CTX_set_verify_cb: {
            readonly arguments: readonly ["pointer", "pointer"];
            readonly return: "void";
        };
        readonly X509_STORE_CTX_set_error: {
            readonly arguments: readonly ["pointer", "i32"];
            readonly return: "void";
        };
        readonly X509_STORE_CTX_get0_cert: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly X509_STORE_CTX_get0_untrusted: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly OPENSSL_sk_num: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly OPENSSL_sk_value: {
            readonly arguments: readonly ["pointer", "i32"];
            readonly return: "pointer";
        };
        readonly i2d_X509: {
            readonly arguments: readonly ["pointer", "pointer"];
            readonly return: "i32";
        };
        readonly SSL_new: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly SSL_free: {
            readonly arguments: readonly ["pointer"];
            readonly return: "void";
        };
        readonly SSL_set_fd: {
            readonly arguments: readonly ["pointer", "i32"];
            readonly return: "i32";
        };
        readonly SSL_set_accept_state: {
            readonly arguments: readonly ["pointer"];
            readonly return: "void";
        };
        readonly SSL_set_connect_state: {
            readonly arguments: readonly ["pointer"];
            readonly return: "void";
        };
        readonly SSL_ctrl: {
            readonly arguments: readonly ["pointer", "i32", "i64", "pointer"];
            readonly return: "i64";
        };
        readonly SSL_do_handshake: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly SSL_read: {
            readonly arguments: readonly ["pointer", "pointer", "i32"];
            readonly return: "i32";
        };
        readonly SSL_write: {
            readonly arguments: readonly ["pointer", "pointer", "i32"];
            readonly return: "i32";
        };
        readonly SSL_has_pending: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly SSL_get_error: {
            readonly arguments: readonly ["pointer", "i32"];
            readonly return: "i32";
        };
        readonly SSL_shutdown: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly SSL_session_reused: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly SSL_version: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly SSL_get_current_cipher: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly SSL_CIPHER_get_name: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly SSL_get0_group_name: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly SSL_get_servername: {
            readonly arguments: readonly ["pointer", "i32"];
            readonly return: "pointer";
        };
        readonly SSL_get0_alpn_selected: {
            readonly arguments: readonly ["pointer", "buffer", "buffer"];
            readonly return: "void";
        };
        readonly SSL_rstate_string: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly SSL_get_wbio: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly SSL_set0_wbio: {
            readonly arguments: readonly ["pointer", "pointer"];
            readonly return: "void";
        };
        readonly BIO_new_mem_buf: {
            readonly arguments: readonly ["pointer", "i32"];
            readonly return: "pointer";
        };
        readonly BIO_new: {
            readonly arguments: readonly ["pointer"];
            readonly return: "pointer";
        };
        readonly BIO_free: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly BIO_up_ref: {
            readonly arguments: readonly ["pointer"];
            readonly return: "i32";
        };
        readonly BIO_push: {
            readonly arguments: readonly ["pointer", "pointer"];
            readonly return: "pointer";
        };
        readonly BIO_f_buffer: {
            readonly arguments: readonly [];
            readonly return: "pointer";
        };
        readonly BIO_ctrl: {
            readonly arguments: readonly ["pointer", "i32", "i64", "pointer"];
            readonly return: "i64";
        };
        readonly BIO_int_ctrl: {
            readonly arguments: readonly ["pointer", "i32", "i64", "i32"];
            readonly return: "i64";
        };
        readonly BIO_test_flags: {
            readonly arguments: readonly ["pointer", "i32"];
            readonly return: "i32";
        };
        readonly ERR_clear_error: {
            readonly arguments: readonly [];
            readonly return: "void";
        };
        readonly ERR_get_error: {
            readonly arguments: readonly [];
            readonly return: "u64";
        };
        readonly ERR_reason_error_string: {
            readonly arguments: readonly ["u64"];
            readonly return: "pointer";
        };
        readonly OpenSSL_version: {
            readonly arguments: readonly ["i32"];
            readonly return: "pointer";
        };
    }>;
    addressOf: (name: NativeFunction) => bigint;
};
/** The functions, bound to the calling thread. Throws when one of them does not exist. */
export declare const bindSymbols: typeof open;
/** The functions. */
export type Symbols = ReturnType<typeof open>["f"];
/** Everything bound to this thread. */
export type Bound = ReturnType<typeof open>;
export {};
