/**
 * The one place where a TLS peer is admitted or refused, for accepted and dialled connections alike. Whatever cannot be
 * established (no result from OpenSSL, a judge that throws, an answer that is none) is a refusal.
 */
import type { X509Certificate } from "node:crypto"
import type { TLSSocket } from "node:tls"
import { chainLimits } from "../../access/ChainLimits.ts"
import type { PathEngine } from "../../access/PathEngine.ts"
import type { Judge, Pending, PresentedPeer, Verdict } from "../../access/Verdict.ts"
import { askJudge, resumed, unreadable, unverified } from "../JudgeAnswer.ts"
import { codeOf, textProperty } from "../SystemErrors.ts"
import { hasPeerCertificate, verifyError } from "./Internals.ts"

/** OpenSSL's names of errors for which Node has only its words. */
const namesOfWords: ReadonlyMap<string, string> = new Map([
  ["unhandled critical extension", "UNHANDLED_CRITICAL_EXTENSION"],
  ["key usage does not include certificate signing", "KEYUSAGE_NO_CERTSIGN"],
  ["permitted subtree violation", "PERMITTED_VIOLATION"],
  ["excluded subtree violation", "EXCLUDED_VIOLATION"],
  ["EE certificate key too weak", "EE_KEY_TOO_SMALL"],
  ["CA certificate key too weak", "CA_KEY_TOO_SMALL"],
  ["CA signature digest algorithm too weak", "CA_MD_TOO_WEAK"]
])

/** An error that neither knows is named after its words. */
const errorName = (error: unknown): string => {
  const code = codeOf(error)
  if (code !== "" && code !== "UNSPECIFIED") return code
  const words = textProperty(error, "message") ?? ""
  return namesOfWords.get(words) ?? (words.toUpperCase().replace(/[^A-Z0-9]+/g, "_") || "UNSPECIFIED")
}

/** OpenSSL's word on the chain, which `TLSSocket.authorized` does not carry for sockets made by hand. Throws in doubt. */
const chainErrorOf = (socket: TLSSocket): string | undefined => {
  const error = verifyError(socket)
  if (error !== undefined && error !== null) return errorName(error)
  return hasPeerCertificate(socket) ? undefined : "UNABLE_TO_GET_ISSUER_CERT"
}

/** More certificates than the limit are not looked at, but for one that shows it. */
const longestChain = chainLimits.certificates + 1

/** The certificates the peer sent, DER, leaf first. */
const chainOf = (socket: TLSSocket): ReadonlyArray<Uint8Array> => {
  const chain: Array<Buffer> = []
  let next: X509Certificate | undefined = socket.getPeerX509Certificate()
  for (let count = 0; next !== undefined && count < longestChain; count++) {
    const raw = next.raw
    // One that comes twice must not hide those behind it.
    if (!chain.some((known) => known.equals(raw))) chain.push(raw)
    next = next.issuerCertificate
  }
  return chain
}

/** A judgement with the certificates it was about. */
export interface Judgement {
  readonly chain: ReadonlyArray<Uint8Array>
  readonly verdict: Verdict | Pending
}

/**
 * Judges the peer of a finished handshake. To be called synchronously in `secure` or `secureConnect`, before anything is
 * read. `certificateAsked` is false only for servers that do not request certificates.
 */
export const judgePeer = (
  socket: TLSSocket,
  judge: Judge,
  certificateAsked: boolean,
  paths?: PathEngine | undefined,
  connection?: PresentedPeer["connection"]
): Judgement => {
  let chain: ReadonlyArray<Uint8Array> = []
  let chainError: string | undefined
  try {
    if (socket.isSessionReused()) return { chain, verdict: resumed }
    if (certificateAsked) {
      chainError = paths === undefined ? chainErrorOf(socket) : unverified
      chain = chainOf(socket)
      if (chain.length === 0) chainError ??= "UNABLE_TO_GET_ISSUER_CERT"
    }
  } catch {
    return { chain: [], verdict: unreadable }
  }
  return {
    chain,
    verdict: askJudge(judge, certificateAsked ? { chain, chainError, connection, paths } : { chain, chainError })
  }
}
