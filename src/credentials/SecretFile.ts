/** Secrets in files of their own, so that no process list and no environment shows them. */
import { Redacted, Result } from "effect"
import { resolveSecretPath } from "../config/SecretPath.ts"
import { isReadableByAll, readCredentialFile } from "./CredentialFile.ts"

/** No password is longer, in bytes. */
const sizeLimit = 4096

/** A secret, and what is to be said about where it was found. */
export interface SecretFile {
  readonly secret: Redacted.Redacted
  /** Any user of the machine may read the file. */
  readonly isExposed: boolean
}

const decode = (bytes: Uint8Array): Result.Result<string, string> => {
  if (bytes.length > sizeLimit) return Result.fail(`file is larger than ${sizeLimit} bytes, which no password is`)
  return Result.try({
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => "file is not UTF-8 text"
  })
}

/**
 * Reads the secret at a path, or that of `credential:NAME`. One line break at the end is no part of it. The failure says
 * which of them and why.
 */
export const readSecretFile = (
  what: string,
  text: string,
  environment: NodeJS.ProcessEnv
): Result.Result<SecretFile, string> =>
  Result.gen(function* () {
    const path = yield* resolveSecretPath(text, environment)
    const secret = yield* Result.flatMap(readCredentialFile(path), decode)
    return { secret: Redacted.make(secret.replace(/\r?\n$/, "")), isExposed: isReadableByAll(path) }
  }).pipe(Result.mapError((why) => `reading ${what} file "${text}": ${why}`))
