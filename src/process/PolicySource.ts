/** The Rego policy of a tunnel, from its files. */
import { Effect } from "effect"
import type { AccessRules } from "../config/AccessRules.ts"
import type { PolicyMaterial } from "../credentials/TlsMaterial.ts"

/**
 * Reads and compiles the policy that the rules name; undefined where they name none. What is compiled here only shows that it
 * can be: threads that complete handshakes compile for themselves.
 */
export const readPolicy = Effect.fn("Process.readPolicy")(function* (
  access: AccessRules
): Effect.fn.Return<PolicyMaterial | undefined, { readonly message: string }> {
  if (access._tag !== "Policy") return undefined
  const { path, query } = access
  const { loadPolicyFiles, renderLoadError } = yield* Effect.promise(() => import("../policy/LoadPolicy.ts"))
  const files = yield* Effect.mapError(loadPolicyFiles(path, query), (error) => ({ message: renderLoadError(error) }))
  return { files, query }
})
