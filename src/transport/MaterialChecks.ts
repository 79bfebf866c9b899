/** What is asked of TLS material before OpenSSL sees it, and what OpenSSL's complaints mean. Both transports share it. */
import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto"
import { Result } from "effect"
import { type Identity, keyInMemory, type PrivateKey, type TlsMaterial } from "../credentials/TlsMaterial.ts"
import { TlsMaterialError } from "./Transport.ts"

const text = (error: unknown, name: "reason" | "message"): string | undefined => {
  if (typeof error !== "object" || error === null) return undefined
  const found: unknown = Reflect.get(error, name)
  return typeof found === "string" ? found : undefined
}

/** A failure with this sentence. */
export const materialFails = (message: string): TlsMaterialError => new TlsMaterialError({ message })

/** The failure for what OpenSSL or Node threw. */
export const explainMaterial = (error: unknown): TlsMaterialError => {
  if (error instanceof TlsMaterialError) return error
  const reason = text(error, "reason") ?? text(error, "message") ?? String(error)
  if (/key values mismatch/i.test(reason)) return materialFails("tls: private key does not match public key")
  if (/key too small/i.test(reason)) {
    return materialFails("tls: the certificate's key is too small: OpenSSL takes RSA from 2048 bits")
  }
  if (/md too weak/i.test(reason)) {
    return materialFails("tls: the certificate's signature algorithm is too weak for OpenSSL")
  }
  return materialFails(`tls: ${reason}`)
}

/** The key's PEM; throws for a key on a token. */
export const pemOf = (key: PrivateKey): string => {
  const pem = keyInMemory(key)
  if (Result.isFailure(pem)) throw materialFails(pem.failure)
  return pem.success
}

const parsed = <A>(what: string, parse: () => A): A => {
  try {
    return parse()
  } catch (error) {
    throw materialFails(`tls: failed to parse ${what}: ${text(error, "reason") ?? text(error, "message")}`)
  }
}

/** OpenSSL notices a foreign key only when it is of the certificate's own type. */
const checkPair = (identity: Identity): void => {
  const leaf = parsed("certificate", () => new X509Certificate(identity.chainPem))
  const pem = pemOf(identity.key)
  const key: KeyObject = parsed("private key", () => createPrivateKey(pem))
  if (!leaf.checkPrivateKey(key)) throw materialFails("tls: private key does not match public key")
}

/** Throws what is wrong with the material. */
export const checkMaterial = (material: TlsMaterial): void => {
  if (material.identity !== undefined) checkPair(material.identity)
  // OpenSSL skips what it cannot read, and would then trust fewer than it was told to.
  for (const anchor of material.trustAnchors) parsed("trust anchor", () => new X509Certificate(anchor))
}
