/** From PEM blocks to a certificate chain with its key (contract: credentials, section 1.3). */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { Result } from "effect"
import { type PeerCertificate, parsePeerCertificate } from "../access/PeerCertificate.ts"
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

const parseKey = (block: PemBlock, sealed: string): Result.Result<KeyObject, string> => {
  const failed = "tls: failed to parse private key"
  if (isEncrypted(block)) return Result.fail(`${failed} (${sealed})`)
  const key = decodeKey(block)
  return key !== undefined && isUsable(key) ? Result.succeed(key) : Result.fail(failed)
}

const keyType = { Rsa: "rsa", Ecdsa: "ec", Ed25519: "ed25519", Unsupported: undefined } as const

const parseLeaf = (der: Uint8Array): Result.Result<PeerCertificate, string> =>
  Result.flatMap(parsePeerCertificate(der), (leaf) => {
    const { publicKey } = leaf
    const curveless = publicKey._tag === "Ecdsa" && publicKey.curve === undefined
    return curveless ? Result.fail("x509: unsupported elliptic curve") : Result.succeed(leaf)
  })

/** Certificates that OpenSSL would not take either are better reported here than by a handshake. */
const checkOthers = (others: ReadonlyArray<PemBlock>): Result.Result<void, string> => {
  const bad = others.findIndex(({ der }) => Result.isFailure(Result.try(() => new X509Certificate(der))))
  return bad < 0 ? Result.void : Result.fail(`x509: malformed certificate (number ${bad + 2} of the chain)`)
}

const pair = (blocks: ReadonlyArray<PemBlock>, sealed: string): Result.Result<KeyPair, string> =>
  Result.gen(function* () {
    const chain = blocks.filter(isCertificate)
    const [first, ...others] = chain
    if (first === undefined) return yield* Result.fail(noCertificate(blocks))
    const keyBlock = blocks.find(isKey)
    if (keyBlock === undefined) return yield* Result.fail(noKey(blocks))
    const leaf = yield* parseLeaf(first.der)
    const key = yield* parseKey(keyBlock, sealed)
    if (leaf.publicKey._tag === "Unsupported") return yield* Result.fail("tls: unknown public key algorithm")
    if (keyType[leaf.publicKey._tag] !== key.asymmetricKeyType) {
      return yield* Result.fail("tls: private key type does not match public key type")
    }
    const matches = Result.try(() => new X509Certificate(first.der).checkPrivateKey(key))
    if (Result.isFailure(matches)) return yield* Result.fail("x509: malformed certificate")
    if (!matches.success) return yield* Result.fail("tls: private key does not match public key")
    yield* checkOthers(others)
    return {
      chainPem: chain.map(({ der }) => writePem("CERTIFICATE", der)).join(""),
      keyPem: key.export({ type: "pkcs8", format: "pem" }).toString(),
      leaf
    }
  })

/**
 * Finds the chain and the key among the blocks. The failure is the contract's wording; `sealed` is what it says of a key
 * that is encrypted.
 */
export const keyPairFromBlocks = (
  blocks: ReadonlyArray<PemBlock>,
  sealed: string = needsPassword
): Result.Result<KeyPair, string> =>
  blocks.length === 0
    ? Result.fail("no certificates found")
    : Result.mapError(pair(blocks, sealed), (why) => `${prefix}${why}`)
