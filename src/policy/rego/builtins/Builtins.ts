/** The table of all built-ins. */
import { aggregates } from "./Aggregates.ts"
import { arithmetic } from "./Arithmetic.ts"
import { arrays } from "./Arrays.ts"
import type { Builtin } from "./Builtin.ts"
import { comparison } from "./Comparison.ts"
import { digests } from "./Digests.ts"
import { documents } from "./Documents.ts"
import { encodings } from "./Encodings.ts"
import { environment } from "./Environment.ts"
import { globs } from "./Glob.ts"
import { globsMatch } from "./GlobsMatch.ts"
import { graphs } from "./Graphs.ts"
import { jsonPatch } from "./JsonPatch.ts"
import { jsonPaths } from "./JsonPaths.ts"
import { jsonSchemas } from "./JsonSchemas.ts"
import { jwts } from "./Jwt.ts"
import { nets } from "./Net.ts"
import { numbers } from "./Numbers.ts"
import { objects } from "./Objects.ts"
import { refused } from "./Refused.ts"
import { regexBuiltins } from "./Regex.ts"
import { semVer } from "./SemVer.ts"
import { setOperators } from "./SetOperators.ts"
import { stringBuiltins } from "./Strings.ts"
import { templateString } from "./TemplateString.ts"
import { times } from "./Times.ts"
import { typeChecks } from "./TypeChecks.ts"
import { units } from "./Units.ts"
import { uuids } from "./Uuid.ts"
import { x509Builtins } from "./X509.ts"

const families: ReadonlyArray<ReadonlyArray<Builtin>> = [
  aggregates,
  arithmetic,
  comparison,
  setOperators,
  arrays,
  digests,
  documents,
  encodings,
  environment,
  globs,
  globsMatch,
  graphs,
  jsonPatch,
  jsonPaths,
  jsonSchemas,
  jwts,
  nets,
  numbers,
  objects,
  regexBuiltins,
  semVer,
  stringBuiltins,
  times,
  typeChecks,
  units,
  uuids,
  x509Builtins,
  templateString,
  refused
]

/** Built-ins by name. */
export const builtins: ReadonlyMap<string, Builtin> = new Map(
  families.flat().map((builtin) => [builtin.name, builtin] as const)
)
