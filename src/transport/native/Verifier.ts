/**
 * The access decision inside the handshake: OpenSSL asks, JavaScript answers, and a refused peer gets the alert that says so.
 * Whatever goes wrong on the way is a refusal.
 */
import { Buffer } from "node:buffer"
import type { Judge, Pending, Verdict } from "../../access/Verdict.ts"
import { askJudge, unreadable } from "../JudgeAnswer.ts"
import { Memory, type NativeThread } from "./NativeThread.ts"
import { alertError, verifyErrorName } from "./VerifyErrors.ts"

/** One handshake's question and, once it was asked, its answer. */
export interface Examination {
  readonly role: "server" | "client"
  readonly judge: Judge
  /** DER, leaf first. */
  chain: ReadonlyArray<Uint8Array>
  verdict: Verdict | Pending | undefined
}

/** More certificates than OpenSSL verifies are not looked at. */
const longestChain = 100
/** OpenSSL takes no longer chain than 100 KiB. */
const derSize = 128 * 1024
/** `X509_V_ERR_UNSPECIFIED`. */
const unspecified = 1

/** The verification callback of one thread. */
export class Verifier {
  /** For `SSL_CTX_set_cert_verify_callback`. */
  readonly callback: bigint
  readonly #thread: NativeThread
  readonly #der: Memory
  readonly #cursor: Memory
  /** For `X509_STORE_CTX_set_verify_cb`. */
  readonly #noticing: bigint
  #current: Examination | undefined
  /** The last flaw that the verification under way has met; 0 for none. */
  #flaw = 0

  constructor(thread: NativeThread) {
    this.#thread = thread
    this.#der = new Memory(thread.bound, derSize)
    this.#cursor = new Memory(thread.bound, 8)
    this.callback = thread.bound.library.registerCallback(
      { arguments: ["pointer", "pointer"], return: "i32" },
      (store) => (typeof store === "bigint" ? this.#answer(store) : 0)
    )
    this.#noticing = thread.bound.library.registerCallback(
      { arguments: ["i32", "pointer"], return: "i32" },
      (ok, store) => (typeof store === "bigint" ? this.#notice(ok, store) : 0)
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
      const { f } = this.#thread
      examination.verdict = unreadable
      const chain = this.#chainOf(store)
      this.#flaw = 0
      f.X509_STORE_CTX_set_verify_cb(store, this.#noticing)
      const verified = f.X509_verify_cert(store) === 1
      const name = verifyErrorName(this.#flaw || f.X509_STORE_CTX_get_error(store))
      if (chain === undefined) return this.#refuse(store, alertError(examination.role, "bad_certificate"))
      examination.chain = chain
      const verdict = askJudge(examination.judge, { chain, chainError: verified ? name : (name ?? "UNSPECIFIED") })
      examination.verdict = verdict
      if (verdict._tag === "Refused") return this.#refuse(store, alertError(examination.role, verdict.reason))
      f.X509_STORE_CTX_set_error(store, 0)
      return 1
    } catch {
      if (examination !== undefined) examination.verdict = unreadable
      return 0
    }
  }

  /** Lets the verification go on after a flaw, as Node's does: the last one counts. Runs inside OpenSSL: must not throw. */
  #notice(ok: unknown, store: bigint): number {
    try {
      if (ok !== 1) this.#flaw = this.#thread.f.X509_STORE_CTX_get_error(store) || unspecified
      return 1
    } catch {
      this.#flaw = unspecified
      return 0
    }
  }

  #refuse(store: bigint, error: number): number {
    this.#thread.f.X509_STORE_CTX_set_error(store, error)
    return 0
  }

  /** The certificates as the peer sent them; undefined when they cannot be read. */
  #chainOf(store: bigint): ReadonlyArray<Uint8Array> | undefined {
    const { f } = this.#thread
    const sent = f.X509_STORE_CTX_get0_untrusted(store)
    const leaf = this.#derOf(f.X509_STORE_CTX_get0_cert(store))
    if (leaf === undefined) return undefined
    const chain = [Buffer.from(leaf)]
    const count = sent === 0n ? 0 : Math.min(longestChain, f.OPENSSL_sk_num(sent))
    for (let i = 1; i < count; i++) {
      const der = this.#derOf(f.OPENSSL_sk_value(sent, i))
      if (der === undefined) return undefined
      // One that comes twice is shown once, as Node's transport does.
      if (!chain.some((known) => known.equals(der))) chain.push(Buffer.from(der))
    }
    return chain
  }

  #derOf(certificate: bigint): Uint8Array | undefined {
    const { f } = this.#thread
    if (certificate === 0n) return undefined
    const length = f.i2d_X509(certificate, 0n)
    if (length <= 0 || length > derSize) return undefined
    this.#cursor.bytes.writeBigUInt64LE(this.#der.at)
    if (f.i2d_X509(certificate, this.#cursor.at) !== length) return undefined
    return new Uint8Array(this.#der.bytes.subarray(0, length))
  }
}
