/**
 * The OCSP response that a server staples to its handshake: what it says of a verified server. Only refuses. An answer
 * counts when the issuer of the server's certificate signed it, or a responder to which that issuer has delegated it.
 */
import { hash, X509Certificate } from "node:crypto"
import { Result } from "effect"
import { type ChainCertificate, parseChainCertificate } from "../ChainCertificate.ts"
import { type ChainProblem, revocationProblem, revokedProblem, seconds } from "../ChainErrors.ts"
import { type DerNode, expectTag, readDer, Tag, TagClass } from "../Der.ts"
import { isSignedBy } from "../ListSignature.ts"
import { parsePeerCertificate, readExtensionList } from "../PeerCertificate.ts"
import { keyOf } from "../revocation/CertificateFacts.ts"
import { type OcspResponse, parseOcspResponse, type SingleResponse } from "./OcspResponse.ts"

/** `staple`: a response must be good where there is one, or where the certificate demands it. `require`: there must be one. */
export type StapleMode = "staple" | "require"

/** What is wrong with an admitted server, by its chain as sent and its stapled response; undefined for nothing. */
export type StapleCheck = (chain: ReadonlyArray<Uint8Array>, staple: Uint8Array | undefined) => ChainProblem | undefined

const ocspSigning = "1.3.6.1.5.5.7.3.9"
const tlsFeature = "1.3.6.1.5.5.7.1.24"
const statusRequest = 5
/** Clocks of responders may be ahead of ours. */
const skew = 300_000
/** Responders' certificates that are looked at. */
const responderLimit = 4

const fieldsOf = (der: Uint8Array): ReadonlyArray<DerNode> => {
  const [toBeSigned] = expectTag(readDer(der), Tag.sequence, "certificate").children
  const fields = expectTag(toBeSigned, Tag.sequence, "certificate").children
  return fields[0]?.tagClass === TagClass.contextSpecific ? fields.slice(1) : fields
}

/** Whether the certificate says that its server always staples (RFC 7633). */
const mustStaple = (der: Uint8Array): boolean => {
  const explicit = fieldsOf(der).find((field) => field.tagClass === TagClass.contextSpecific && field.tag === 3)
  const feature = explicit === undefined ? undefined : readExtensionList(explicit.children[0]).get(tlsFeature)
  if (feature === undefined) return false
  const features = expectTag(readDer(feature.value), Tag.sequence, "TLS feature").children
  return features.some(({ content }) => content.length === 1 && content[0] === statusRequest)
}

/** Whether the answer is about the leaf as this issuer has issued it. */
const isAbout = (answer: SingleResponse, leaf: ChainCertificate, issuer: ChainCertificate): boolean => {
  if (answer.serial !== leaf.serial) return false
  const [, , , , subject, key] = fieldsOf(issuer.der)
  const bits = expectTag(key?.children[1], Tag.bitString, "public key").content.subarray(1)
  const digest = (bytes: Uint8Array) => hash(answer.hash, bytes, "hex")
  return subject !== undefined && answer.issuerName === digest(subject.raw) && answer.issuerKey === digest(bits)
}

/** Whether the issuer has delegated its answers to this certificate. */
const isDelegated = (responder: ChainCertificate, issuer: ChainCertificate, now: number): boolean => {
  const parsed = parsePeerCertificate(responder.der)
  if (Result.isFailure(parsed) || responder.issuer !== issuer.subject) return false
  const { extendedKeyUsages = [], notAfter, notBefore } = parsed.success
  const isValid = notBefore.getTime() <= now && now <= notAfter.getTime()
  return isValid && extendedKeyUsages.includes(ocspSigning) && responder.x509.verify(issuer.x509.publicKey)
}

const isSigned = (response: OcspResponse, issuer: ChainCertificate, now: number): boolean => {
  const by = ({ x509 }: ChainCertificate) =>
    isSignedBy(response.scheme, response.signed, response.signature, x509.publicKey)
  if (by(issuer)) return true
  const responders = response.certificates.slice(0, responderLimit).map(parseChainCertificate)
  return responders.some((each) => Result.isSuccess(each) && isDelegated(each.success, issuer, now) && by(each.success))
}

const problemOf = (answer: SingleResponse, now: number): ChainProblem | undefined => {
  const { nextUpdate = Infinity, status, thisUpdate } = answer
  if (status === "revoked") return revokedProblem(undefined)
  if (status === "unknown") return revocationProblem("the OCSP responder does not know it")
  if (thisUpdate > now + skew) {
    return revocationProblem(`the stapled OCSP response begins at ${seconds(new Date(thisUpdate))}`)
  }
  return now > nextUpdate + skew
    ? revocationProblem(`the stapled OCSP response was valid until ${seconds(new Date(nextUpdate))}`)
    : undefined
}

const certificateOf = (der: Uint8Array): ReadonlyArray<ChainCertificate> =>
  Result.match(parseChainCertificate(der), { onFailure: () => [], onSuccess: (read) => [read] })

const flawed = (why: string) => revocationProblem(`the stapled OCSP response cannot be used: ${why}`)

/** The check of one generation; `trustAnchors` are PEM. */
export const stapleCheck = (
  mode: StapleMode,
  trustAnchors: ReadonlyArray<string>,
  now: () => number = Date.now
): StapleCheck => {
  let trusted: ReadonlyArray<ChainCertificate> | undefined
  const anchors = () =>
    (trusted ??= trustAnchors.flatMap((pem) =>
      Result.match(
        Result.try(() => new X509Certificate(pem).raw),
        { onFailure: () => [], onSuccess: certificateOf }
      )
    ))
  const check: StapleCheck = ([first, ...others], staple) => {
    const [leaf] = first === undefined ? [] : certificateOf(first)
    if (leaf === undefined) return revocationProblem("the certificate cannot be read")
    if (staple === undefined) {
      const demanded = mode === "require" || mustStaple(leaf.der)
      return demanded ? revocationProblem("the server stapled no OCSP response") : undefined
    }
    const response = parseOcspResponse(staple)
    if (Result.isFailure(response)) return flawed(response.failure)
    const candidates = [...others.flatMap(certificateOf), ...anchors()]
    const issuers = candidates.filter(
      (each) => each.subject === leaf.issuer && !keyOf(each).isSlow && leaf.x509.verify(each.x509.publicKey)
    )
    for (const issuer of issuers) {
      const answer = response.success.responses.find((each) => isAbout(each, leaf, issuer))
      if (answer === undefined) continue
      return isSigned(response.success, issuer, now())
        ? problemOf(answer, now())
        : flawed("it is not signed by the certificate's issuer or a responder of its")
    }
    return flawed("it is about another certificate")
  }
  return (chain, staple) => {
    try {
      return check(chain, staple)
    } catch {
      return flawed("it cannot be checked")
    }
  }
}
