/**
 * The tunnel's own certificate and the authorities it trusts: loaded when the layer is built, replaced as a whole by every
 * reload that succeeds, untouched by one that fails (docs/compatibility/credentials.md, 1 to 2.3).
 */
import { Context, Effect, Layer, type Redacted, Result, Semaphore } from "effect"
import { subjectName } from "../access/SubjectName.ts"
import type { CredentialSource } from "../config/CredentialConfig.ts"
import type { RevocationConfig } from "../config/RevocationConfig.ts"
import { resolveSecretPath } from "../config/SecretPath.ts"
import { CredentialError } from "./CredentialError.ts"
import { readCredentialFile } from "./CredentialFile.ts"
import { FetchedLists } from "./FetchedLists.ts"
import { state, stateSync } from "./FileState.ts"
import { type KeyPair, keyPairFromBlocks } from "./KeyPair.ts"
import { readKeystore } from "./Keystore.ts"
import { isListUrl, type LoadedList, watchedPathsOf } from "./ListSources.ts"
import { type Describe, describeFiles, describeKeystore } from "./PairProblem.ts"
import { isEncrypted, isKey, type PemBlock, readPem } from "./Pem.ts"
import { lostBlocks } from "./PemDiagnosis.ts"
import { readRevocationLists } from "./RevocationFiles.ts"
import { readSecretFile } from "./SecretFile.ts"
import { pemKey, type RevocationMaterial, type TlsMaterial } from "./TlsMaterial.ts"
import { readCaBundle, readSystemRoots, type TrustAnchors } from "./TrustStore.ts"

/** What else a tunnel may ask for. */
export interface CredentialOptions {
  readonly revocation?: RevocationConfig | undefined
  /**
   * Hears, once, of a password that any user can read, and at each load of certificates that a CA bundle, and of blocks that
   * a certificate file, loses.
   */
  readonly warn?: (line: string) => void
}

export class Credentials extends Context.Service<
  Credentials,
  {
    /** The newest material. */
    readonly current: () => TlsMaterial
    /** Reads every file once more and, if all of it is good, makes it current. */
    readonly reload: Effect.Effect<TlsMaterial, CredentialError>
    /** The state of these files now, and when they were last read, successfully or not. */
    readonly files: { readonly now: Effect.Effect<string>; readonly read: () => string }
    /** Revocation lists that were fetched from URLs. */
    readonly fetched: FetchedLists
    /** Makes what has been fetched current, beside everything else that is. */
    readonly takeFetched: Effect.Effect<TlsMaterial>
    /** The revocation lists in use, with their origins. */
    readonly lists: () => ReadonlyArray<LoadedList>
  }
