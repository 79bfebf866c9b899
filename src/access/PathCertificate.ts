/** What a certificate says about the paths it may be a part of, read once from its DER. */
import { hash } from "node:crypto"
import { Result } from "effect"
import { type ChainCertificate, chainCertificateOf, fingerprint } from "./ChainCertificate.ts"
import { Malformed, malformed, readDer, readElements, TagClass } from "./Der.ts"
import {
  type BasicConstraints,
  checkExtensions,
  extensionId,
  readBasicConstraints,
  readKeyUsage,
  unprocessedExtension
} from "./ExtensionRules.ts"
import { type NameConstraints, readNameConstraints } from "./NameConstraints.ts"
import { readCertificateFields, readExtendedKeyUsages, readName, readNames } from "./PeerCertificate.ts"
import { type PublicKeyKind, publicKeyKind } from "./PublicKeyInfo.ts"
import { authorityKeyId, comparableName } from "./RevocationList.ts"
import type { SubjectAltNames } from "./SubjectAltName.ts"

export interface PathCertificate extends ChainCertificate {
  readonly der: Uint8Array
  readonly version: number
  /** Unix milliseconds. */
  readonly notBefore: number
  /** Unix milliseconds. */
  readonly notAfter: number
  /** Undefined without the extension. */
  readonly basicConstraints: BasicConstraints | undefined
  /** Whether its key usage lets it sign certificates; without the extension it may. */
  readonly maySignCertificates: boolean
  /** Dotted object identifiers; undefined without the extension. */
  readonly extendedKeyUsages: ReadonlyArray<string> | undefined
  /** The key identifier of its issuer, hexadecimal, where it names one. */
  readonly issuerKeyId: string | undefined
  /** Name constraints and names, read when they are first asked for: strangers may send many. They throw `Malformed`. */
  readonly constraints: () => NameConstraints | undefined
  readonly names: () => SubjectAltNames
  /** Digest of its SubjectPublicKeyInfo. */
  readonly keyHash: string
  /** Whether signatures of its key are accepted: RSA, ECDSA on the usual curves, Ed25519. */
  readonly signs: boolean
  /** A critical extension that is processed neither here nor by OpenSSL; undefined for none. */
  readonly unprocessed: string | undefined
}

const certificateSigning = 0x04

const isSigner = (key: PublicKeyKind): boolean =>
  key._tag === "Rsa" || key._tag === "Ed25519" || (key._tag === "Ecdsa" && key.curve !== undefined)

const read = (der: Uint8Array): PathCertificate => {
  const fields = readCertificateFields(der)
  const { extensions, key, notAfter, notBefore, version } = fields
  checkExtensions(extensions)
  const keyUsage = readKeyUsage(extensions)
  const constrained = extensions.get(extensionId.nameConstraints)
  let constraints: NameConstraints | undefined
  let names: SubjectAltNames | undefined
  return chainCertificateOf(der, fields, {
    der,
    version,
    notBefore: notBefore.getTime(),
    notAfter: notAfter.getTime(),
    basicConstraints: readBasicConstraints(extensions),
    maySignCertificates: keyUsage === undefined || (keyUsage & certificateSigning) !== 0,
    extendedKeyUsages: readExtendedKeyUsages(extensions),
    issuerKeyId: authorityKeyId(extensions.get(extensionId.authorityKeyId)),
    constraints: () => (constrained === undefined ? undefined : (constraints ??= readNameConstraints(constrained))),
    names: () => (names ??= readNames(extensions)),
    keyHash: hash("sha256", key.raw, "base64"),
    signs: isSigner(publicKeyKind(key)),
    unprocessed: unprocessedExtension(extensions)
  })
}

/** Reads a certificate. The failure says what is wrong with it. */
export const parsePathCertificate = (der: Uint8Array): Result.Result<PathCertificate, string> =>
  Result.try({
    try: () => read(der),
    catch: (cause) => (cause instanceof Malformed ? cause.message : "malformed certificate")
  })

/** A certificate of which only the names are read. */
export interface PresentedCertificate extends Pick<PathCertificate, "id" | "subject" | "issuer"> {
  /** Reads the rest; undefined when that cannot be read. */
  readonly read: () => PathCertificate | undefined
}

/** The issuer's and the subject's names, without a look at anything else. Throws `Malformed`. */
const namesOf = (der: Uint8Array) => {
  const inside = (bytes: Uint8Array) => {
    for (const element of readElements(bytes)) return element.content
    return malformed("malformed certificate")
  }
  const fields = [...readElements(inside(inside(der)))]
  const versioned = fields[0]?.tagClass === TagClass.contextSpecific
  const [, , issuer, , subject] = versioned ? fields.slice(1) : fields
  const text = (name: typeof issuer) =>
    name === undefined ? malformed("malformed certificate") : comparableName(readName(readDer(name.raw)))
  return { issuer: text(issuer), subject: text(subject) }
}

/** Looks at a presented certificate; undefined when not even its names can be read. */
export const presentCertificate = (
  der: Uint8Array,
  read: (der: Uint8Array) => Result.Result<PathCertificate, string>
): PresentedCertificate | undefined => {
  try {
    let certificate: PathCertificate | undefined | null = null
    return {
      id: fingerprint(der),
      ...namesOf(der),
      read: () => (certificate === null ? (certificate = Result.getOrUndefined(read(der))) : certificate)
    }
  } catch (cause) {
    if (cause instanceof Malformed) return undefined
    throw cause
  }
}

/** The anchors of one generation, read once. */
export class PathAnchors {
  readonly #ids: ReadonlySet<string>
  readonly #bySubject: ReadonlyMap<string, ReadonlyArray<PathCertificate>>
  readonly all: ReadonlyArray<PathCertificate>

  /** Reads anchors (DER). One that cannot be read issues nothing. */
  constructor(anchors: ReadonlyArray<Uint8Array>) {
    const read = anchors.flatMap((der) => {
      const parsed = parsePathCertificate(der)
      return Result.isSuccess(parsed) ? [parsed.success] : []
    })
    this.all = read
    this.#ids = new Set(read.map(({ id }) => id))
    this.#bySubject = Map.groupBy(read, ({ subject }) => subject)
  }

  has(der: Uint8Array): boolean {
    return this.#ids.has(fingerprint(der))
  }

  named(subject: string): ReadonlyArray<PathCertificate> {
    return this.#bySubject.get(subject) ?? []
  }
}
