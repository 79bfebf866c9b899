/**
 * Who may have issued what in a chain that OpenSSL has verified. OpenSSL does not tell which way it went, so every way
 * it could have gone counts: a flaw on any of them counts. Nothing here admits
 * anybody.
 */
import { X509Certificate } from "node:crypto"
import { Result } from "effect"
import { type ChainCertificate, parseChainCertificate } from "./ChainCertificate.ts"

/** One certificate with one issuer it could have. */
export interface ChainLink {
  readonly certificate: ChainCertificate
  /** It is the peer's own. */
  readonly leaf: boolean
  readonly issuer: ChainCertificate
  /** Below an anchor, where nothing is trusted of itself. */
  readonly below: boolean
}

/** Signatures tried for one peer. No real chain needs as many; a made-up one must not cost more. */
const patience = 64
/** RSA keys with greater exponents are as slow to verify with as to sign with; OpenSSL takes the small ones of them. */
const greatestExponent = 1n << 64n

/** Says why no more is looked for. */
class OutOfPatience extends Error {}

const isSlow = ({ x509 }: ChainCertificate): boolean =>
  (x509.publicKey.asymmetricKeyDetails?.publicExponent ?? 0n) > greatestExponent

/** The anchors, read once. */
export interface Anchors {
  readonly has: (certificate: ChainCertificate) => boolean
  readonly named: (subject: string) => ReadonlyArray<ChainCertificate>
}

/** Reads anchors (PEM). One that cannot be read issues nothing: chains that need it cannot be followed. */
export const readAnchors = (anchors: ReadonlyArray<string>): Anchors => {
  const certificates = anchors.flatMap((pem) => {
    const parsed = Result.flatMap(
      Result.try(() => new X509Certificate(pem).raw),
      parseChainCertificate
    )
    return Result.isSuccess(parsed) ? [parsed.success] : []
  })
  const ids = new Set(certificates.map(({ id }) => id))
  const bySubject = Map.groupBy(certificates, ({ subject }) => subject)
  return { has: ({ id }) => ids.has(id), named: (subject) => bySubject.get(subject) ?? [] }
}

/**
 * Every link on every way from the leaf to an anchor, and those above anchors. The failure says why the chain cannot be
 * followed: it then counts as unknown.
 */
export const chainLinks = (
  chain: ReadonlyArray<Uint8Array>,
  anchors: Anchors
): Result.Result<ReadonlyArray<ChainLink>, string> =>
  Result.gen(function* () {
    const sent = yield* Result.all(chain.map(parseChainCertificate))
    return yield* Result.try({
      try: () => linksOf(sent, anchors),
      catch: (cause) => (cause instanceof OutOfPatience ? cause.message : "a certificate in it is unreadable")
    })
  }).pipe(
    Result.flatMap((links) => (links === undefined ? Result.fail("no way to a trust anchor") : Result.succeed(links)))
  )

const linksOf = (sent: ReadonlyArray<ChainCertificate>, anchors: Anchors): ReadonlyArray<ChainLink> | undefined => {
  const [leaf] = sent
  if (leaf === undefined) return undefined
  let tries = 0
  const signed = (certificate: ChainCertificate, issuer: ChainCertificate): boolean => {
    if (++tries > patience) throw new OutOfPatience("it holds too many certificates of one name")
    if (isSlow(issuer)) throw new OutOfPatience("a key in it is made to be slow")
    return certificate.x509.verify(issuer.x509.publicKey)
  }
  const issuers = new Map<string, ReadonlyArray<ChainCertificate>>()
  const known = new Map<string, ChainCertificate>()
  const find = (certificate: ChainCertificate): void => {
    if (issuers.has(certificate.id)) return
    known.set(certificate.id, certificate)
    const named = [
      ...anchors.named(certificate.issuer),
      ...sent.filter(({ subject }) => subject === certificate.issuer)
    ]
    const different = [...new Map(named.map((candidate) => [candidate.id, candidate])).values()]
    const found = different.filter((candidate) => signed(certificate, candidate))
    issuers.set(certificate.id, found)
    found.forEach(find)
  }
  find(leaf)
  const issuersOf = ({ id }: ChainCertificate) => issuers.get(id) ?? []

  // Anchors lead to an anchor, and so does whatever one of the leading ones has issued.
  const leading = new Set([...known.values()].filter(anchors.has).map(({ id }) => id))
  for (let size = -1; size !== leading.size; ) {
    size = leading.size
    for (const [id, certificate] of known) if (issuersOf(certificate).some((up) => leading.has(up.id))) leading.add(id)
  }
  if (!leading.has(leaf.id)) return undefined

  const below = new Set<string>()
  const descend = (certificate: ChainCertificate): void => {
    if (anchors.has(certificate) || below.has(certificate.id)) return
    below.add(certificate.id)
    issuersOf(certificate).forEach(descend)
  }
  descend(leaf)
  return [...known.values()].flatMap((certificate) =>
    issuersOf(certificate)
      .filter((issuer) => !below.has(certificate.id) || leading.has(issuer.id))
      .map((issuer) => ({ certificate, leaf: certificate === leaf, issuer, below: below.has(certificate.id) }))
  )
}
