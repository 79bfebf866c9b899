/** The flags of `policy eval` and the argument of `policy test`. */
import { argument, requiredText } from "./FlagSpec.ts"

export const policyEvalFlags = {
  policy: requiredText("policy", {
    metavar: "PATH",
    help: "The policy: a .rego file, a directory, or a gzip-compressed tar bundle."
  }),
  query: requiredText("query", {
    metavar: "QUERY",
    help: "The query that must be exactly true, such as data.policy.allow."
  }),
  certificate: requiredText("certificate", {
    metavar: "PATH",
    help: "The peer's certificate, in PEM or DER. Of several in a file the first counts."
  })
}

export const policyTestFlags = {
  path: argument("dir", { metavar: "DIR", help: "A directory, bundle or .rego file with test_* rules." })
}
