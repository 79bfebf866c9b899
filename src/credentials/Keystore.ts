/** Keystore files of every format, as the PEM blocks they amount to. */
import { Effect, type Redacted, Result } from "effect"
import { detectKeystoreFormat, type KeystoreFormat } from "./KeystoreFormat.ts"
import { type PemBlock, readPem } from "./Pem.ts"
import { pemProblem } from "./PemDiagnosis.ts"

/** Turns a file's bytes into blocks. The failure says what is wrong with the file. */
export type KeystoreReader = (
  bytes: Uint8Array,
  password: Redacted.Redacted | undefined
) => Effect.Effect<ReadonlyArray<PemBlock>, string>

const hinted = (why: string, problem: string | undefined) =>
  problem === undefined ? why : `${why} (the file ${problem})`

const unable = (why: string) => `unable to read keystore: ${why}`

/** A reader whose code is loaded when the first such file is there. */
const lazily =
  (load: () => Promise<KeystoreReader>): KeystoreReader =>
  (bytes, password) =>
    Effect.tryPromise({ try: load, catch: String }).pipe(
      Effect.flatMap((read) => read(bytes, password)),
      Effect.mapError(unable)
    )

/** The place for further formats. */
const readers: Readonly<Record<KeystoreFormat, KeystoreReader>> = {
  PEM: (bytes) => Effect.succeed(readPem(bytes)),
  PKCS12: lazily(async () => (await import("./sealed/Pkcs12.ts")).readPkcs12),
  JCEKS: lazily(async () => (await import("./sealed/Jceks.ts")).readJceks),
  DER: lazily(async () => {
    const { readDerCertificates } = await import("./DerCertificates.ts")
    return (bytes) => Effect.fromResult(readDerCertificates(bytes))
  })
}

/** The blocks of a keystore file, and the format they were found in. */
export const readKeystore = (
  path: string,
  bytes: Uint8Array,
  password: Redacted.Redacted | undefined
): Effect.Effect<{ readonly format: KeystoreFormat; readonly blocks: ReadonlyArray<PemBlock> }, string> =>
  Effect.gen(function* () {
    const format = yield* Effect.fromResult(
      Result.mapError(detectKeystoreFormat(path, bytes), (why) => hinted(why, pemProblem(bytes)))
    )
    const blocks = yield* Effect.mapError(readers[format](bytes, password), (why) =>
      hinted(`failed to parse '${path}': ${why}`, bytes.length === 0 ? pemProblem(bytes) : undefined)
    )
    return { format, blocks }
  })
