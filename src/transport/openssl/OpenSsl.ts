/**
 * The OpenSSL inside Node, for what both transports ask it about certificates outside of a TLS connection: every C function
 * with its signature, and the callbacks that C is given. One per thread, as long as the thread lives.
 */
import { Buffer } from "node:buffer"
import { type Ffi, loadFfi } from "../../runtime/native/Ffi.ts"

const P = "pointer"
const i32 = "i32"
const u32 = "u32"
const i64 = "i64"
const u64 = "u64"
const none = "void"

const signatures = {
  d2i_X509: { arguments: [P, P, i64], return: P },
  i2d_X509: { arguments: [P, P], return: i32 },
  X509_free: { arguments: [P], return: none },
  X509_verify: { arguments: [P, P], return: i32 },
  X509_get0_pubkey: { arguments: [P], return: P },
  X509_get_extension_flags: { arguments: [P], return: u32 },
  X509_STORE_new: { arguments: [], return: P },
  X509_STORE_free: { arguments: [P], return: none },
  X509_STORE_set_flags: { arguments: [P, u64], return: i32 },
  X509_STORE_set_verify: { arguments: [P, P], return: none },
  X509_STORE_set_check_issued: { arguments: [P, P], return: none },
  X509_STORE_get0_param: { arguments: [P], return: P },
  X509_STORE_CTX_new: { arguments: [], return: P },
  X509_STORE_CTX_free: { arguments: [P], return: none },
  X509_STORE_CTX_init: { arguments: [P, P, P, P], return: i32 },
  X509_STORE_CTX_cleanup: { arguments: [P], return: none },
  X509_STORE_CTX_set0_trusted_stack: { arguments: [P, P], return: none },
  X509_STORE_CTX_get0_param: { arguments: [P], return: P },
  X509_STORE_CTX_get0_chain: { arguments: [P], return: P },
  X509_STORE_CTX_get0_cert: { arguments: [P], return: P },
  X509_STORE_CTX_get0_untrusted: { arguments: [P], return: P },
  X509_STORE_CTX_get_error: { arguments: [P], return: i32 },
  X509_STORE_CTX_set_error: { arguments: [P, i32], return: none },
  X509_STORE_CTX_get_error_depth: { arguments: [P], return: i32 },
  X509_VERIFY_PARAM_set_auth_level: { arguments: [P, i32], return: none },
  X509_VERIFY_PARAM_set_hostflags: { arguments: [P, u32], return: none },
  X509_VERIFY_PARAM_add0_policy: { arguments: [P, P], return: i32 },
  OBJ_txt2obj: { arguments: ["buffer", i32], return: P },
  X509_verify_cert: { arguments: [P], return: i32 },
  OPENSSL_sk_new_null: { arguments: [], return: P },
  OPENSSL_sk_push: { arguments: [P, P], return: i32 },
  OPENSSL_sk_zero: { arguments: [P], return: none },
  OPENSSL_sk_num: { arguments: [P], return: i32 },
  OPENSSL_sk_value: { arguments: [P, i32], return: P },
  SSL_CTX_set_msg_callback: { arguments: [P, P], return: none },
  SSL_set_msg_callback: { arguments: [P, P], return: none },
  SSL_is_server: { arguments: [P], return: i32 },
  SSL_get_fd: { arguments: [P], return: i32 },
  SSL_CTX_set_cert_verify_callback: { arguments: [P, P, P], return: none },
  SSL_CTX_ctrl: { arguments: [P, i32, i64, P], return: i64 },
  SSL_CTX_get_options: { arguments: [P], return: u64 },
  ERR_clear_error: { arguments: [], return: none }
} as const

const bind = (ffi: Ffi) => {
  const library = new ffi.DynamicLibrary(null)
  return { ffi, library, f: library.getFunctions(signatures) }
}

/** `<openssl/x509_vfy.h>`, `<openssl/x509v3.h>`, `<openssl/ssl.h>`. */
export const X509 = {
  V_FLAG_POLICY_CHECK: 0x80n,
  V_FLAG_PARTIAL_CHAIN: 0x80000n,
  /** A CN is no host name. */
  CHECK_FLAG_NEVER_CHECK_SUBJECT: 0x20,
  /** The certificate has an extension that cannot be read. */
  EXFLAG_INVALID: 0x80,
  V_ERR_UNSPECIFIED: 1,
  V_ERR_APPLICATION_VERIFICATION: 50,
  CTRL_SET_MSG_CALLBACK_ARG: 16,
  CTRL_SET_MAX_CERT_LIST: 51
} as const

