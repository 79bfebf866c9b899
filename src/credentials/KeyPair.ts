/** From PEM blocks to a certificate chain with its key (docs/compatibility/credentials.md, 1.3). */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { Result } from "effect"
import { type PeerCertificate, parsePeerCertificate } from "../access/PeerCertificate.ts"
import { type Describe, describeProblem, type PairProblem } from "./PairProblem.ts"
import { isEncrypted, isKey, type PemBlock, writePem } from "./Pem.ts"

export interface KeyPair {
  /** Leaf first, as given. */
  readonly chainPem: string
  /** PKCS#8, not encrypted. */
  readonly keyPem: string
  readonly leaf: PeerCertificate
}

const prefix = "parsing X509 key pair: "
const isCertificate = ({ type }: PemBlock) => type === "CERTIFICATE"
const curves: ReadonlyArray<unknown> = ["prime256v1", "secp384r1", "secp521r1"]

const typesOf = (blocks: ReadonlyArray<PemBlock>) => `[${blocks.map(({ type }) => type).join(" ")}]`

const failing = (about: PairProblem["about"], message: string, hint?: string): Result.Result<never, PairProblem> =>
  Result.fail({ about, message, ...(hint === undefined ? {} : { hint }) })

const noCertificate = (blocks: ReadonlyArray<PemBlock>): string => {
  const [only, ...others] = blocks
  return only !== undefined && others.length === 0 && isKey(only)
    ? "tls: failed to find certificate PEM data in certificate input, but did find a private key; PEM inputs may have been switched"
    : `tls: failed to find "CERTIFICATE" PEM block in certificate input after skipping PEM blocks of the following types: ${typesOf(blocks)}`
}

const noKey = (blocks: ReadonlyArray<PemBlock>): string =>
  blocks.every(isCertificate)
    ? "tls: found a certificate rather than a key in the PEM for the private key"
    : `tls: failed to find PEM block with type ending in "PRIVATE KEY" in key input after skipping PEM blocks of the following types: ${typesOf(blocks)}`

/** The key, whatever of the three formats its block claims to be. */
const decodeKey = ({ der }: PemBlock): KeyObject | undefined => {
  for (const type of ["pkcs1", "pkcs8", "sec1"] as const) {
    const decoded = Result.try(() => createPrivateKey({ key: Buffer.from(der), format: "der", type }))
    if (Result.isSuccess(decoded)) return decoded.success
  }
  return undefined
}

const isUsable = (key: KeyObject): boolean => {
  switch (key.asymmetricKeyType) {
    case "rsa":
      return (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 1024
    case "ec":
      return curves.includes(key.asymmetricKeyDetails?.namedCurve)
    default:
      return key.asymmetricKeyType === "ed25519"
  }
}

const needsPassword = "it is encrypted: give its password with --storepass-file"

const openSsh = "it is in OpenSSH's own format: convert a copy with `ssh-keygen -p -m PKCS8 -f FILE`"
const kinds = "only RSA from 1024 bits, ECDSA on P-256, P-384 or P-521, and Ed25519 are supported"

const parseKey = (block: PemBlock, sealed: string): Result.Result<KeyObject, PairProblem> => {
  const failed = (hint: string) => failing("key", "tls: failed to parse private key", hint)
  if (isEncrypted(block)) return failed(sealed)
  const key = decodeKey(block)
  if (key === undefined) {
    return failed(
      block.type === "OPENSSH PRIVATE KEY" ? openSsh : `its block ${block.type} is damaged or of an unknown kind`
    )
  }
  return isUsable(key) ? Result.succeed(key) : failed(kinds)
}

const keyType = { Rsa: "rsa", Ecdsa: "ec", Ed25519: "ed25519", Unsupported: undefined } as const

const parseLeaf = (der: Uint8Array): Result.Result<PeerCertificate, string> =>
  Result.flatMap(parsePeerCertificate(der), (leaf) => {
    const { publicKey } = leaf
    const curveless = publicKey._tag === "Ecdsa" && publicKey.curve === undefined
    return curveless ? Result.fail("x509: unsupported elliptic curve") : Result.succeed(leaf)
  })

const belongsTo = (der: Uint8Array, key: KeyObject): boolean =>
  Result.getOrElse(
    Result.try(() => new X509Certificate(der).checkPrivateKey(key)),
    () => false
  )

/** Certificates that are looked through for the one a key belongs to. */
const longestSearch = 20

/** Where the key of a pair that does not fit belongs. */
const owner = (others: ReadonlyArray<PemBlock>, key: KeyObject): string => {
  const found = others.slice(0, longestSearch).findIndex(({ der }) => belongsTo(der, key))
  return found < 0
    ? "the key is not that of the first certificate"
    : `the key belongs to certificate number ${found + 2}: the certificate of the key must come first`
}

/** Certificates that OpenSSL would not take either are better reported here than by a handshake. */
const checkOthers = (others: ReadonlyArray<PemBlock>): Result.Result<void, PairProblem> => {
  const bad = others.findIndex(({ der }) => Result.isFailure(Result.try(() => new X509Certificate(der))))
  return bad < 0 ? Result.void : failing("certificate", "x509: malformed certificate", `number ${bad + 2} of the chain`)
}

const pair = (blocks: ReadonlyArray<PemBlock>, sealed: string): Result.Result<KeyPair, PairProblem> =>
  Result.gen(function* () {
    const chain = blocks.filter(isCertificate)
    const [first, ...others] = chain
    if (first === undefined) return yield* failing("no certificate", noCertificate(blocks))
    const keyBlock = blocks.find(isKey)
    if (keyBlock === undefined) return yield* failing("no key", noKey(blocks))
    const leaf = yield* Result.mapError(parseLeaf(first.der), (message) => ({ about: "certificate" as const, message }))
    const key = yield* parseKey(keyBlock, sealed)
    if (leaf.publicKey._tag === "Unsupported") {
      return yield* failing("certificate", "tls: unknown public key algorithm", kinds)
    }
    if (keyType[leaf.publicKey._tag] !== key.asymmetricKeyType) {
      return yield* failing("pair", "tls: private key type does not match public key type", owner(others, key))
    }
    const matches = Result.try(() => new X509Certificate(first.der).checkPrivateKey(key))
    if (Result.isFailure(matches)) return yield* failing("certificate", "x509: malformed certificate")
    if (!matches.success) {
      return yield* failing("pair", "tls: private key does not match public key", owner(others, key))
    }
    yield* checkOthers(others)
    return {
      chainPem: chain.map(({ der }) => writePem("CERTIFICATE", der)).join(""),
      keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
      leaf
    }
  })

/**
 * Finds the chain and the key among the blocks. The failure begins with the Go program's wording; `sealed` is what it says of
 * a key that is encrypted, and `describe` adds which file it is about.
 */
export const keyPairFromBlocks = (
  blocks: ReadonlyArray<PemBlock>,
  sealed: string = needsPassword,
  describe: Describe = describeProblem
): Result.Result<KeyPair, string> =>
  blocks.length === 0
    ? Result.fail(describe({ about: "no certificate", message: "no certificates found" }))
    : Result.mapError(pair(blocks, sealed), (problem) => `${prefix}${describe(problem)}`)
