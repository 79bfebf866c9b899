/** Whether what both ends of a connection saw is what was planned. */
import type { Plan } from "./Plan.ts"
import type { Outcome } from "./TrafficPeer.ts"

/** What became of a connection. */
export type Verdict =
  /** Every byte arrived, and both ends. */
  | { readonly _tag: "Exact" }
  /** An end broke the rules, or the wire was damaged; what arrived until then was right. */
  | { readonly _tag: "Cut" }
  /** The client was turned away, and the backend saw nothing of it. */
  | { readonly _tag: "Unserved"; readonly why: string }
  | { readonly _tag: "Broken"; readonly why: string }

/** Both ends; the backend's is undefined when nobody came. */
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

/** Judges a connection. On a damaged wire only what cannot be excused by that counts. */
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
