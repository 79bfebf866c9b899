/** The `openssl` program's opinion on a chain with its revocation lists. */
import { execFile } from "node:child_process"
import * as Path from "node:path"
import { Effect } from "effect"
import { temporaryDirectory, writeText } from "../Files.ts"
import type { PkixCase } from "../pkix/Cases.ts"

/** Whether it accepts the chain, with every list checked. */
export const opensslAccepts = Effect.fn("opensslAccepts")(function* ({ anchors, chain, lists }: PkixCase) {
  const directory = yield* temporaryDirectory
  const at = (name: string) => Path.join(directory, name)
  yield* writeText(at("anchors.pem"), anchors)
  yield* writeText(at("chain.pem"), chain)
  yield* writeText(at("lists.pem"), lists)
  const options = ["-CAfile", at("anchors.pem"), "-untrusted", at("chain.pem"), "-CRLfile", at("lists.pem")]
  const checks = ["-crl_check_all", "-extended_crl", "-use_deltas"]
  return yield* Effect.callback<boolean>((resume) => {
    execFile("openssl", ["verify", ...options, ...checks, at("chain.pem")], (error) =>
      resume(Effect.succeed(error === null))
    )
  })
}, Effect.scoped)
