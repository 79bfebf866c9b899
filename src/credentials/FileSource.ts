/** Certificate and key from files, or from one keystore (docs/compatibility/credentials.md, 1 to 1.4). */
import { Effect, type Redacted, Result, SubscriptionRef } from "effect"
import { subjectName } from "../access/SubjectName.ts"
import type { CredentialSource as SourceConfig } from "../config/CredentialConfig.ts"
import { resolveSecretPath } from "../config/SecretPath.ts"
import { CredentialError } from "./CredentialError.ts"
import { readCredentialFile } from "./CredentialFile.ts"
import { type CredentialSource, type CredentialState, ready, waiting } from "./CredentialSource.ts"
import { type KeyPair, keyPairFromBlocks } from "./KeyPair.ts"
import { readKeystore } from "./Keystore.ts"
import { type Describe, describeFiles, describeKeystore } from "./PairProblem.ts"
import { isEncrypted, isKey, type PemBlock, readPem } from "./Pem.ts"
import { lostBlocks } from "./PemDiagnosis.ts"
import { readSecretFile } from "./SecretFile.ts"
import { type CredentialMaterial, pemKey } from "./TlsMaterial.ts"

/**
 * A source that reads files, first when it is refreshed. `warn` hears, once, of a password that any user can read, and at each
 * refresh of blocks that a certificate file loses.
 */
export const fileSource = Effect.fnUntraced(function* (
  config: SourceConfig,
  environment: NodeJS.ProcessEnv,
  warn: (line: string) => void
): Effect.fn.Return<CredentialSource["Service"]> {
  let warned = false
  const passwordOf = (from: PasswordSource): Result.Result<Redacted.Redacted | undefined, string> =>
    Result.map(readPassword(from, environment), ({ password, exposed }) => {
      if (exposed !== undefined && !warned) {
        warned = true
        warn(`warning: the permissions of the password file "${exposed}" let every user read it`)
      }
      return password
    })
  const state = yield* SubscriptionRef.make<CredentialState>(waiting("the files have not been read yet"))
  const refresh = readKeyPair(config, passwordOf, warn).pipe(
    Effect.mapError((message) => new CredentialError({ message })),
    Effect.flatMap((pair) => SubscriptionRef.setAndGet(state, ready(materialOf(pair))))
  )
  return { state, refresh, files: filesOf(config, environment), description: certificateSourceLine(config) }
})

const materialOf = (pair: KeyPair | undefined): CredentialMaterial =>
  pair === undefined
    ? { identity: undefined, subject: "" }
    : { identity: { chainPem: pair.chainPem, key: pemKey(pair.keyPem) }, subject: subjectName(pair.leaf.subject) }

/** The log line that names the source. */
export const certificateSourceLine = (source: SourceConfig): string => {
  switch (source._tag) {
    case "KeyPair":
      return "using cert/key files on disk as certificate source"
    case "Keystore":
      return "using keystore file on disk as certificate source"
    case "None":
      return "no cert source configured -- running without certificate"
  }
}

/** Every file that the source reads. */
const filesOf = (source: SourceConfig, environment: NodeJS.ProcessEnv): ReadonlyArray<string> => {
  if (source._tag === "None") return []
  const password =
    source.passwordPath === undefined
      ? []
      : [Result.getOrElse(resolveSecretPath(source.passwordPath, environment), () => "")]
  return source._tag === "KeyPair" ? [source.certificatePath, source.keyPath, ...password] : [source.path, ...password]
}

const readFile = (what: string, path: string) =>
  Result.mapError(readCredentialFile(path), (why) => `reading ${what} file "${path}": ${why}`)

const naming = (path: string) => (why: string) => `reading certificate file "${path}": ${why}`

/** Where the password of a source may be. */
type PasswordSource = Pick<Extract<SourceConfig, { _tag: "Keystore" }>, "password" | "passwordPath">

/** The password of a source; `exposed` names the file of one that any user can read. */
const readPassword = (
  { password, passwordPath }: PasswordSource,
  environment: NodeJS.ProcessEnv
): Result.Result<
  { readonly password: Redacted.Redacted | undefined; readonly exposed: string | undefined },
  string
> => {
  if (passwordPath === undefined) return Result.succeed({ password, exposed: undefined })
  if (password !== undefined) return Result.fail("both a password and a password file are given: choose one")
  return Result.map(readSecretFile("password", passwordPath, environment), ({ secret, isExposed }) => ({
    password: secret,
    exposed: isExposed ? passwordPath : undefined
  }))
}

const readKeyPair = Effect.fnUntraced(function* (
  source: SourceConfig,
  passwordOf: (from: PasswordSource) => Result.Result<Redacted.Redacted | undefined, string>,
  warn: (line: string) => void
): Effect.fn.Return<KeyPair | undefined, string> {
  switch (source._tag) {
    case "None":
      return undefined
    case "KeyPair": {
      const certificate = { path: source.certificatePath, bytes: yield* fileOf("certificate", source.certificatePath) }
      const key = { path: source.keyPath, bytes: yield* fileOf("private key", source.keyPath) }
      const password = yield* Effect.fromResult(passwordOf(source))
      const blocks = [...readPem(certificate.bytes), ...readPem(key.bytes)]
      const pair = yield* pairOf(certificate.path, blocks, password, describeFiles(certificate, key))
      const lost = lostBlocks("certificate", certificate.path, certificate.bytes)
      if (lost !== undefined) warn(lost)
      return pair
    }
    case "Keystore": {
      const { path } = source
      const bytes = yield* fileOf("certificate", path)
      const password = yield* Effect.fromResult(passwordOf(source))
      const { blocks, format } = yield* Effect.mapError(readKeystore(path, bytes, password), naming(path))
      const isPem = format === "PEM"
      const pair = yield* pairOf(path, blocks, password, describeKeystore({ path, bytes }, isPem))
      const lost = isPem ? lostBlocks("certificate", path, bytes) : undefined
      if (lost !== undefined) warn(lost)
      return pair
    }
  }
})

const fileOf = (what: string, path: string) => Effect.fromResult(readFile(what, path))

const pairOf = Effect.fnUntraced(function* (
  path: string,
  blocks: ReadonlyArray<PemBlock>,
  password: Redacted.Redacted | undefined,
  describe: Describe
): Effect.fn.Return<KeyPair, string> {
  const read = (from: ReadonlyArray<PemBlock>, sealed?: string) =>
    Effect.fromResult(keyPairFromBlocks(from, sealed, describe))
  if (blocks.length === 0) return yield* Effect.mapError(read(blocks), naming(path))
  const isSealed = blocks.some((block) => isKey(block) && isEncrypted(block))
  if (password === undefined || !isSealed) return yield* read(blocks)
  const { openEncryptedKey } = yield* Effect.tryPromise({ try: () => import("./EncryptedKey.ts"), catch: String })
  const opened = yield* openEncryptedKey(blocks, password)
  return yield* read(opened.blocks, opened.sealed)
})
