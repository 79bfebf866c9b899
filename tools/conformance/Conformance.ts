/** `npm run conformance -- SUITE FILE…`: the cases of public conformance suites, for the built program or the language. */
import { Effect } from "effect"
import { ConformanceError } from "./Files.ts"
import { mutations } from "./mutations/Mutations.ts"
import { pkix } from "./pkix/Pkix.ts"
import { rego } from "./rego/Rego.ts"

const usage = `usage: npm run conformance -- pkix [<options>] FILE…

  --transport=native|node         transport of the tunnel (default: the program's own choice)
  --workers=N                     worker threads of the tunnel (default 0)
  --crl-mode=none|strict|warn     how the cases' revocation lists are used (default strict)
  --jobs=N                        tunnels that run at the same time (default: one per processor)
  --only=TEXT                     only cases whose name contains TEXT
  --expected=FILE                 known differences (default: expected.json beside the first FILE)
  --json=FILE                     write every result to this file

Exits with 1 when a case differs and the known differences do not list it.

usage: npm run conformance -- mutations [<options>] FILE

  --full                          2,000 changes instead of 120
  --seed=N                        which changes (default 1)
  --transport=native|node         transport of the tunnel (default: the program's own choice)

Presents changed copies of valid chains and lists of a file of PKIX cases.
Exits with 1 when one is accepted that must not be.

usage: npm run conformance -- rego [<options>] FILE…

  --why                           print the reason for each case that fails
  --texts                         error messages must agree too, not only their codes
  --only=TEXT                     only cases whose name contains TEXT

Prints how many cases of each group pass and, as the last line, how many in total.
Exits with 1 when a case fails.
`

const [suite, ...words] = process.argv.slice(2)

const run =
  suite === "pkix"
    ? pkix(words)
    : suite === "mutations"
      ? mutations(words)
      : suite === "rego"
        ? rego(words)
        : Effect.fail(new ConformanceError({ message: usage }))

const failed = (cause: ConformanceError): number => {
  process.stderr.write(`${cause.message}\n`)
  return 2
}

process.exitCode = await Effect.runPromise(Effect.match(run, { onFailure: failed, onSuccess: (code) => code }))
process.exit()
