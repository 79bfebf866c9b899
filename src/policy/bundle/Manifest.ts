/** A bundle's `.manifest`: its revision, the parts of `data` it owns, and the Rego version of its files. */
import { Result, Schema } from "effect"
import { Interrupted } from "../rego/Budget.ts"
import { EvaluationError } from "../rego/evaluator/Runtime.ts"
import { compile, type Policy } from "../rego/Rego.ts"

const RegoVersion = Schema.Literals([0, 1])

const Document = Schema.fromJsonString(
  Schema.Struct({
    revision: Schema.optional(Schema.NullOr(Schema.String)),
    roots: Schema.optional(Schema.NullOr(Schema.Array(Schema.String))),
    rego_version: Schema.optional(Schema.NullOr(RegoVersion)),
    file_rego_versions: Schema.optional(Schema.NullOr(Schema.Record(Schema.String, RegoVersion)))
  })
)

export interface Manifest {
  readonly revision: string
  /** Paths below `data`, without `/` at either end; `""` is all of it. */
  readonly roots: ReadonlyArray<string>
  /** The Rego version of a file, by its path in the bundle. */
  readonly version: (path: string) => 0 | 1
}

/** What holds for a bundle without a manifest. */
export const noManifest: Manifest = { revision: "", roots: [""], version: () => 1 }

const mostPatterns = 1_000

/** Whether a path is at a root or below it. */
export const isBelow = (root: string, path: string): boolean =>
  root === "" || path === root || path.startsWith(`${root}/`)

const overlap = (roots: ReadonlyArray<string>): readonly [string, string] | undefined => {
  for (const [index, root] of roots.entries()) {
    const other = roots.slice(index + 1).find((each) => isBelow(each, root) || isBelow(root, each))
    if (other !== undefined) return [root, other]
  }
  return undefined
}

/** Whether a pattern of `file_rego_versions` names a file; patterns may begin with `/` or not. Throws what evaluation does. */
const matches = (glob: Policy, pattern: string, path: string): boolean => {
  const subject = pattern.startsWith("/") ? `/${path}` : path
  if (pattern === subject) return true
  const [result] = glob.evaluate({ input: [pattern, subject], strict: true, limits: { steps: 1_000_000 } })
  return result?.values[0] === true
}

/** Reads a manifest. The failure is one sentence. */
export const parseManifest = (text: string): Result.Result<Manifest, string> => {
  const decoded = Schema.decodeResult(Document)(text)
  if (Result.isFailure(decoded))
    return Result.fail(`invalid manifest: ${decoded.failure.message.replaceAll(/\s*\n\s*/g, " ")}`)
  const { file_rego_versions: files, rego_version: version, revision, roots: given } = decoded.success
  const roots = (given ?? [""]).map((root) => root.replaceAll(/^\/+|\/+$/g, ""))
  if (roots.length > mostPatterns) return Result.fail(`manifest has more than ${mostPatterns} roots`)
  const twice = overlap(roots)
  if (twice !== undefined)
    return Result.fail(`manifest has overlapping roots: ${twice.map((root) => `'${root}'`).join(" and ")}`)
  const patterns = Object.entries(files ?? {})
  if (patterns.length > mostPatterns) return Result.fail(`manifest has more than ${mostPatterns} file_rego_versions`)
  const glob = compile({ modules: [], query: 'glob.match(input[0], ["/"], input[1])' })
  try {
    for (const [pattern] of patterns) matches(glob, pattern, "policy.rego")
  } catch (cause) {
    if (cause instanceof EvaluationError || cause instanceof Interrupted) {
      return Result.fail("manifest has an invalid pattern in file_rego_versions")
    }
    throw cause
  }
  return Result.succeed({
    revision: revision ?? "",
    roots,
    version: (path) => patterns.find(([pattern]) => matches(glob, pattern, path))?.[1] ?? version ?? 1
  })
}
