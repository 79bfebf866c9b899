/** Built-ins that would reach out of the evaluation: here they see nothing and change nothing. */
import { any, anyObject, boolean, string } from "../Type.ts"
import { emptyObject } from "../values/Collections.ts"
import { type Builtin, define } from "./Builtin.ts"
import { Operands } from "./Operands.ts"

export const environment: ReadonlyArray<Builtin> = [
  // Neither environment variables nor a configuration are shown to policies.
  define("opa.runtime", [], anyObject, () => emptyObject),
  define("trace", [string], boolean, (args) => new Operands("trace", args).string(1) !== undefined),
  define("internal.print", [any], boolean, () => true)
]
