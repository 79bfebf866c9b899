/**
 * Judges of peers: the one place where a verdict is made. They fail closed: a peer passes only where a branch below says
 * `Admitted`, a chain that OpenSSL refused never does except by a pin, and whatever goes wrong inside is a refusal.
 */
import { Result } from "effect"
import type { AccessRules } from "../config/AccessRules.ts"
import { type Pin, parse as parsePin } from "../config/SpkiPin.ts"
import { type ChainProblem, chainProblem, keyUsageProblem, validityProblem } from "./ChainErrors.ts"
import { chainLimitProblem } from "./ChainLimits.ts"
import { verifyChain } from "./ChainVerifier.ts"
import { bounded } from "./EscapedText.ts"
import { hostNameProblem } from "./HostName.ts"
import type { PeerCertificate } from "./PeerCertificate.ts"
import { type PeerCertificateCache, peerCertificates } from "./PeerCertificateCache.ts"
import { matchesPin, pinText } from "./Pins.ts"
import { presentedHint, serverNameHint } from "./RefusalHints.ts"
import { type RevocationPolicy, refusingRevoked } from "./Revocation.ts"
import { type CompiledRules, compileRules, decide } from "./Rules.ts"
import type { Judge, PeerPolicy, PresentedPeer, RefusalReason, Verdict, Why } from "./Verdict.ts"

export interface JudgeOptions {
  /** The flag that the sentence about a bad URI pattern names. */
  readonly uriFlag?: string
  readonly now?: () => Date
  readonly cache?: PeerCertificateCache
  /** The evaluator of the rules' policy; without it a policy refuses. */
  readonly policy?: PeerPolicy | undefined
  /** Verified chains are looked up in revocation lists too. */
  readonly revocation?: RevocationPolicy | undefined
}

const refuse = (reason: RefusalReason, message: string): Verdict => ({ _tag: "Refused", reason, message })
const explain = (reason: RefusalReason, message: string, why: Why): Verdict => ({
  _tag: "Refused",
  reason,
  message,
  why
})
const admit = (by: string): Verdict => ({ _tag: "Admitted", by })

interface Role {
  readonly peer: "client" | "server"
  readonly noCertificate: string
  /** What the leaf's extended key usage has to allow, if it has one. */
  readonly usage: string
  readonly host: string | undefined
  readonly hostNameProblem: (certificate: PeerCertificate) => string | undefined
  readonly revocation: RevocationPolicy | undefined
  readonly now: () => Date
  readonly cache: PeerCertificateCache
}

/** What is asked of a verified certificate, or of an unverified one. */
type Policy =
  | { readonly _tag: "AnyVerified" }
  | { readonly _tag: "Names"; readonly rules: CompiledRules }
  | { readonly _tag: "Evaluated"; readonly rules: CompiledRules; readonly decide: PeerPolicy }
  | { readonly _tag: "Pins"; readonly pins: ReadonlyArray<Pin> }

/** Judges clients. The failure says which rule cannot be understood. */
export const serverJudge = (rules: AccessRules, options: JudgeOptions = {}): Result.Result<Judge, string> => {
  if (rules._tag === "Anonymous") return Result.succeed(judgeAnonymous)
  const role: Role = {
    peer: "client",
    noCertificate: "tls: client didn't provide a certificate",
    usage: "1.3.6.1.5.5.7.3.2",
    host: undefined,
    hostNameProblem: () => undefined,
    revocation: options.revocation,
    now: options.now ?? (() => new Date()),
    cache: options.cache ?? peerCertificates
  }
  return Result.map(compile(rules, options.uriFlag ?? "--allow-uri", options.policy), (policy) => judgeBy(role, policy))
}

/** Judges servers that were asked for as `serverName`. The failure says which rule cannot be understood. */
export const clientJudge = (
  rules: AccessRules,
  serverName: string,
  options: JudgeOptions = {}
): Result.Result<Judge, string> => {
  if (rules._tag === "Anonymous") return Result.fail("servers cannot be anonymous: a client always verifies them")
  const role: Role = {
    peer: "server",
    noCertificate: "tls: received empty certificates message",
    usage: "1.3.6.1.5.5.7.3.1",
    host: serverName,
    hostNameProblem: (certificate) => hostNameProblem(certificate, serverName),
    revocation: options.revocation,
    now: options.now ?? (() => new Date()),
    cache: options.cache ?? peerCertificates
  }
  return Result.map(compile(rules, options.uriFlag ?? "--verify-uri", options.policy), (policy) =>
    judgeBy(role, policy)
  )
}

