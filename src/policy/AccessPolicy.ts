/** A policy with its query: loaded once, evaluated for each peer. */
import { Effect, Result } from "effect"
import { type PolicyFiles, type PolicySource, readBundle } from "./bundle/Bundle.ts"
import { readPolicyPath } from "./bundle/PolicyPath.ts"
import { type Decision, decideBy } from "./Decision.ts"
import { fromLoadError, type PolicyLoadError } from "./PolicyLoadError.ts"
import type { Limits } from "./rego/Budget.ts"
import type { Uses } from "./rego/compiler/Uses.ts"
import { compile } from "./rego/Rego.ts"
import { LoadError } from "./rego/syntax/Location.ts"
import type { Value } from "./rego/values/Value.ts"

export interface AccessPolicy {
  readonly query: string
  readonly source: PolicySource
  /** Whether the same certificate always gets the same decision: nothing reads the clock, chance or the connection. */
  readonly isConstant: boolean
  /** Decides on an input document, within the limits. Synchronous, and keeps nothing. */
  readonly decide: (input: Value, limits: Limits) => Decision
}

/** Built-ins whose results differ from one evaluation to the next; tokens and chains are checked against the clock. */
const inconstant = /^(time\.now_ns|rand\.|uuid\.rfc4122|opa\.runtime|io\.jwt\.|crypto\.x509\.parse_and_verify)/

const isConstant = ({ builtins, inputs }: Uses): boolean =>
  [...builtins].every((name) => !inconstant.test(name)) &&
  [...inputs].every((path) => path !== "" && path.split(".")[0] === "certificate")

/** Compiles what was read together with the query. Pure, so that any thread can do it. */
export const compilePolicy = (files: PolicyFiles, query: string): Result.Result<AccessPolicy, PolicyLoadError> =>
  Result.flatMap(readBundle(files), (source) => {
    try {
      const { evaluate, uses } = compile({ modules: source.modules, query, queryVersion: source.queryVersion })
      const { data } = source
      return Result.succeed({
        query,
        source,
        isConstant: isConstant(uses),
        decide: (input, limits) => decideBy(() => evaluate({ input, data, limits }))
      })
    } catch (cause) {
      if (cause instanceof LoadError) return Result.fail(fromLoadError(files.path, cause))
      throw cause
    }
  })

/** Reads and compiles a policy. */
export const loadPolicy = Effect.fn("policy.load")(function* (path: string, query: string) {
  const files = yield* readPolicyPath(path)
  return yield* Effect.fromResult(compilePolicy(files, query))
})
