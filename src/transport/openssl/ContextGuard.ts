/**
 * Puts a verification callback of ours on the TLS contexts that Node makes, so that Node's OpenSSL verifies nothing of a
 * peer's chain by itself: the callback looks at what the chain may cost, and `verifyChain` does the rest once the handshake
 * is over. Only contexts that are handed in here are touched, on the thread that made them.
 */
import { createSecureContext, type SecureContext } from "node:tls"
import { contextAddress } from "../node/Internals.ts"
import { type MessageGuard, messageGuard } from "./MessageGuard.ts"
import { loadOpenSsl, type OpenSsl, X509 } from "./OpenSsl.ts"
import { type RefusalHold, refusalHold } from "./RefusalHold.ts"

/** `SSL_CTRL_GET_MIN_PROTO_VERSION` and TLS 1.2, which every context of ours has. */
const getMinimum = 130
const tls12 = 0x303n

/** One per thread. */
export class ContextGuard {
  readonly openSsl: OpenSsl
  readonly messages: MessageGuard
  readonly hold: RefusalHold
  readonly #callback: bigint

  private constructor(openSsl: OpenSsl) {
    this.openSsl = openSsl
    this.messages = messageGuard(openSsl)
    this.hold = refusalHold(openSsl)
    // Runs inside OpenSSL: must not throw.
    this.#callback = openSsl.library.registerCallback({ arguments: ["pointer", "pointer"], return: "i32" }, (store) => {
      if (typeof store !== "bigint") return 0
      openSsl.f.X509_STORE_CTX_set_error(store, X509.V_ERR_APPLICATION_VERIFICATION)
      return 1
    })
  }

  /** The guard of this thread; or why there is none. */
  static load(): ContextGuard | string {
    const openSsl = loadOpenSsl()
    if (openSsl === undefined) return "node:ffi is missing"
    try {
      const guard = new ContextGuard(openSsl)
      const address = guard.install(createSecureContext({ minVersion: "TLSv1.2" }))
      return address === undefined ? "Node hides its TLS contexts" : guard
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause)
    }
  }

  /** Guards a context and gives its address; undefined when it cannot be reached. */
  install(context: SecureContext): bigint | undefined {
    const address = contextAddress(context)
    if (address === undefined) return undefined
    const { f } = this.openSsl
    if (f.SSL_CTX_ctrl(address, getMinimum, 0n, 0n) !== tls12) return undefined
    f.SSL_CTX_set_cert_verify_callback(address, this.#callback, 0n)
    this.messages.install(address)
    return address
  }
}

let current: ContextGuard | string | undefined

/** The calling thread's guard, or why chains are left to Node's own verification here. */
export const contextGuard = (): ContextGuard | string => (current ??= ContextGuard.load())
