/**
 * OpenSSL and the trust anchors of one generation, for `verifyChain`. Owns every `X509` it makes: those of a peer's chain
 * until its verification ends, those of anchors and of authorities that were part of a verified path until `dispose`.
 */
import { X509Certificate } from "node:crypto"
import { Result } from "effect"
import type { Path } from "../../access/CandidatePaths.ts"
import { fingerprint } from "../../access/ChainCertificate.ts"
import { PathAnchors, type PathCertificate, parsePathCertificate } from "../../access/PathCertificate.ts"
import type { PathChecker, PathEngine } from "../../access/PathEngine.ts"
import { VerifiedChains } from "../../access/VerifiedChains.ts"
import type { OpenSsl } from "./OpenSsl.ts"
import { PathJudge } from "./PathJudge.ts"
import { verifyErrorName } from "./VerifyErrors.ts"

/** Authorities of verified paths that are kept at most. */
const authorityLimit = 128

const judges = new WeakMap<OpenSsl, PathJudge>()

const judgeOf = (openSsl: OpenSsl): PathJudge => {
  const known = judges.get(openSsl)
  if (known !== undefined) return known
  const made = new PathJudge(openSsl)
  judges.set(openSsl, made)
  return made
}

const edgeOf = (certificate: PathCertificate, issuer: PathCertificate) => `${certificate.id} ${issuer.keyHash}`

export class OpenSslPathEngine implements PathEngine {
  readonly verified = new VerifiedChains()
  readonly #openSsl: OpenSsl
  readonly #judge: PathJudge
  readonly #pem: ReadonlyArray<string>
  #anchors: PathAnchors | undefined
  /** Anchors and authorities by fingerprint; C's side of them. */
  readonly #kept = new Map<string, bigint>()
  readonly #authorities = new Map<string, PathCertificate>()
  /** Signatures between what is kept. */
  readonly #edges = new Set<string>()
  #disposed = false

  constructor(openSsl: OpenSsl, trustAnchors: ReadonlyArray<string>) {
    this.#openSsl = openSsl
    this.#judge = judgeOf(openSsl)
    this.#pem = trustAnchors
  }

  readonly anchors = (): PathAnchors =>
    (this.#anchors ??= new PathAnchors(this.#pem.map((pem) => new Uint8Array(new X509Certificate(pem).raw))))

  readonly read = (der: Uint8Array): Result.Result<PathCertificate, string> => {
    const known = this.#authorities.size === 0 ? undefined : this.#authorities.get(fingerprint(der))
    return known === undefined ? parsePathCertificate(der) : Result.succeed(known)
  }

  readonly check = <A>(use: (checker: PathChecker) => A): A => {
    if (this.#disposed) throw new Error("the trust anchors are gone")
    const lent = new Map<string, bigint>()
    const signed = new Set<string>()
    try {
      return use({
        signed: (certificate, issuer) => this.#signed(lent, signed, certificate, issuer),
        flaw: (path) => this.#flaw(lent, signed, path)
      })
    } finally {
      for (const pointer of lent.values()) this.#openSsl.f.X509_free(pointer)
    }
  }

  /** Frees what C holds. Verifications fail from then on. Idempotent. */
  readonly dispose = (): void => {
    this.#disposed = true
    for (const pointer of this.#kept.values()) this.#openSsl.f.X509_free(pointer)
    this.#kept.clear()
    this.#edges.clear()
    this.#authorities.clear()
    this.verified.clear()
  }

  #pointer(lent: Map<string, bigint>, { der, id }: PathCertificate): bigint {
    const known = this.#kept.get(id) ?? lent.get(id) ?? this.#openSsl.borrowed(der)
    if (known !== undefined) return known
    const pointer = this.#openSsl.parse(der)
    if (pointer !== 0n) lent.set(id, pointer)
    return pointer
  }

  #signed(
    lent: Map<string, bigint>,
    signed: Set<string>,
    certificate: PathCertificate,
    issuer: PathCertificate
  ): boolean {
    const edge = edgeOf(certificate, issuer)
    if (this.#edges.has(edge) || signed.has(edge)) return true
    const { f } = this.#openSsl
    const [child, parent] = [this.#pointer(lent, certificate), this.#pointer(lent, issuer)]
    if (child === 0n || parent === 0n) return false
    const key = f.X509_get0_pubkey(parent)
    const matches = key !== 0n && f.X509_verify(child, key) === 1
    if (matches) signed.add(edge)
    else f.ERR_clear_error()
    return matches
  }

  #flaw(lent: Map<string, bigint>, signed: ReadonlySet<string>, path: Path) {
    for (const [index, issuer] of path.slice(1).entries()) {
      const certificate = path[index]
      const edge = certificate === undefined ? "" : edgeOf(certificate, issuer)
      if (!signed.has(edge) && !this.#edges.has(edge)) return { error: "CERT_SIGNATURE_FAILURE", at: index }
    }
    const found = this.#judge.flaw(path.map((certificate) => this.#pointer(lent, certificate)))
    if (found === undefined) {
      this.#keep(lent, path.slice(1))
      return undefined
    }
    return { error: verifyErrorName(found.code) ?? "UNSPECIFIED", at: found.at }
  }

  /** Keeps the authorities of a path that leads to an anchor: other peers of theirs will come. */
  #keep(lent: Map<string, bigint>, authorities: Path): void {
    if (this.#authorities.size + authorities.length > authorityLimit) return
    for (const [index, authority] of authorities.entries()) {
      if (!this.#kept.has(authority.id)) {
        const pointer = lent.get(authority.id) ?? this.#openSsl.parse(authority.der)
        lent.delete(authority.id)
        if (pointer !== 0n) this.#kept.set(authority.id, pointer)
      }
      this.#authorities.set(authority.id, authority)
      const above = authorities[index + 1]
      if (above !== undefined) this.#edges.add(edgeOf(authority, above))
    }
  }
}
