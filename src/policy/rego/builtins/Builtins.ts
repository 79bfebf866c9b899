/** The table of all built-ins. */
import { aggregates } from "./Aggregates.ts"
import { arithmetic } from "./Arithmetic.ts"
import type { Builtin } from "./Builtin.ts"
import { comparison } from "./Comparison.ts"
import { refused } from "./Refused.ts"
import { setOperators } from "./SetOperators.ts"

const families: ReadonlyArray<ReadonlyArray<Builtin>> = [aggregates, arithmetic, comparison, setOperators, refused]

/** Built-ins by name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(
  families.flat().map((builtin) => [builtin.name, builtin] as const)
)
