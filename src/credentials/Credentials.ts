/**
 * The tunnel's own certificate and the authorities it trusts: loaded when the layer is built, replaced as a whole by every
 * reload that succeeds, untouched by one that fails (contract: credentials, sections 1 to 2.3).
 */
import { Context, Effect, Layer, Result } from "effect"
import { subjectName } from "../access/SubjectName.ts"
import type { CredentialSource, RevocationConfig } from "../config/TunnelConfig.ts"
import { CredentialError } from "./CredentialError.ts"
import { readCredentialFile } from "./CredentialFile.ts"
import { type KeyPair, keyPairFromBlocks } from "./KeyPair.ts"
import { readKeystore } from "./Keystore.ts"
import { readPem } from "./Pem.ts"
import { readRevocationLists } from "./RevocationFiles.ts"
import type { RevocationMaterial, TlsMaterial } from "./TlsMaterial.ts"
import { readCaBundle, readSystemRoots, type TrustAnchors } from "./TrustStore.ts"

export class Credentials extends Context.Service<
  Credentials,
  {
    /** The newest material. */
    readonly current: () => TlsMaterial
    /** Reads every file once more and, if all of it is good, makes it current. */
    readonly reload: Effect.Effect<TlsMaterial, CredentialError>
  }
>()("ghostunnel/Credentials") {
  /** Loads from files. Without a CA bundle the system's roots are trusted, which are read once and never again. */
  static readonly layer = (
    source: CredentialSource,
    caBundlePath: string | undefined,
    environment: NodeJS.ProcessEnv = process.env,
    revocation?: RevocationConfig
  ): Layer.Layer<Credentials, CredentialError> =>
    Layer.effect(
      Credentials,
      Effect.gen(function* () {
        let systemRoots: TrustAnchors | undefined
        const readAnchors = (): Result.Result<TrustAnchors, string> => {
          if (caBundlePath !== undefined) return readCaBundle(caBundlePath)
          systemRoots ??= readSystemRoots(environment)
          return Result.succeed(systemRoots)
        }
        const load = (generation: number): Result.Result<TlsMaterial, CredentialError> =>
          Result.gen(function* () {
            const pair = yield* readKeyPair(source)
            return toMaterial(generation, pair, yield* readAnchors(), yield* readRevocation(revocation))
          }).pipe(Result.mapError((message) => new CredentialError({ message })))
        let current = yield* Effect.suspend(() => Effect.fromResult(load(1)))
        // One synchronous step: no reload sees another one half done.
        const reload = Effect.suspend(() => {
          const material = load(current.generation + 1)
          if (Result.isSuccess(material)) current = material.success
          return Effect.fromResult(material)
        }).pipe(Effect.withSpan("Credentials.reload"))
        return { current: () => current, reload }
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

const readRevocation = (config: RevocationConfig | undefined): Result.Result<RevocationMaterial | undefined, string> =>
  config === undefined
    ? Result.succeed(undefined)
    : Result.map(readRevocationLists(config.listPaths), (lists) => ({ lists, mode: config.mode }))

const toMaterial = (
  generation: number,
  pair: KeyPair | undefined,
  trustAnchors: TrustAnchors,
  revocation: RevocationMaterial | undefined
): TlsMaterial => ({
  generation,
  identity: pair === undefined ? undefined : { chainPem: pair.chainPem, keyPem: pair.keyPem },
  subject: pair === undefined ? "" : subjectName(pair.leaf.subject),
  trustAnchors,
  ...(revocation === undefined ? {} : { revocation })
})

const readFile = (what: string, path: string) =>
  Result.mapError(readCredentialFile(path), (why) => `reading ${what} file "${path}": ${why}`)

const naming = <A>(path: string, result: Result.Result<A, string>): Result.Result<A, string> =>
  Result.mapError(result, (why) => `reading certificate file "${path}": ${why}`)

const readKeyPair = (source: CredentialSource): Result.Result<KeyPair | undefined, string> =>
  Result.gen(function* () {
    switch (source._tag) {
      case "None":
        return undefined
      case "KeyPair": {
        const certificate = yield* readFile("certificate", source.certificatePath)
        const key = yield* readFile("private key", source.keyPath)
        return yield* pairOf(source.certificatePath, [...readPem(certificate), ...readPem(key)])
      }
      case "Keystore": {
        const bytes = yield* readFile("certificate", source.path)
        const blocks = yield* naming(source.path, readKeystore(source.path, bytes, source.password))
        return yield* pairOf(source.path, blocks)
      }
    }
  })

const pairOf = (path: string, blocks: Parameters<typeof keyPairFromBlocks>[0]) =>
  blocks.length === 0 ? naming(path, keyPairFromBlocks(blocks)) : keyPairFromBlocks(blocks)
