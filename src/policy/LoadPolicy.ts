/** Reads a policy for tunnels: its files, once they are known to compile. */
import { Effect } from "effect"
import { compilePolicy } from "./AccessPolicy.ts"
import { readPolicyPath } from "./bundle/PolicyPath.ts"

export { renderLoadError } from "./PolicyLoadError.ts"

export const loadPolicyFiles = Effect.fn("policy.loadFiles")(function* (path: string, query: string) {
  const files = yield* readPolicyPath(path)
  yield* Effect.fromResult(compilePolicy(files, query))
  return files
})
