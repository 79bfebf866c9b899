/** Judges' answers, read with suspicion: what is no verdict is a refusal. Pure. */
import { Effect, Exit } from "effect"
import type { Judge, Pending, PresentedPeer, Verdict } from "../access/Verdict.ts"

type Refusal = Extract<Verdict, { readonly _tag: "Refused" }>

const refused = (message: string): Refusal => ({ _tag: "Refused", reason: "bad_certificate", message })

/** The refusal of a judge that did not give a verdict. */
export const undecided: Refusal = refused("unauthorized: the access decision failed")

/** Of a peer whose verification left no result. */
export const unreadable = refused("tls: failed to verify certificate: the result of the verification is unknown")
/** OpenSSL's verdict where it was not asked for one: what looks at nothing else must refuse. */
export const unverified = "APPLICATION_VERIFICATION"

/** Of a session that was not verified on this connection. */
export const resumed = refused("tls: session resumption is not allowed")

const isVerdict = (value: unknown): value is Verdict => {
  if (typeof value !== "object" || value === null || !("_tag" in value)) return false
  return (
    value._tag === "Admitted" ||
    (value._tag === "Refused" &&
      "reason" in value &&
      typeof value.reason === "string" &&
      "message" in value &&
      typeof value.message === "string")
  )
}

const isPending = (value: unknown): value is Pending =>
  typeof value === "object" &&
  value !== null &&
  "_tag" in value &&
  value._tag === "Pending" &&
  "decide" in value &&
  Effect.isEffect(value.decide)

/** What the judge says of a peer; one that throws, or answers something else, refuses. */
export const askJudge = (judge: Judge, peer: PresentedPeer): Verdict | Pending => {
  try {
    const answer: unknown = judge(peer)
    return isPending(answer) || isVerdict(answer) ? answer : undecided
  } catch {
    return undecided
  }
}

/** Runs a pending decision: `decided` is called once, with a refusal unless it succeeds with a verdict. Returns its interruption. */
export const follow = ({ decide }: Pending, decided: (verdict: Verdict) => void): (() => void) => {
  const fiber = Effect.runFork(decide)
  fiber.addObserver((exit) => decided(Exit.isSuccess(exit) && isVerdict(exit.value) ? exit.value : undecided))
  return () => fiber.interruptUnsafe()
}
