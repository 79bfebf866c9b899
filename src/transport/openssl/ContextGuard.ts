/**
 * Puts a verification callback of ours on the TLS contexts that Node makes, so that Node's OpenSSL verifies nothing of a
 * peer's chain by itself: the callback looks at what the chain may cost, and `verifyChain` does the rest once the handshake
 * is over. Only contexts that are handed in here are touched, on the thread that made them.
 */
import { createSecureContext, type SecureContext } from "node:tls"
import { inspect } from "node:util"
import { type MessageGuard, messageGuard } from "./MessageGuard.ts"
import { loadOpenSsl, type OpenSsl, X509 } from "./OpenSsl.ts"

/** The address of the `SSL_CTX` behind a context: Node shows it as `[External: <hexadecimal>]`. */
const addressOf = (context: SecureContext): bigint | undefined => {
  const inner: unknown = Reflect.get(context, "context")
  if (typeof inner !== "object" || inner === null) return undefined
  const address = /^\[External: (?:0x)?([0-9a-f]{6,16})\]$/.exec(inspect(Reflect.get(inner, "_external")))?.[1]
  return address === undefined ? undefined : BigInt(`0x${address}`)
}

/** `SSL_CTRL_GET_MIN_PROTO_VERSION` and TLS 1.2, which every context of ours has. */
const getMinimum = 130
const tls12 = 0x303n

/** One per thread. */
export class ContextGuard {
  readonly openSsl: OpenSsl
  readonly messages: MessageGuard
  readonly #callback: bigint

  private constructor(openSsl: OpenSsl) {
    this.openSsl = openSsl
    this.messages = messageGuard(openSsl)
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
      return guard.install(createSecureContext({ minVersion: "TLSv1.2" })) ? guard : "Node hides its TLS contexts"
    } catch (cause) {
      return cause instanceof Error ? cause.message : String(cause)
    }
  }

  /** Guards a context; false when it cannot be reached. */
  install(context: SecureContext): boolean {
    const address = addressOf(context)
    if (address === undefined) return false
    const { f } = this.openSsl
    if (f.SSL_CTX_ctrl(address, getMinimum, 0n, 0n) !== tls12) return false
    f.SSL_CTX_set_cert_verify_callback(address, this.#callback, 0n)
    this.messages.install(address)
    return true
  }
}

let current: ContextGuard | string | undefined

/** The calling thread's guard, or why chains are left to Node's own verification here. */
export const contextGuard = (): ContextGuard | string => (current ??= ContextGuard.load())
