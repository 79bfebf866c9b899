/** Keystore files of every format, as the PEM blocks they amount to. */
import { type Redacted, Result } from "effect"
import { detectKeystoreFormat, type KeystoreFormat } from "./KeystoreFormat.ts"
import { type PemBlock, readPem } from "./Pem.ts"

/** Turns a file's bytes into blocks. The failure says what is wrong with the file. */
export type KeystoreReader = (
  bytes: Uint8Array,
  password: Redacted.Redacted | undefined
) => Result.Result<ReadonlyArray<PemBlock>, string>

const unsupported =
  (format: string): KeystoreReader =>
  () =>
    Result.fail(`${format} is not supported yet: convert the keystore to one PEM file with certificates and key`)

/** The place for further formats. */
const readers: Readonly<Record<KeystoreFormat, KeystoreReader>> = {
  PEM: (bytes) => Result.succeed(readPem(bytes)),
  PKCS12: unsupported("PKCS#12"),
  JCEKS: unsupported("JCEKS"),
  DER: unsupported("DER")
}

/** The blocks of a keystore file. */
export const readKeystore = (
  path: string,
  bytes: Uint8Array,
  password: Redacted.Redacted | undefined
): Result.Result<ReadonlyArray<PemBlock>, string> =>
  Result.flatMap(detectKeystoreFormat(path, bytes), (format) =>
    Result.mapError(readers[format](bytes, password), (why) => `failed to parse '${path}': ${why}`)
  )