const compile = (
  rules: Exclude<AccessRules, { _tag: "Anonymous" }>,
  uriFlag: string,
  decide: PeerPolicy = () => refuse("acl", "unauthorized: the policy is not loaded")
): Result.Result<Policy, string> => {
  switch (rules._tag) {
    case "AnyVerified":
      return Result.succeed({ _tag: "AnyVerified" })
    case "Names":
      return Result.map(compileRules(rules.rules, uriFlag), (compiled) => ({ _tag: "Names", rules: compiled }))
    case "Policy":
      return Result.map(compileRules(rules.rules, uriFlag), (compiled) => ({
        _tag: "Evaluated",
        rules: compiled,
        decide
      }))
    case "Pins":
      return Result.map(Result.all(rules.pins.map(parsePin)), (pins) => ({ _tag: "Pins", pins }))
  }
}

/** No certificate is asked for, so one that comes nevertheless means that something is set up wrongly. */
const judgeAnonymous: Judge = (peer) =>
  peer.chain.length === 0
    ? admit("no certificate asked for")
    : refuse("bad_certificate", "tls: client sent a certificate although none was asked for")

const judgeBy = (role: Role, policy: Policy): Judge => {
  const guarded: Judge = (peer) => {
    try {
      return judge(role, policy, peer)
    } catch (cause) {
      const why = cause instanceof Error ? cause.message : String(cause)
      return refuse("bad_certificate", `tls: failed to verify certificate: ${bounded(why, 200)}`)
    }
  }
  const { revocation } = role
  if (revocation === undefined || policy._tag === "Pins") return guarded
  // Without paths OpenSSL does not tell which way it went: every way counts.
  const everyWay = refusingRevoked(guarded, revocation)
  return (peer) => (peer.paths === undefined ? everyWay(peer) : guarded(peer))
}

const judge = (role: Role, policy: Policy, peer: PresentedPeer): Verdict => {
  const [leaf] = peer.chain
  if (leaf === undefined) return refuse("no_cert", role.noCertificate)
  // Where paths are verified, the limits have been looked at before OpenSSL read the certificates.
  const tooMuch = peer.paths === undefined ? chainLimitProblem(peer.chain) : undefined
  if (tooMuch !== undefined) return refuse("bad_certificate", `tls: ${role.peer} sent ${tooMuch}`)
  const parsed = role.cache.read(leaf, peer.chainError === undefined)
  if (Result.isFailure(parsed)) return badCertificate(role, parsed.failure)
  const certificate = parsed.success
  const badKey = keyProblem(role, certificate)
  if (badKey !== undefined) return badKey
  if (policy._tag === "Pins") return judgePin(role, policy.pins, leaf, certificate)
  const verified = verify(role, peer, certificate)
  if (verified.refused !== undefined) return verified.refused
  const verdict = judgeVerified(policy, peer, leaf, certificate)
  if (verdict._tag === "Admitted" && verified.unknown !== undefined) role.revocation?.tolerated(verified.unknown)
  return verdict
}

/** Noted where the transport does not say. */
const unknownConnection = () => ({})

const judgeVerified = (
  policy: Exclude<Policy, { _tag: "Pins" }>,
  { connection = unknownConnection }: PresentedPeer,
  leaf: Uint8Array,
  certificate: PeerCertificate
): Verdict => {
  if (policy._tag === "AnyVerified") return admit("verified chain")
  if (policy._tag === "Names") return judgeNames(policy.rules, certificate)
  const byName = judgeNames(policy.rules, certificate)
  return byName._tag === "Admitted" ? byName : policy.decide(leaf, connection)
}

const badCertificate = (role: Role, why: string) =>
  refuse("bad_certificate", `tls: failed to parse certificate from ${role.peer}: ${bounded(why, 200)}`)

