/** Keystore files of every format, as the PEM blocks they amount to. */
import { Effect, type Redacted } from "effect"
import { detectKeystoreFormat, type KeystoreFormat } from "./KeystoreFormat.ts"
import { type PemBlock, readPem } from "./Pem.ts"

/** Turns a file's bytes into blocks. The failure says what is wrong with the file. */
export type KeystoreReader = (
  bytes: Uint8Array,
  password: Redacted.Redacted | undefined
) => Effect.Effect<ReadonlyArray<PemBlock>, string>

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

/** The blocks of a keystore file. */
export const readKeystore = (
  path: string,
  bytes: Uint8Array,
  password: Redacted.Redacted | undefined
): Effect.Effect<ReadonlyArray<PemBlock>, string> =>
  Effect.gen(function* () {
    const format = yield* Effect.fromResult(detectKeystoreFormat(path, bytes))
    return yield* Effect.mapError(readers[format](bytes, password), (why) => `failed to parse '${path}': ${why}`)
  })
