/** Waits for a TLS handshake and its verdict, within a deadline. Server and client side share it. */
import type { TLSSocket } from "node:tls"
import { Result } from "effect"
import type { StapleCheck } from "../../access/ocsp/StapleCheck.ts"
import type { PathEngine } from "../../access/PathEngine.ts"
import type { Judge, Verdict } from "../../access/Verdict.ts"
import { versionNumber } from "../../config/OfferedVersions.ts"
import { connectionFacts } from "../ConnectionFacts.ts"
import { operation } from "../EndpointNames.ts"
import * as JudgeAnswer from "../JudgeAnswer.ts"
import { contextGuard } from "../openssl/ContextGuard.ts"
import { refusedMessage } from "../openssl/MessageGuard.ts"
import { longChain } from "../openssl/RefusalHold.ts"
import { codeOf } from "../SystemErrors.ts"
import * as Timer from "../Timer.ts"
import { type Explained, explainHandshake } from "../TlsErrors.ts"
import type { EndpointName, TlsFacts } from "../Transport.ts"
import { NodeStream } from "./NodeStream.ts"
import { judgePeer } from "./PeerVerdict.ts"

/** A handshake under way. */
export interface HandshakePlan {
  readonly socket: TLSSocket
  /** The descriptor below; undefined where Node does not tell. */
  readonly fd: number | undefined
  readonly role: "server" | "client"
  readonly certificateAsked: boolean
  readonly judge: Judge
  readonly checkStaple?: StapleCheck | undefined
  readonly paths: PathEngine | undefined
  readonly deadline: number
  readonly remote: EndpointName
  readonly local: EndpointName
  readonly done: (stream: NodeStream) => void
  readonly failed: (why: Explained) => void
}

/** The deadline has passed. */
export const timedOut: Explained = { reason: "timeout", message: "context deadline exceeded" }
const ended: Explained = { reason: "eof", message: "EOF" }

const text = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined)

/** Node reads the name's bytes as Latin-1; they are UTF-8. */
const protocol = (socket: TLSSocket): string | undefined => {
  const name = text(socket.alpnProtocol)
  return name === undefined ? undefined : Buffer.from(name, "latin1").toString()
}

/** What is settled once the handshake is over. */
const negotiated = (socket: TLSSocket): Pick<TlsFacts, "version" | "serverName" | "alpn"> => ({
  version: socket.getProtocol() === "TLSv1.3" ? "TLS 1.3" : "TLS 1.2",
  serverName: text(socket.servername),
  alpn: protocol(socket)
})

const factsOf = (
  socket: TLSSocket,
  role: "server" | "client",
  peerChain: ReadonlyArray<Uint8Array>,
  admittedBy: string
): TlsFacts => {
  const key: unknown = role === "client" ? socket.getEphemeralKeyInfo() : undefined
  return {
    ...negotiated(socket),
    cipher: socket.getCipher().name,
    group: typeof key === "object" && key !== null && "name" in key ? text(key.name) : undefined,
    peerChain,
    admittedBy
  }
}

/** A chain that exceeds a limit ends the handshake before anything of it is verified. */
const refusedChain = (error: Error, { paths, role }: HandshakePlan): Explained | undefined => {
  if (paths === undefined || codeOf(error) !== "ERR_SSL_LENGTH_MISMATCH") return undefined
  const guard = contextGuard()
  return typeof guard === "string" ? undefined : refusedMessage(guard.messages, role)
}

/** The version that the client's first message stated, after a handshake that failed for want of a common one. */
const statedVersion = (socket: TLSSocket): number | undefined =>
  Result.getOrUndefined(Result.try(() => versionNumber(socket.getProtocol())))

/** Wraps a socket in TLS; what Node throws about it ends this connection and no other. */
export const startTls = (wrap: () => TLSSocket): Result.Result<TLSSocket, string> =>
  Result.try({ try: wrap, catch: (cause) => `tls: ${cause instanceof Error ? cause.message : String(cause)}` })

/** Follows the handshake to its end: `done` or `failed` is called once, unless the given-back function cancels it. */
export const follow = (plan: HandshakePlan): (() => void) => {
  const { socket } = plan
  const read = operation("read", plan.local, plan.remote)
  let judged = false
  let over = false
  let interruptDecision = () => {}
  let staple: Uint8Array | undefined
  if (plan.checkStaple !== undefined) {
    socket.once("OCSPResponse", (response: unknown) => {
      if (response instanceof Uint8Array && response.length > 0) staple = response
    })
  }

  const release = () => {
    over = true
    interruptDecision()
    cancelTimer()
    socket.off(event, onSecure).off("end", onEnd).off("close", onClose).off("error", onError).off("_tlsError", onError)
  }
  const fail = (why: Explained) => {
    if (over) return
    release()
    socket.destroy()
    plan.failed(why)
  }
  const conclude = (verdict: Verdict, chain: ReadonlyArray<Uint8Array>) => {
    if (verdict._tag === "Refused") {
      const guard = chain.length > longChain ? contextGuard() : undefined
      if (typeof guard === "object" && plan.fd !== undefined) guard.hold.hold(plan.fd)
      return fail({ reason: verdict.reason, message: verdict.message })
    }
    if (socket.destroyed) return fail(ended)
    const problem = plan.checkStaple?.(chain, staple)
    if (problem !== undefined) return fail(problem)
    const stream = new NodeStream(socket, plan, { tls: factsOf(socket, plan.role, chain, verdict.by) })
    release()
    plan.done(stream)
  }
  const onSecure = () => {
    if (judged) return
    judged = true
    const { chain, verdict } = judgePeer(socket, plan.judge, plan.certificateAsked, plan.paths, () =>
      connectionFacts(plan.remote, negotiated(socket))
    )
    if (verdict._tag !== "Pending") return conclude(verdict, chain)
    interruptDecision = JudgeAnswer.follow(verdict, (decided) => over || conclude(decided, chain))
  }
  // After the handshake a FIN is the peer's half-close: the pump deals with it.
  const onEnd = () => {
    if (!judged) fail(ended)
  }
  const onClose = () => fail(ended)
  const onError = (error: Error) =>
    fail(refusedChain(error, plan) ?? explainHandshake(error, plan.role, read, statedVersion(socket)))
  const event = plan.role === "server" ? "secure" : "secureConnect"
  const cancelTimer = Timer.at(plan.deadline, () => fail(timedOut))
  socket.on("error", () => {})
  socket.on(event, onSecure).on("end", onEnd).on("close", onClose).on("error", onError)
  socket.on("_tlsError", onError)
  return () => {
    release()
    socket.destroy()
  }
}
