/** Keys that tokens are verified with: certificates and public keys in PEM, or a JSON Web Key (set). */
import { createPublicKey, type JsonWebKeyInput, type KeyObject, X509Certificate } from "node:crypto"

export interface VerificationKey {
  readonly key: KeyObject
  readonly id: string | undefined
  readonly algorithm: string | undefined
}

/** Why a text holds no key. */
export class NoKey {
  readonly message: string
  constructor(message: string) {
    this.message = message
  }
}

const block = /-----BEGIN ([A-Z ]+)-----\r?\n[\s\S]*?\r?\n-----END \1-----\r?\n?/

const fromPem = (text: string, label: string, pem: string): ReadonlyArray<VerificationKey> | NoKey => {
  if (text.slice(text.indexOf(pem) + pem.length).trim() !== "") {
    return new NoKey("extra data after a PEM certificate block")
  }
  try {
    if (label === "CERTIFICATE") return [plain(new X509Certificate(pem).publicKey)]
    if (label === "PUBLIC KEY") return [plain(createPublicKey(pem))]
  } catch {
    return new NoKey(`failed to parse a PEM ${label === "CERTIFICATE" ? "certificate" : "key"}`)
  }
  return new NoKey("failed to extract a Key from the PEM certificate")
}

const plain = (key: KeyObject): VerificationKey => ({ key, id: undefined, algorithm: undefined })

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const members = ["kty", "crv", "n", "e", "x", "y", "k"] as const

const textOr = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

const fromJwk = (value: unknown): VerificationKey => {
  if (!isRecord(value)) throw new Error("a key is an object")
  const jwk: JsonWebKeyInput["key"] = {}
  for (const name of members) {
    const member = textOr(value[name])
    if (member !== undefined) jwk[name] = member
  }
  return {
    key: createPublicKey({ key: jwk, format: "jwk" }),
    id: textOr(value["kid"]),
    algorithm: textOr(value["alg"])
  }
}

/** The keys a text holds. */
export const keysOf = (text: string): ReadonlyArray<VerificationKey> | NoKey => {
  const pem = block.exec(text)
  if (pem !== null) return fromPem(text, pem[1] ?? "", pem[0])
  try {
    const parsed: unknown = JSON.parse(text)
    const keys = isRecord(parsed) ? parsed["keys"] : undefined
    return Array.isArray(keys) ? keys.map(fromJwk) : [fromJwk(parsed)]
  } catch {
    return new NoKey("failed to parse a JWK key (set)")
  }
}
