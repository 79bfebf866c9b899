/** A policy as handshakes ask it: synchronous, within a budget, and a refusal in every case but one. */
import { hash } from "node:crypto"
import { Result } from "effect"
import { bounded } from "../access/EscapedText.ts"
import type { PeerPolicy, Verdict } from "../access/Verdict.ts"
import { type AccessPolicy, compilePolicy } from "./AccessPolicy.ts"
import type { PolicyFiles } from "./bundle/Bundle.ts"
import { type DenialReason, reasonText } from "./Decision.ts"
import { explain } from "./explanation/Explanation.ts"
import { Program } from "./explanation/Program.ts"
import { certificateInput, policyInput } from "./PolicyInput.ts"
import type { PolicyLoadError } from "./PolicyLoadError.ts"
import { Budget } from "./rego/Budget.ts"
import type { RegoObject, Value } from "./rego/values/Value.ts"

/** What one evaluation in a handshake may take; the thread serves no other connection meanwhile. */
const limits = { steps: 1_000_000, milliseconds: 10 }
/** The same for the explanation of a refusal, which costs several evaluations. */
const explanationLimits = { steps: 100_000, milliseconds: 2 }
/** Certificates whose input, and verdict where it is constant, are kept by a generation. */
const remembered = 256

interface Known {
  readonly input: RegoObject
  verdict?: Verdict
}

const refuse = (message: string): Verdict => ({ _tag: "Refused", reason: "acl", message: `unauthorized: ${message}` })

/** The body that came closest to allowing, and the line of it that fails. */
const nearestOf = (program: Program, input: Value): string | undefined => {
  const [closest] = explain(program, { input, budget: new Budget(explanationLimits) })
  const line = closest?.lines.find(({ state }) => state === "fails")
  if (closest === undefined || line === undefined) return undefined
  return bounded(`${closest.rule} at ${closest.file}:${closest.row} fails in line ${line.row}: ${line.text}`, 200)
}

const denied = (query: string, reason: DenialReason, nearest: string | undefined): Verdict => {
  const presented = bounded(`${query} ${reasonText(reason)}`, 200)
  const detail = nearest === undefined ? presented : `${presented}; closest rule: ${nearest}`
  return {
    _tag: "Refused",
    reason: "acl",
    message: `unauthorized: invalid principal, or principal not allowed (${detail})`,
    why: { presented, required: bounded(query, 200), nearest }
  }
}

class Evaluator {
  readonly #policy: AccessPolicy
  readonly #known = new Map<string, Known>()
  #program: Program | undefined

  constructor(policy: AccessPolicy) {
    this.#policy = policy
  }

  readonly decide: PeerPolicy = (leaf, connection) => {
    const known = this.#recall(leaf)
    if (Result.isFailure(known)) {
      return refuse(`the policy cannot read the certificate: ${bounded(known.failure, 200)}`)
    }
    const { isConstant } = this.#policy
    if (isConstant && known.success.verdict !== undefined) return known.success.verdict
    const verdict = this.#evaluate(policyInput(known.success.input, isConstant ? undefined : connection()))
    if (isConstant) known.success.verdict = verdict
    return verdict
  }

  #recall(leaf: Uint8Array): Result.Result<Known, string> {
    const key = hash("sha256", leaf, "base64")
    const found = this.#known.get(key)
    if (found !== undefined) return Result.succeed(found)
    return Result.map(certificateInput(leaf), (input) => {
      const [oldest] = this.#known.keys()
      if (this.#known.size >= remembered && oldest !== undefined) this.#known.delete(oldest)
      const known: Known = { input }
      this.#known.set(key, known)
      return known
    })
  }

  #evaluate(input: RegoObject): Verdict {
    const { query } = this.#policy
    const decision = this.#policy.decide(input, limits)
    switch (decision.kind) {
      case "allowed":
        return { _tag: "Admitted", by: `policy ${bounded(query, 100)}` }
      case "denied":
        return denied(query, decision.reason, this.#nearest(input))
      case "failed":
        return refuse(bounded(decision.message, 400))
      case "interrupted":
        return refuse(`the policy used up its budget of ${decision.budget}`)
    }
  }

  #nearest(input: RegoObject): string | undefined {
    const { query, source } = this.#policy
    const { data, modules, queryVersion } = source
    this.#program ??= new Program({ modules, query, queryVersion, data })
    return nearestOf(this.#program, input)
  }
}

/** Compiles a policy for the handshakes of one generation on one thread. */
export const peerPolicy = (files: PolicyFiles, query: string): Result.Result<PeerPolicy, PolicyLoadError> =>
  Result.map(compilePolicy(files, query), (policy) => new Evaluator(policy).decide)
