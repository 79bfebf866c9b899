/** `ghostunnel policy eval`: decides on one certificate as a handshake would, and explains a denial. */
import { Effect, Result } from "effect"
import { type AccessPolicy, loadPolicy } from "../AccessPolicy.ts"
import { readBounded } from "../bundle/BoundedFile.ts"
import { reasonText } from "../Decision.ts"
import { explain } from "../explanation/Explanation.ts"
import { explanationLines } from "../explanation/ExplanationText.ts"
import { Program } from "../explanation/Program.ts"
import { certificateInput, policyInput } from "../PolicyInput.ts"
import { Budget } from "../rego/Budget.ts"
import { pemBlocks } from "../rego/certificates/Pem.ts"
import type { Value } from "../rego/values/Value.ts"
import { type CommandResult, failure, loadFailure, longestEvaluation } from "./CommandResult.ts"

export interface EvalOptions {
  readonly policy: string
  readonly query: string
  readonly certificate: string
}

/** No certificate file is larger, in bytes. */
const largestCertificate = 1024 * 1024

/** The input for the first certificate of a file in PEM or DER. */
const readInput = Effect.fnUntraced(function* (path: string) {
  const bytes = Buffer.from(yield* readBounded(path, largestCertificate))
  const text = bytes.toString("latin1")
  const block = pemBlocks(text).find(({ label }) => label === "CERTIFICATE")
  if (block === undefined && text.includes("-----BEGIN ")) return yield* Effect.fail(`${path} holds no certificate`)
  const certificate = yield* Effect.fromResult(
    Result.mapError(certificateInput(block?.der ?? bytes), (why) => `${path} is no certificate: ${why}`)
  )
  return policyInput(certificate)
})

const explanation = ({ query, source }: AccessPolicy, input: Value): ReadonlyArray<string> => {
  const { data, modules, queryVersion } = source
  const program = new Program({ modules, query, queryVersion, data })
  return explanationLines(explain(program, { input, budget: new Budget({ milliseconds: longestEvaluation }) }))
}

const report = (policy: AccessPolicy, input: Value): CommandResult => {
  const decision = policy.decide(input, { milliseconds: longestEvaluation })
  switch (decision.kind) {
    case "allowed":
      return { code: 0, out: [`allowed: ${policy.query} is true`], err: [] }
    case "denied": {
      const reason = `denied: ${policy.query} ${reasonText(decision.reason)}`
      return { code: 1, out: [reason, ...explanation(policy, input)], err: [] }
    }
    case "failed":
      return failure(decision.message)
    case "interrupted":
      return failure(`the evaluation was stopped: it used up its budget of ${decision.budget}`)
  }
}

/** Evaluates a policy for a certificate. */
export const evalPolicy = Effect.fn("policy.eval")(
  function* (options: EvalOptions) {
    const policy = yield* Effect.mapError(loadPolicy(options.policy, options.query), loadFailure)
    const input = yield* Effect.mapError(readInput(options.certificate), (why) => failure(`--certificate: ${why}`))
    return report(policy, input)
  },
  Effect.catch((result) => Effect.succeed(result))
)
