/**
 * Looks at a peer's Certificate message before OpenSSL reads the certificates in it, which costs more than all else for some:
 * one that exceeds a limit never gets that far. OpenSSL shows messages to a callback that cannot refuse them, so the
 * callback makes such a message unreadable: the length of its list becomes one that cannot be, and the handshake ends with
 * `decode_error`. Certificates that keep the limits are left as they are. ClientHellos lose an extension
 * (`ClientHelloMessage`). One guard per thread, for both transports.
 */
import { chainLimitProblem, chainLimits } from "../../access/ChainLimits.ts"
import { certificatesIn, isCertificateMessage, listLengthAt } from "./CertificateMessage.ts"
import { hideSignatureAlgorithmsCert, isClientHello } from "./ClientHelloMessage.ts"
import { longestCertificates, type OpenSsl, X509 } from "./OpenSsl.ts"
import { type RefusalHold, refusalHold } from "./RefusalHold.ts"

/** `SSL3_RT_HANDSHAKE`. */
const handshakeRecord = 22
const tls13 = 0x304
/** `HandshakeType.finished`. */
const finishedType = 20

export class MessageGuard {
  readonly #openSsl: OpenSsl
  readonly #hold: RefusalHold
  readonly #callback: bigint
  #refusal: string | undefined

  constructor(openSsl: OpenSsl) {
    this.#openSsl = openSsl
    this.#hold = refusalHold(openSsl)
    this.#callback = openSsl.library.registerCallback(
      { arguments: ["i32", "i32", "i32", "pointer", "u64", "pointer", "pointer"], return: "void" },
      (sent, version, type, message, length, ssl, argument) => {
        if (sent !== 0 || type !== handshakeRecord || typeof message !== "bigint" || typeof ssl !== "bigint") return
        this.#look(message, Number(length), version === tls13, ssl, argument)
      }
    )
  }

  /** Guards the connections of a context (`SSL_CTX`). */
  install(context: bigint): void {
    const { f } = this.#openSsl
    f.SSL_CTX_set_msg_callback(context, this.#callback)
    f.SSL_CTX_ctrl(context, X509.CTRL_SET_MAX_CERT_LIST, BigInt(longestCertificates), 0n)
  }

  /**
   * The limit that the message looked at last exceeded, to follow "client sent", once. The handshake fails in the same turn:
   * nothing else has come between.
   */
  takeRefusal(): string | undefined {
    const refusal = this.#refusal
    this.#refusal = undefined
    return refusal
  }

  /**
   * States the descriptor behind the next connections of a context, where OpenSSL does not know it: what is sent
   * through Node's sockets. Asked for only while the handshake of such a connection runs.
   */
  nextDescriptor(context: bigint, fd: number): void {
    this.#openSsl.f.SSL_CTX_ctrl(context, X509.CTRL_SET_MSG_CALLBACK_ARG, 0n, BigInt(fd + 1))
  }

  /** Runs inside OpenSSL: must not throw. */
  #look(at: bigint, length: number, isTls13: boolean, ssl: bigint, argument: unknown): void {
    let message: Uint8Array | undefined
    try {
      message = new Uint8Array(this.#openSsl.ffi.toArrayBuffer(at, length, false))
      if (isClientHello(message)) return hideSignatureAlgorithmsCert(message)
      const certificates = isCertificateMessage(message)
      // Nothing behind these is of interest, least of all each record of the connection.
      if (certificates || message[0] === finishedType) this.#openSsl.f.SSL_set_msg_callback(ssl, 0n)
      if (!certificates) return
      this.#refusal = chainLimitProblem(certificatesIn(message, isTls13, chainLimits.certificates + 1))
      if (this.#refusal === undefined) return
      spoil(message, isTls13)
      this.#holdBack(ssl, argument)
    } catch {
      this.#refusal = "certificates that cannot be read"
      if (message !== undefined) spoil(message, isTls13)
    }
  }

  #holdBack(ssl: bigint, argument: unknown): void {
    if (this.#openSsl.f.SSL_is_server(ssl) !== 1) return
    const own = this.#openSsl.f.SSL_get_fd(ssl)
    this.#hold.hold(own >= 0 ? own : typeof argument === "bigint" ? Number(argument) - 1 : -1)
  }
}

const spoil = (message: Uint8Array, isTls13: boolean): void => {
  const at = listLengthAt(message, isTls13)
  message.fill(0xff, at, at + 3)
}

const guards = new WeakMap<OpenSsl, MessageGuard>()

/** The guard of the thread that this OpenSSL belongs to. */
export const messageGuard = (openSsl: OpenSsl): MessageGuard => {
  const known = guards.get(openSsl)
  if (known !== undefined) return known
  const made = new MessageGuard(openSsl)
  guards.set(openSsl, made)
  return made
}

/** Why the handshake that has just failed was made to fail by the guard; undefined when it was not. */
export const refusedMessage = (guard: MessageGuard, role: "server" | "client") => {
  const problem = guard.takeRefusal()
  if (problem === undefined) return undefined
  const peer = role === "server" ? "client" : "server"
  return { reason: "bad_certificate", message: `tls: ${peer} sent ${problem}` } as const
}
