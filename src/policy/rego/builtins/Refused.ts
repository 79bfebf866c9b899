/** Built-ins that reach out of the evaluation, or that no policy on certificates needs: known by name, never evaluated. */
import { any, boolean, mapOf, oneOf, setOfType, string, type Type, tuple } from "../Type.ts"
import type { RefusedBuiltin } from "./Builtin.ts"

const refuse = (name: string, args: ReadonlyArray<Type>, result: Type): RefusedBuiltin => ({
  name,
  args,
  result,
  refused: true
})

const object = mapOf(any, any)
const dictionary = mapOf(string, any)
const query = oneOf(string, object)

export const refused: ReadonlyArray<RefusedBuiltin> = [
  refuse("http.send", [dictionary], object),
  refuse("net.lookup_ip_addr", [string], setOfType(string)),
  refuse("graphql.parse", [query, query], tuple(object, object)),
  refuse("graphql.parse_and_verify", [query, query], tuple(boolean, object, object)),
  refuse("graphql.parse_query", [string], object),
  refuse("graphql.parse_schema", [string], object),
  refuse("graphql.is_valid", [query, query], boolean),
  refuse("graphql.schema_is_valid", [query], boolean),
  refuse("providers.aws.sign_req", [dictionary, dictionary, any], dictionary),
  refuse("rego.parse_module", [string, string], dictionary),
  refuse("strings.render_template", [string, dictionary], string),
  refuse("io.jwt.encode_sign", [dictionary, dictionary, dictionary], string),
  refuse("io.jwt.encode_sign_raw", [string, string, string], string)
]
