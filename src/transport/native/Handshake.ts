/** Takes a TLS handshake to its end and its verdict, within a deadline. Server and client side share it. */
import type { StapleCheck } from "../../access/ocsp/StapleCheck.ts"
import type { PathEngine } from "../../access/PathEngine.ts"
import type { Judge, Verdict } from "../../access/Verdict.ts"
import { connectionFacts } from "../ConnectionFacts.ts"
import { operation } from "../EndpointNames.ts"
import { askJudge, follow as followDecision, resumed, unreadable } from "../JudgeAnswer.ts"
import { refusedMessage } from "../openssl/MessageGuard.ts"
import { codeOf } from "../SystemErrors.ts"
import * as Timer from "../Timer.ts"
import { type Explained, explainHandshake } from "../TlsErrors.ts"
import type { Descriptor } from "./Descriptor.ts"
import { Epoll } from "./Layout.ts"
import type { Native } from "./Native.ts"
import { type Ends, NativeStream } from "./NativeStream.ts"
import type { TlsSession } from "./TlsSession.ts"
import type { Examination } from "./Verifier.ts"

/** A handshake under way. */
export interface HandshakePlan {
  readonly session: TlsSession
  readonly descriptor: Descriptor
  readonly role: "server" | "client"
  readonly certificateAsked: boolean
  readonly judge: Judge
  readonly checkStaple?: StapleCheck | undefined
  readonly paths: PathEngine
  readonly deadline: number
  readonly ends: Ends
  readonly done: (stream: NativeStream) => void
  readonly failed: (why: Explained) => void
}

const timedOut: Explained = { reason: "timeout", message: "context deadline exceeded" }

/** Follows the handshake to its end: `done` or `failed` is called once, unless the given-back function cancels it. */
export const follow = (native: Native, plan: HandshakePlan): (() => void) => {
  const { descriptor, ends, judge, paths, role, session } = plan
  const connection = () => connectionFacts(ends.remote, session.negotiated())
  const examination: Examination = { role, judge, paths, connection, fd: descriptor.fd, chain: [], verdict: undefined }
  let over = false
  let interruptDecision = () => {}

  const release = () => {
    over = true
    interruptDecision()
    cancelTimer()
    descriptor.wait(0)
  }
  const drop = () => {
    session.free()
    descriptor.close()
  }
  const fail = (why: Explained) => {
    if (over) return
    release()
    // What is unread would make the kernel send a reset, which overtakes the alert.
    if (session.failed)
      native.thread.f.read(descriptor.fd, native.thread.scratch.at, native.thread.scratch.bytes.length)
    drop()
    plan.failed(why)
  }
  const refuse = (verdict: Extract<Verdict, { _tag: "Refused" }>) =>
    fail({ reason: verdict.reason, message: verdict.message })

  const conclude = (verdict: Verdict) => {
    if (over) return
    if (verdict._tag === "Refused") return refuse(verdict)
    const problem = plan.checkStaple?.(examination.chain, session.staple)
    if (problem !== undefined) return fail(problem)
    release()
    const facts = session.facts(examination.chain, verdict.by)
    // The client's last word went unanswered: where Nagle's algorithm is on, its first bytes wait for an acknowledgement.
    if (role === "server" && facts.version === "TLS 1.3") native.sockets.acknowledge(descriptor.fd)
    plan.done(new NativeStream(native, descriptor, session, ends, facts))
  }
  /** The verdict on a finished handshake: that of the verification, which only servers that request no certificates lack. */
  const answer = () => {
    if (session.resumed) return resumed
    if (examination.verdict !== undefined) return examination.verdict
    return plan.certificateAsked ? unreadable : askJudge(judge, { chain: [], chainError: undefined })
  }
  const finished = () => {
    const verdict = answer()
    if (verdict._tag !== "Pending") return conclude(verdict)
    descriptor.wait(0)
    interruptDecision = followDecision(verdict, conclude)
  }
  const step = () => {
    if (over) return
    const next = session.handshake(native.verifier, examination)
    if (next === "done") return finished()
    if (next !== "failed") return descriptor.wait(next === "read" ? Epoll.IN : Epoll.OUT)
    const { verdict } = examination
    if (verdict?._tag === "Refused") return refuse(verdict)
    const refused =
      codeOf(session.error) === "ERR_SSL_LENGTH_MISMATCH" ? refusedMessage(native.messages, role) : undefined
    if (refused !== undefined) return fail(refused)
    fail(explainHandshake(session.error, role, operation("read", ends.local, ends.remote), session.version))
  }
  const cancelTimer = Timer.at(plan.deadline, () => fail(timedOut))
  descriptor.onReady = step
  step()
  return () => {
    if (over) return
    release()
    drop()
  }
}
