/** Which format a keystore file has (docs/compatibility/credentials.md, 1.2). */
import { Result } from "effect"

export type KeystoreFormat = "PEM" | "PKCS12" | "JCEKS" | "DER"

const extensions: ReadonlyMap<string, KeystoreFormat> = new Map([
  [".pem", "PEM"],
  [".crt", "PEM"],
  [".p7b", "PEM"],
  [".p7c", "PEM"],
  [".p12", "PKCS12"],
  [".pfx", "PKCS12"],
  [".jceks", "JCEKS"],
  [".jks", "JCEKS"],
  [".der", "DER"]
])

const extensionOf = (path: string) => /\.[^./]*$/.exec(path)?.[0].toLowerCase() ?? ""

/** PKCS#12 begins with its version, 3, where a certificate has a sequence and PKCS#7 an identifier. */
const isShortPkcs12 = (bytes: Uint8Array) => bytes[4] === 2 && bytes[5] === 1 && bytes[6] === 3

/** An ASN.1 sequence, of a definite or an indefinite length: no Java keystore begins so. */
const isSequence = (bytes: Uint8Array) => bytes[0] === 0x30 && (bytes[1] ?? 0) >= 0x80

/**
 * The format by the path's extension, which wins, or by the first four bytes. Java writes PKCS#12 whatever the file is called,
 * so the extensions of Java's own formats may name either.
 */
export const detectKeystoreFormat = (path: string, bytes: Uint8Array): Result.Result<KeystoreFormat, string> => {
  const byExtension = extensions.get(extensionOf(path))
  if (byExtension === "JCEKS" && isSequence(bytes)) return Result.succeed("PKCS12")
  if (byExtension !== undefined) return Result.succeed(byExtension)
  if (bytes.length < 4) return Result.fail("unable to read file: EOF")
  const magic = Buffer.from(bytes.subarray(0, 4)).toString("hex")
  if (magic === "cececece" || magic === "feedfeed") return Result.succeed("JCEKS")
  if (magic === "2d2d2d2d" || magic === "434f4e4e") return Result.succeed("PEM")
  // A byte order mark in UTF-8, before the first BEGIN.
  if (magic === "efbbbf2d") return Result.succeed("PEM")
  if (magic.startsWith("3080")) return Result.succeed("PKCS12")
  if (magic.startsWith("308203")) return Result.succeed(isShortPkcs12(bytes) ? "PKCS12" : "DER")
  return magic.startsWith("3082") ? Result.succeed("PKCS12") : Result.fail("unable to guess file format")
}
