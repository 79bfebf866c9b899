/** Whether certificates that a policy brings make a chain: the first is trusted, the last is to be verified. */
import { X509Certificate } from "node:crypto"

export interface ChainOptions {
  /** Milliseconds since 1970. */
  readonly now: number
  readonly hostName: string | undefined
  /** Dotted identifiers of purposes, of which the last certificate must have one; any when empty. */
  readonly usages: ReadonlyArray<string>
}

const mostSignatures = 64
const anyUsage = "2.5.29.37.0"

const isValidAt = (certificate: X509Certificate, now: number): boolean =>
  certificate.validFromDate.getTime() <= now && now <= certificate.validToDate.getTime()

const serves = (certificate: X509Certificate, usages: ReadonlyArray<string>): boolean => {
  // Node gives the purposes of a certificate under this name; without the extension it serves all of them.
  const own: ReadonlyArray<string> | undefined = certificate.keyUsage
  return own === undefined || usages.length === 0 || [anyUsage, ...usages].some((usage) => own.includes(usage))
}

/** The chain from the verified certificate up to the trusted one; undefined when there is none. */
export const verifiedChain = (
  certificates: ReadonlyArray<Buffer>,
  { hostName, now, usages }: ChainOptions
): ReadonlyArray<Buffer> | undefined => {
  const known = certificates.map((der) => ({ der, x509: new X509Certificate(der) }))
  const [root, leaf] = [known[0], known.at(-1)]
  if (root === undefined || leaf === undefined || known.length < 2) return undefined
  if (
    hostName !== undefined &&
    leaf.x509.checkHost(hostName) === undefined &&
    leaf.x509.checkIP(hostName) === undefined
  ) {
    return undefined
  }
  if (!serves(leaf.x509, usages)) return undefined
  let signatures = 0
  const climb = (below: ReadonlyArray<(typeof known)[number]>): ReadonlyArray<Buffer> | undefined => {
    const top = below.at(-1)
    if (top === undefined || !isValidAt(top.x509, now)) return undefined
    if (top === root) return below.map(({ der }) => der)
    for (const issuer of [root, ...known.slice(1, -1)]) {
      if (below.includes(issuer) || !issuer.x509.ca || !top.x509.checkIssued(issuer.x509)) continue
      if (++signatures > mostSignatures || !top.x509.verify(issuer.x509.publicKey)) continue
      const chain = climb([...below, issuer])
      if (chain !== undefined) return chain
    }
    return undefined
  }
  return climb([leaf])
}