>()("ghostunnel/Credentials") {
  /**
   * Loads from files. Without a CA bundle the system's roots are trusted, which are read once and never again.
   */
  static readonly layer = (
    source: CredentialSource,
    caBundlePath: string | undefined,
    environment: NodeJS.ProcessEnv = process.env,
    more: CredentialOptions = {}
  ): Layer.Layer<Credentials, CredentialError> =>
    Layer.effect(
      Credentials,
      Effect.gen(function* () {
        const warn = more.warn ?? (() => {})
        let systemRoots: TrustAnchors | undefined
        const readAnchors = (): Result.Result<TrustAnchors, string> => {
          if (caBundlePath !== undefined) return readCaBundle(caBundlePath, warn)
          systemRoots ??= readSystemRoots(environment)
          return Result.succeed(systemRoots)
        }
        const sources = more.revocation?.listPaths ?? []
        const fetched = new FetchedLists(sources.filter(isListUrl))
        let fileLists: ReadonlyArray<LoadedList> = []
        const ownPaths = filesOf(source, caBundlePath, environment)
        const paths = () => [...ownPaths, ...watchedPathsOf(sources)]
        let read = ""
        let warned = false
        const passwordOf = (from: PasswordSource): Result.Result<Redacted.Redacted | undefined, string> =>
          Result.map(readPassword(from, environment), ({ password, exposed }) => {
            if (exposed !== undefined && !warned) {
              warned = true
              warn(`warning: the permissions of the password file "${exposed}" let every user read it`)
            }
            return password
          })
        const load = (generation: number) =>
          Effect.gen(function* () {
            // Before reading: what changes meanwhile is a change.
            read = stateSync(paths())
            const pair = yield* readKeyPair(source, passwordOf, warn)
            const anchors = yield* Effect.fromResult(readAnchors())
            const lists = yield* readRevocationLists(sources)
            return {
              lists,
              material: toMaterial(generation, pair, anchors, revocationOf(more.revocation, lists, fetched))
            }
          }).pipe(Effect.mapError((message) => new CredentialError({ message })))
        const first = yield* load(1)
        let current = first.material
        fileLists = first.lists
        // Opening a keystore takes time: no reload sees another one half done.
        const turn = yield* Semaphore.make(1)
        const reload = Effect.suspend(() => load(current.generation + 1)).pipe(
          Effect.map(({ lists, material }) => {
            fileLists = lists
            return (current = material)
          }),
          turn.withPermit,
          Effect.withSpan("Credentials.reload")
        )
        const files = { now: Effect.promise(() => state(paths())), read: () => read }
        const takeFetched = Effect.sync((): TlsMaterial => {
          const revocation = revocationOf(more.revocation, fileLists, fetched)
          return (current = { ...current, generation: current.generation + 1, ...(revocation && { revocation }) })
        }).pipe(turn.withPermit)
        const lists = () => [...fileLists, ...fetched.lists]
        return { current: () => current, reload, files, fetched, takeFetched, lists }
      })
    )
}

/** The log line that names the source. */
export const certificateSourceLine = (source: CredentialSource): string => {
  switch (source._tag) {
    case "KeyPair":
      return "using cert/key files on disk as certificate source"
    case "Keystore":
      return "using keystore file on disk as certificate source"
    case "None":
      return "no cert source configured -- running without certificate"
  }
}

/** Every file that a reload reads, but those of revocation lists. */
const filesOf = (
  source: CredentialSource,
  caBundlePath: string | undefined,
  environment: NodeJS.ProcessEnv
): ReadonlyArray<string> => {
  const anchors = caBundlePath === undefined ? [] : [caBundlePath]
  if (source._tag === "None") return anchors
  const password =
    source.passwordPath === undefined
      ? []
      : [Result.getOrElse(resolveSecretPath(source.passwordPath, environment), () => "")]
  return source._tag === "KeyPair"
    ? [source.certificatePath, source.keyPath, ...password, ...anchors]
    : [source.path, ...password, ...anchors]
}

const revocationOf = (
  config: RevocationConfig | undefined,
  files: ReadonlyArray<LoadedList>,
  fetched: FetchedLists
): RevocationMaterial | undefined =>
  config === undefined
    ? undefined
    : { lists: [...files, ...fetched.lists].map(({ list }) => list), missing: fetched.missing, mode: config.mode }

const toMaterial = (
  generation: number,
  pair: KeyPair | undefined,
  trustAnchors: TrustAnchors,
  revocation: RevocationMaterial | undefined
): TlsMaterial => ({
  generation,
  identity: pair === undefined ? undefined : { chainPem: pair.chainPem, key: pemKey(pair.keyPem) },
  subject: pair === undefined ? "" : subjectName(pair.leaf.subject),
  trustAnchors,
  ...(revocation === undefined ? {} : { revocation })
})

const readFile = (what: string, path: string) =>
  Result.mapError(readCredentialFile(path), (why) => `reading ${what} file "${path}": ${why}`)

const naming = (path: string) => (why: string) => `reading certificate file "${path}": ${why}`

/** Where the password of a source may be. */
type PasswordSource = Pick<Extract<CredentialSource, { _tag: "Keystore" }>, "password" | "passwordPath">

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
  source: CredentialSource,
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