/** Kinds of keys that OpenSSL takes and the Go program does not. */
const keyProblem = (role: Role, { publicKey }: PeerCertificate): Verdict | undefined => {
  switch (publicKey._tag) {
    case "Rsa":
      return publicKey.bits > 8192
        ? refuse("bad_certificate", `tls: ${role.peer} sent certificate containing RSA key larger than 8192 bits`)
        : undefined
    case "Ecdsa":
      return publicKey.curve === undefined ? badCertificate(role, "x509: unsupported elliptic curve") : undefined
    case "Ed25519":
      return undefined
    case "Unsupported": {
      const subject = role.peer === "client" ? "client certificate" : "server's certificate"
      const type = bounded(publicKey.algorithm, 64)
      return refuse("bad_certificate", `tls: ${subject} contains an unsupported type of public key: ${type}`)
    }
  }
}

const judgePin = (role: Role, pins: ReadonlyArray<Pin>, leaf: Uint8Array, certificate: PeerCertificate): Verdict => {
  if (!matchesPin(pins, certificate.publicKeyInfo)) {
    // The digest of a public key is no secret, and what an operator would compare.
    const presented = pinText(pins[0]?.algorithm ?? "sha256", certificate.publicKeyInfo)
    const required = pins.length === 1 ? "1 pin" : `${pins.length} pins`
    const message = `unauthorized: pin verification failed (presented ${presented}; allowed ${required})`
    return explain("pin", message, { presented, required })
  }
  role.cache.read(leaf, true)
  return admit("pinned key")
}

/** What became of a chain. */
interface Verification {
  readonly refused?: Verdict | undefined
  /** Why the revocation status of an accepted chain is unknown. */
  readonly unknown?: string | undefined
}

/** The Go program's order: the leaf's dates, its host name, the chain, its key usage. */
const verify = (role: Role, peer: PresentedPeer, leaf: PeerCertificate): Verification => {
  const now = role.now()
  const presenting = ({ detail, message, reason }: ChainProblem) =>
    refuse(reason, `${message} (${presentedHint(peer.chain, leaf)})${detail === undefined ? "" : `; ${detail}`}`)
  const dates = validityProblem(leaf, now)
  if (dates !== undefined) return { refused: presenting(dates) }
  const host = role.hostNameProblem(leaf)
  if (host !== undefined) {
    const message = `tls: failed to verify certificate: ${host} (${serverNameHint(leaf)})`
    return { refused: refuse("hostname", message) }
  }
  if (peer.paths === undefined) {
    const problem = libraryProblem(role, peer, leaf, now)
    return { refused: problem === undefined ? undefined : presenting(problem) }
  }
  const { revocation, usage } = role
  const outcome = verifyChain(peer.paths, peer.chain, { usage, host: role.host }, now, revocation)
  if (outcome._tag === "Refused") {
    const { problem, revocation: byLists } = outcome
    return { refused: byLists === true ? refuse(problem.reason, problem.message) : presenting(problem) }
  }
  const [presented] = peer.chain
  if (presented !== undefined) role.cache.read(presented, true)
  return { unknown: outcome.unknown }
}

/** What the TLS library found, where it has verified the chain. */
const libraryProblem = (
  role: Role,
  peer: PresentedPeer,
  leaf: PeerCertificate,
  now: Date
): ChainProblem | undefined => {
  if (peer.chainError !== undefined) {
    const above = () =>
      peer.chain.slice(1).flatMap((der) => {
        const parsed = role.cache.read(der, false)
        return Result.isSuccess(parsed) ? [parsed.success] : []
      })
    return chainProblem(peer.chainError, above, now)
  }
  const usages = leaf.extendedKeyUsages
  const usable = usages === undefined || usages.includes(role.usage) || usages.includes("2.5.29.37.0")
  return usable ? undefined : keyUsageProblem
}

const judgeNames = (rules: CompiledRules, certificate: PeerCertificate): Verdict => {
  const decision = decide(rules, certificate)
  if (decision.allowed) return admit(decision.by)
  const { detail, why } = decision
  return explain("acl", `unauthorized: invalid principal, or principal not allowed (${detail})`, why)
}
