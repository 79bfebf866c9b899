/**
 * The access decision inside the handshake: OpenSSL asks, JavaScript answers, and a refused peer gets the alert that says so.
 * OpenSSL's own verification does not run here: what a chain may cost, and whether it leads to a trust anchor, is decided
 * where the judge asks for it (`access/ChainVerifier`). Whatever goes wrong on the way is a refusal.
 */
import { chainLimits } from "../../access/ChainLimits.ts"
import type { PathEngine } from "../../access/PathEngine.ts"
import type { ConnectionFacts, Judge, Pending, Verdict } from "../../access/Verdict.ts"
import { askJudge, unreadable, unverified } from "../JudgeAnswer.ts"
import type { OpenSsl } from "../openssl/OpenSsl.ts"
import { longChain, type RefusalHold, refusalHold } from "../openssl/RefusalHold.ts"
import { alertError } from "../openssl/VerifyErrors.ts"
import type { NativeThread } from "./NativeThread.ts"

/** One handshake's question and, once it was asked, its answer. */
export interface Examination {
  readonly role: "server" | "client"
  readonly judge: Judge
  readonly paths: PathEngine
  readonly connection: () => ConnectionFacts
  /** The connection's socket. */
  readonly fd: number
  /** DER, leaf first. */
  chain: ReadonlyArray<Uint8Array>
  verdict: Verdict | Pending | undefined
}

/** The verification callback of one thread. */
export class Verifier {
  /** For `SSL_CTX_set_cert_verify_callback`. */
  readonly callback: bigint
  readonly #thread: NativeThread
  readonly #openSsl: OpenSsl
  readonly #hold: RefusalHold
  #current: Examination | undefined

  constructor(thread: NativeThread, openSsl: OpenSsl) {
    this.#thread = thread
    this.#openSsl = openSsl
    this.#hold = refusalHold(openSsl)
    this.callback = thread.bound.library.registerCallback(
      { arguments: ["pointer", "pointer"], return: "i32" },
      (store) => (typeof store === "bigint" ? this.#answer(store) : 0)
    )
  }

  /** Takes a handshake as far as it goes; the question it may raise is this one. */
  handshake(ssl: bigint, examination: Examination): number {
    this.#current = examination
    try {
      return this.#thread.f.SSL_do_handshake(ssl)
    } finally {
      this.#current = undefined
    }
  }

  /** Runs inside OpenSSL: must not throw. */
  #answer(store: bigint): number {
    const examination = this.#current
    try {
      if (examination === undefined) return 0
      const { connection, judge, paths, role } = examination
      examination.verdict = unreadable
      const chain = this.#openSsl.presented(store, chainLimits.certificates + 1)
      if (chain === undefined) return this.#refuse(store, alertError(role, "bad_certificate"))
      examination.chain = chain
      const verdict = askJudge(judge, { chain, chainError: unverified, paths, connection })
      examination.verdict = verdict
      if (verdict._tag === "Refused") {
        if (role === "server" && chain.length > longChain) this.#hold.hold(examination.fd)
        return this.#refuse(store, alertError(role, verdict.reason))
      }
      this.#openSsl.f.X509_STORE_CTX_set_error(store, 0)
      return 1
    } catch {
      if (examination !== undefined) examination.verdict = unreadable
      return 0
    } finally {
      this.#openSsl.endCallback()
    }
  }

  #refuse(store: bigint, error: number): number {
    this.#openSsl.f.X509_STORE_CTX_set_error(store, error)
    return 0
  }
}
