/**
 * Checks signatures on lists and on the certificates that sign them: each once for a list and a key, whatever the number of
 * peers and reloads. Large lists are checked in slices, so that connections of the thread go on meanwhile.
 */
import { createVerify, verify } from "node:crypto"
import { setImmediate } from "node:timers/promises"
import type { ChainCertificate } from "../ChainCertificate.ts"
import { isSignedBy, keyFor } from "../ListSignature.ts"
import type { RevocationList } from "../RevocationList.ts"
import { keyOf } from "./CertificateFacts.ts"

/** Results kept for a thread. */
const capacity = 2048
/** Lists up to this size are checked at once, in a few milliseconds. */
const immediateLimit = 4 * 1024 * 1024
const sliceSize = 1024 * 1024

/** The result of one check. */
export type Checked = "valid" | "invalid" | "checking"

const lists = new Map<string, boolean>()
const running = new Map<string, Promise<void>>()
const certificates = new Map<string, boolean>()

const remember = (known: Map<string, boolean>, id: string, valid: boolean): void => {
  const [oldest] = known.keys()
  if (known.size >= capacity && oldest !== undefined) known.delete(oldest)
  known.set(id, valid)
}

/** Ed25519 needs the whole list twice, so that it cannot be cut into slices: the thread pool does it. */
const verifyElsewhere = (list: RevocationList, { x509 }: ChainCertificate): Promise<boolean> =>
  new Promise((resolve) => {
    verify(list.scheme.hash, list.signed, x509.publicKey, list.signature, (error, valid) =>
      resolve(error === null && valid)
    )
  })

const verifyInSlices = async (list: RevocationList, signer: ChainCertificate): Promise<boolean> => {
  const key = keyFor(list.scheme, signer.x509.publicKey)
  if (key === undefined) return false
  if (list.scheme.hash === null) return verifyElsewhere(list, signer)
  const verifier = createVerify(list.scheme.hash)
  for (let at = 0; at < list.signed.length; at += sliceSize) {
    verifier.update(list.signed.subarray(at, at + sliceSize))
    await setImmediate()
  }
  return verifier.verify(key, list.signature)
}

/** What one status question may cost, and what it waits for. */
export class SignatureChecks {
  /** Checks that may still be made. */
  #left: number
  readonly waiting: Array<Promise<void>> = []

  constructor(limit: number) {
    this.#left = limit
  }

  /** Whether the limit is reached; then everything else is invalid. */
  get exhausted(): boolean {
    return this.#left < 0
  }

  /** Whether this certificate's key signed the list. */
  list(list: RevocationList, signer: ChainCertificate): Checked {
    const id = `${list.id} ${keyOf(signer).hash}`
    const known = lists.get(id)
    if (known !== undefined) return known ? "valid" : "invalid"
    const already = running.get(id)
    if (already === undefined && --this.#left < 0) return "invalid"
    if (already === undefined && list.signed.length <= immediateLimit) {
      const valid = isSignedBy(list.scheme, list.signed, list.signature, signer.x509.publicKey)
      remember(lists, id, valid)
      return valid ? "valid" : "invalid"
    }
    this.waiting.push(already ?? this.#start(id, list, signer))
    return "checking"
  }

  #start(id: string, list: RevocationList, signer: ChainCertificate): Promise<void> {
    const check = verifyInSlices(list, signer)
      .catch(() => false)
      .then((valid) => {
        running.delete(id)
        remember(lists, id, valid)
      })
    running.set(id, check)
    return check
  }

  /** Whether the issuer's key signed the certificate. */
  certificate(certificate: ChainCertificate, issuer: ChainCertificate): boolean {
    const id = `${certificate.id} ${keyOf(issuer).hash}`
    const known = certificates.get(id)
    if (known !== undefined) return known
    if (--this.#left < 0) return false
    const valid = certificate.x509.verify(issuer.x509.publicKey)
    remember(certificates, id, valid)
    return valid
  }
}
