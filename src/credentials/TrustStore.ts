/** Trust anchors: a CA bundle, or the system's roots (docs/compatibility/credentials.md, 2.1). */
import { hash, X509Certificate } from "node:crypto"
import { readdirSync, readlinkSync } from "node:fs"
import { join } from "node:path"
import { Result } from "effect"
import { readCredentialFile } from "./CredentialFile.ts"
import { countBegins, type PemBlock, readPem, writePem } from "./Pem.ts"
import { missingBlock } from "./PemDiagnosis.ts"

/** One certificate an entry. */
export type TrustAnchors = ReadonlyArray<string>

const rootFiles = [
  "/etc/ssl/certs/ca-certificates.crt",
  "/etc/pki/tls/certs/ca-bundle.crt",
  "/etc/ssl/ca-bundle.pem",
  "/etc/pki/tls/cacert.pem",
  "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
  "/etc/ssl/cert.pem"
]
const rootDirectories = ["/etc/ssl/certs", "/etc/pki/tls/certs"]

/** Whether OpenSSL reads it as a certificate and as nothing more. */
const isCertificate = (der: Uint8Array): boolean => {
  const parsed = Result.try(() => new X509Certificate(der))
  return Result.isSuccess(parsed) && parsed.success.raw.length === der.length
}

/** Adds what a bundle holds: blocks of type CERTIFICATE without headers that parse. Returns how many others were skipped. */
const addAnchors = (anchors: Map<string, string>, bundle: Uint8Array): number => {
  let read = 0
  for (const { type, headers, der } of readPem(bundle)) {
    if (type !== "CERTIFICATE" || headers.size > 0) continue
    const id = hash("sha256", der, "base64")
    if (!anchors.has(id)) {
      if (!isCertificate(der)) continue
      anchors.set(id, writePem("CERTIFICATE", der))
    }
    read++
  }
  return Math.max(0, countBegins(bundle, "CERTIFICATE") - read)
}

/** The anchors of a bundle, and how many of its certificates cannot be read. */
export interface CaBundle {
  readonly anchors: TrustAnchors
  readonly skipped: number
}

const isCertificateBlock = ({ headers, type }: PemBlock): boolean => type === "CERTIFICATE" && headers.size === 0

const unreadable = "holds CERTIFICATE blocks, but no certificate that can be read"

/** The anchors of a bundle; none is a failure, which names the file at `path`. */
export const parseCaBundle = (bundle: Uint8Array, path: string): Result.Result<CaBundle, string> => {
  const anchors = new Map<string, string>()
  const skipped = addAnchors(anchors, bundle)
  if (anchors.size > 0) return Result.succeed({ anchors: [...anchors.values()], skipped })
  const why = missingBlock(bundle, "certificate", isCertificateBlock) ?? unreadable
  return Result.fail(`unable to read certificates from CA bundle (the file '${path}' ${why})`)
}

/** Reads a bundle file. `warn` hears of certificates that are left out: peers of theirs will be refused. */
export const readCaBundle = (
  path: string,
  warn: (line: string) => void = () => {}
): Result.Result<TrustAnchors, string> =>
  Result.map(
    Result.mapError(
      Result.flatMap(readCredentialFile(path), (bundle) => parseCaBundle(bundle, path)),
      (why) => `loading trust store: ${why}`
    ),
    ({ anchors, skipped }) => {
      if (skipped > 0) {
        warn(
          `warning: ${skipped} certificates of the CA bundle ${path} cannot be read: peers that need them are refused`
        )
      }
      return anchors
    }
  )

/** Links within the directory name files that are listed anyway. */
const filesIn = (directory: string): ReadonlyArray<string> => {
  const listed = Result.try(() => readdirSync(directory, { withFileTypes: true }))
  if (Result.isFailure(listed)) return []
  const isDouble = (path: string) =>
    Result.getOrElse(
      Result.try(() => !readlinkSync(path).includes("/")),
      () => true
    )
  return listed.success
    .map((entry) => ({ entry, path: join(directory, entry.name) }))
    .filter(({ entry, path }) => entry.isFile() || (entry.isSymbolicLink() && !isDouble(path)))
    .map(({ path }) => path)
}

/**
 * The system's roots: the first bundle file that exists and every file of the directories. Having none is no failure:
 * no peer is trusted then.
 */
export const readSystemRoots = (environment: NodeJS.ProcessEnv): TrustAnchors => {
  const anchors = new Map<string, string>()
  const file = environment.SSL_CERT_FILE || undefined
  const directories = environment.SSL_CERT_DIR || undefined
  for (const path of file === undefined ? rootFiles : [file]) {
    const bundle = readCredentialFile(path)
    if (Result.isFailure(bundle)) continue
    addAnchors(anchors, bundle.success)
    break
  }
  for (const path of (directories?.split(":") ?? rootDirectories).flatMap(filesIn)) {
    const bundle = readCredentialFile(path)
    if (Result.isSuccess(bundle)) addAnchors(anchors, bundle.success)
  }
  return [...anchors.values()]
}
