/** A policy with its query: loaded once, evaluated for each peer. */
import { Effect, Result } from "effect"
import { type PolicyFiles, type PolicySource, readBundle } from "./bundle/Bundle.ts"
import { readPolicyPath } from "./bundle/PolicyPath.ts"
import { type Decision, decideBy } from "./Decision.ts"
import { fromLoadError, type PolicyLoadError } from "./PolicyLoadError.ts"
import type { Limits } from "./rego/Budget.ts"
import { compile } from "./rego/Rego.ts"
import { LoadError } from "./rego/syntax/Location.ts"
import type { Value } from "./rego/values/Value.ts"

export interface AccessPolicy {
  readonly query: string
  readonly source: PolicySource
  /** Decides on an input document, within the limits. Synchronous, and keeps nothing. */
  readonly decide: (input: Value, limits: Limits) => Decision
}

/** Compiles what was read together with the query. Pure, so that any thread can do it. */
export const compilePolicy = (files: PolicyFiles, query: string): Result.Result<AccessPolicy, PolicyLoadError> =>
  Result.flatMap(readBundle(files), (source) => {
    try {
      const { evaluate } = compile({ modules: source.modules, query, queryVersion: source.queryVersion })
      const { data } = source
      return Result.succeed({
        query,
        source,
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
