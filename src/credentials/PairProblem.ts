/** What is wrong with a certificate and its key, and the names of the files that this is about. Pure. */
import { isKey, type PemBlock } from "./Pem.ts"
import { missingBlock } from "./PemDiagnosis.ts"

/** Why blocks make no pair. */
export interface PairProblem {
  /** Which part is wrong: missing, unusable, or not fitting the other one. */
  readonly about: "no certificate" | "no key" | "certificate" | "key" | "pair"
  /** The Go program's wording. */
  readonly message: string
  readonly hint?: string
}

/** Writes a problem as one sentence, the Go program's wording first. */
export type Describe = (problem: PairProblem) => string

/** A file with its content. */
export interface NamedFile {
  readonly path: string
  readonly bytes: Uint8Array
}

const isCertificate = ({ type }: PemBlock): boolean => type === "CERTIFICATE"

/** Names no file. */
export const describeProblem: Describe = ({ hint, message }) => (hint === undefined ? message : `${message} (${hint})`)

/** Names the file of the certificate, that of the key, or both. */
export const describeFiles =
  (certificate: NamedFile, key: NamedFile): Describe =>
  (problem) => {
    const { about, message } = problem
    const certificateFile = `certificate file '${certificate.path}'`
    const keyFile = `private key file '${key.path}'`
    const missing = [
      [certificateFile, missingBlock(certificate.bytes, "certificate", isCertificate)],
      [keyFile, missingBlock(key.bytes, "private key", isKey)]
    ].flatMap(([file, why]) => (why === undefined ? [] : [`${file} ${why}`]))
    switch (about) {
      case "no certificate":
      case "no key":
        return missing.length === 0 ? message : `${message} (${missing.join("; ")})`
      case "certificate":
        return `${describeProblem(problem)}, in ${certificateFile}`
      case "key":
        return `${describeProblem(problem)}, in ${keyFile}`
      case "pair":
        return `${describeProblem(problem)}, in ${certificateFile} and ${keyFile}`
    }
  }

/** Names the keystore; a PEM one is looked at for what is missing. */
export const describeKeystore =
  ({ bytes, path }: NamedFile, isPem: boolean): Describe =>
  (problem) => {
    const { about, message } = problem
    const file = `keystore '${path}'`
    if (about !== "no certificate" && about !== "no key") return `${describeProblem(problem)}, in ${file}`
    const missing = isPem
      ? about === "no key"
        ? missingBlock(bytes, "private key", isKey)
        : missingBlock(bytes, "certificate", isCertificate)
      : undefined
    return missing === undefined ? `${message}, in ${file}` : `${message} (${file} ${missing})`
  }
