/**
 * OpenSSL's verification of one complete path, on certificates outside of any connection. The store holds nothing: the
 * path's last certificate is its only trust anchor, the others are all there is between. Signatures and dates are checked
 * before (`PathEngine`), each once; OpenSSL checks the rest: extensions, basic constraints, path lengths, key sizes and
 * hash algorithms, name constraints, certificate policies.
 */
import { Buffer } from "node:buffer"
import { type OpenSsl, X509 } from "./OpenSsl.ts"

/** Keys and hashes from 112 bits of security on: RSA from 2048 bits, no SHA-1 (`SSL_CTX_set_security_level`). */
const securityLevel = 2

/** One per thread. */
export class PathJudge {
  readonly #openSsl: OpenSsl
  readonly #store: bigint
  readonly #context: bigint
  readonly #trusted: bigint
  readonly #between: bigint
  /** The `X509`s of the path under examination. */
  #path: ReadonlyArray<bigint> = []
  /** OpenSSL has come to the step that checks signatures. */
  #reached = false

  constructor(openSsl: OpenSsl) {
    const { f, library } = openSsl
    this.#openSsl = openSsl
    this.#store = f.X509_STORE_new()
    this.#context = f.X509_STORE_CTX_new()
    this.#trusted = f.OPENSSL_sk_new_null()
    this.#between = f.OPENSSL_sk_new_null()
    if ([this.#store, this.#context, this.#trusted, this.#between].includes(0n)) throw new Error("out of memory")
    f.X509_STORE_set_flags(this.#store, X509.V_FLAG_PARTIAL_CHAIN | X509.V_FLAG_POLICY_CHECK)
    // The store owns the policy once it has taken it.
    const policy = f.OBJ_txt2obj(Buffer.from("2.5.29.32.0\0"), 1)
    const parameters = f.X509_STORE_get0_param(this.#store)
    if (policy === 0n || f.X509_VERIFY_PARAM_add0_policy(parameters, policy) !== 1) throw new Error("out of memory")
    // Inside of OpenSSL: must not throw, and do not.
    const verify = library.registerCallback({ arguments: ["pointer"], return: "i32" }, () => {
      this.#reached = true
      return 1
    })
    const issued = library.registerCallback(
      { arguments: ["pointer", "pointer", "pointer"], return: "i32" },
      (_, certificate, issuer) => {
        const index = typeof certificate === "bigint" ? this.#path.indexOf(certificate) : -1
        return index >= 0 && this.#path[index + 1] === issuer ? 1 : 0
      }
    )
    f.X509_STORE_set_verify(this.#store, verify)
    f.X509_STORE_set_check_issued(this.#store, issued)
  }

  /** OpenSSL's error about the path (leaf first, the anchor last) and the index of the certificate; undefined for none. */
  flaw(path: ReadonlyArray<bigint>): { readonly code: number; readonly at: number } | undefined {
    const { f } = this.#openSsl
    const [leaf] = path
    const anchor = path.at(-1)
    if (leaf === undefined || anchor === undefined || path.includes(0n)) return { code: X509.V_ERR_UNSPECIFIED, at: 0 }
    const invalid = path.findIndex((each) => (f.X509_get_extension_flags(each) & X509.EXFLAG_INVALID) !== 0)
    if (invalid >= 0) return { code: 41, at: invalid }
    this.#path = path
    this.#reached = false
    try {
      f.OPENSSL_sk_push(this.#trusted, anchor)
      for (const certificate of path.slice(1, -1)) f.OPENSSL_sk_push(this.#between, certificate)
      if (f.X509_STORE_CTX_init(this.#context, this.#store, leaf, this.#between) !== 1) {
        return { code: X509.V_ERR_UNSPECIFIED, at: 0 }
      }
      return this.#run()
    } finally {
      f.X509_STORE_CTX_cleanup(this.#context)
      f.OPENSSL_sk_zero(this.#trusted)
      f.OPENSSL_sk_zero(this.#between)
      f.ERR_clear_error()
      this.#path = []
    }
  }

  #run(): { readonly code: number; readonly at: number } | undefined {
    const { f } = this.#openSsl
    const context = this.#context
    f.X509_STORE_CTX_set0_trusted_stack(context, this.#trusted)
    const parameters = f.X509_STORE_CTX_get0_param(context)
    f.X509_VERIFY_PARAM_set_auth_level(parameters, securityLevel)
    f.X509_VERIFY_PARAM_set_hostflags(parameters, X509.CHECK_FLAG_NEVER_CHECK_SUBJECT)
    const passed = f.X509_verify_cert(context) === 1
    const code = f.X509_STORE_CTX_get_error(context)
    if (!passed || code !== 0) {
      return {
        code: code === 0 ? X509.V_ERR_UNSPECIFIED : code,
        at: Math.max(0, f.X509_STORE_CTX_get_error_depth(context))
      }
    }
    // The path that was verified has to be this one, and to its end.
    return this.#reached && this.#isPath(f.X509_STORE_CTX_get0_chain(context))
      ? undefined
      : { code: X509.V_ERR_UNSPECIFIED, at: 0 }
  }

  #isPath(chain: bigint): boolean {
    const { f } = this.#openSsl
    return (
      chain !== 0n &&
      f.OPENSSL_sk_num(chain) === this.#path.length &&
      this.#path.every((certificate, index) => f.OPENSSL_sk_value(chain, index) === certificate)
    )
  }
}