/**
 * The longest certificate message that OpenSSL receives, in bytes. Larger than what is accepted, so that `MessageGuard` sees
 * and names what exceeds the limit; beyond it OpenSSL refuses the message by its length alone.
 */
export const longestCertificates = 160 * 1024

/** Certificates of no size that is accepted are larger; more is not copied. */
const bufferSize = 128 * 1024

/** What this thread has of OpenSSL. */
export class OpenSsl {
  readonly ffi: Ffi
  readonly library: ReturnType<typeof bind>["library"]
  readonly f: ReturnType<typeof bind>["f"]
  readonly #bytes: Buffer
  readonly #at: bigint
  readonly #cursor: Buffer
  readonly #cursorAt: bigint
  /** `X509`s that OpenSSL lends during a verification callback, by the copies of their DER. */
  readonly #borrowed = new Map<Uint8Array, bigint>()

  /** Throws where a function is missing. */
  constructor(ffi: Ffi) {
    const { f, library } = bind(ffi)
    this.ffi = ffi
    this.library = library
    this.f = f
    this.#bytes = Buffer.from(new ArrayBuffer(bufferSize))
    this.#at = ffi.getRawPointer(this.#bytes)
    this.#cursor = Buffer.from(new ArrayBuffer(8))
    this.#cursorAt = ffi.getRawPointer(this.#cursor)
  }

  /** A new `X509`, the caller's to free; 0 when OpenSSL cannot read it. */
  parse(der: Uint8Array): bigint {
    if (der.length > bufferSize) return 0n
    this.#bytes.set(der)
    this.#cursor.writeBigUInt64LE(this.#at)
    const certificate = this.f.d2i_X509(0n, this.#cursorAt, BigInt(der.length))
    if (certificate === 0n) this.f.ERR_clear_error()
    return certificate
  }

  /** A copy of a certificate's DER; undefined when it has none or is too large. */
  derOf(certificate: bigint): Buffer | undefined {
    if (certificate === 0n) return undefined
    const length = this.f.i2d_X509(certificate, 0n)
    if (length <= 0 || length > bufferSize) return undefined
    this.#cursor.writeBigUInt64LE(this.#at)
    if (this.f.i2d_X509(certificate, this.#cursorAt) !== length) return undefined
    return Buffer.from(this.#bytes.subarray(0, length))
  }

  /**
   * The certificates a peer sent, leaf first, as a verification callback sees them: at most `limit`, one that comes twice
   * once. Undefined when they cannot be read. The callback ends with `endCallback`.
   */
  presented(store: bigint, limit: number): ReadonlyArray<Buffer> | undefined {
    const sent = this.f.X509_STORE_CTX_get0_untrusted(store)
    const first = this.f.X509_STORE_CTX_get0_cert(store)
    const leaf = this.derOf(first)
    if (leaf === undefined) return undefined
    this.#borrowed.set(leaf, first)
    const chain = [leaf]
    const count = sent === 0n ? 0 : Math.min(limit, this.f.OPENSSL_sk_num(sent))
    for (let i = 1; i < count; i++) {
      const certificate = this.f.OPENSSL_sk_value(sent, i)
      const der = this.derOf(certificate)
      if (der === undefined) return undefined
      if (chain.some((known) => known.equals(der))) continue
      this.#borrowed.set(der, certificate)
      chain.push(der)
    }
    return chain
  }

  /** The `X509` behind an array that `presented` has made, until `endCallback`; undefined for others. Not the caller's to free. */
  borrowed(der: Uint8Array): bigint | undefined {
    return this.#borrowed.get(der)
  }

  /** Forgets what was lent: OpenSSL may free it now. */
  endCallback(): void {
    this.#borrowed.clear()
  }
}

let current: OpenSsl | undefined

/** The calling thread's; it is never given up, because C knows addresses in it. Undefined where there is none. */
export const loadOpenSsl = (): OpenSsl | undefined => {
  if (current !== undefined) return current
  if (process.platform !== "linux") return undefined
  try {
    const ffi = loadFfi()
    return ffi === undefined ? undefined : (current = new OpenSsl(ffi))
  } catch {
    return undefined
  }
}
