/** Compares the outcome at both ends of a connection with its plan. */
import type { Plan } from "./Plan.ts"
import type { Outcome } from "./TrafficPeer.ts"

/** The verdict on a connection. */
export type Verdict =
  /** Every byte arrived, and EOF at both ends. */
  | { readonly _tag: "Exact" }
  /** The plan or the fuzzer broke the connection; everything that arrived before was correct. */
  | { readonly _tag: "Cut" }
  /** The client was rejected, and the backend received nothing from it. */
  | { readonly _tag: "Unserved"; readonly why: string }
  | { readonly _tag: "Broken"; readonly why: string }

/** Outcomes of both ends; the backend's is undefined if no connection arrived. */
export interface Ends {
  readonly client: Outcome
  readonly backend: Outcome | undefined
}

const flaws = (name: string, { error, stuck, wrongAt }: Outcome): ReadonlyArray<string> => [
  ...(stuck ? [`${name}: not over in time${error === undefined ? "" : ` (${error})`}`] : []),
  ...(wrongAt === undefined ? [] : [`${name}: byte ${wrongAt} is wrong`])
]

const incomplete = (name: string, outcome: Outcome, own: number, expected: number): ReadonlyArray<string> => [
  ...(outcome.error === undefined ? [] : [`${name}: ${outcome.error}`]),
  ...(outcome.sent === own ? [] : [`${name}: sent ${outcome.sent} of ${own} bytes`]),
  ...(outcome.received === expected ? [] : [`${name}: received ${outcome.received} of ${expected} bytes`]),
  ...(outcome.ended ? [] : [`${name}: saw no end`])
]

/** Judges a connection. If it was damaged, only failures that the damage does not explain count. */
export const judge = (plan: Plan, { backend, client }: Ends, damaged: boolean): Verdict => {
  const grave = [
    ...(damaged ? flaws("client", { ...client, stuck: false }) : flaws("client", client)),
    ...(backend === undefined ? [] : flaws("backend", backend))
  ]
  if (grave.length > 0) return { _tag: "Broken", why: grave.join("; ") }
  if (damaged || plan.fault !== undefined) return { _tag: "Cut" }
  if (backend === undefined) {
    const why = client.error ?? "closed"
    return client.received === 0 ? { _tag: "Unserved", why } : { _tag: "Broken", why: `${why}, and bytes from nowhere` }
  }
  const missing = [
    ...incomplete("client", client, plan.client.total, plan.backend.total),
    ...incomplete("backend", backend, plan.backend.total, plan.client.total)
  ]
  return missing.length === 0 ? { _tag: "Exact" } : { _tag: "Broken", why: missing.join("; ") }
}
