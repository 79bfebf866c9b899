/**
 * Whether a server's certificate is for the name that was asked for (docs/compatibility/credentials.md, 3.5): by subject
 * alternative names only.
 */
import { bounded, escapeControl } from "./EscapedText.ts"
import { canonicalIpAddress } from "./IpAddress.ts"
import type { PeerCertificate } from "./PeerCertificate.ts"

type Named = Pick<PeerCertificate, "dnsNames" | "ipAddresses" | "hasSanExtension"> & {
  readonly subject: Pick<PeerCertificate["subject"], "commonName">
}

/** The longest list of names a sentence repeats. */
const listLimit = 100

const lower = (text: string) => text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
const withoutDot = (text: string) => (text.endsWith(".") ? text.slice(0, -1) : text)
const validLabel = (label: string) => /^[A-Za-z0-9_][A-Za-z0-9_-]*$/.test(label)
const isHostName = (name: string) => withoutDot(name).split(".").every(validLabel)
const isPattern = (name: string) => {
  const [first = "", ...others] = name.split(".")
  return (validLabel(first) || (first === "*" && others.length > 0)) && others.every(validLabel)
}

const matchesLabels = (pattern: string, host: string): boolean => {
  const wanted = lower(withoutDot(host)).split(".")
  const labels = lower(pattern).split(".")
  if (pattern === "" || wanted.length !== labels.length) return false
  return labels.every((label, index) => (index === 0 && label === "*" ? true : label === wanted[index]))
}

const matchesExactly = (name: string, host: string) =>
  ![name, host].some((text) => text === "" || text === ".") && lower(name) === lower(host)

const matchesName = (name: string, host: string) =>
  isHostName(host) && isPattern(name) ? matchesLabels(name, host) : matchesExactly(name, host)

/** Why the certificate is not for this host (`x509: ..`); undefined when it is. */
export const hostNameProblem = (certificate: Named, host: string): string | undefined => {
  const bare = /^\[.+\]$/.test(host) ? host.slice(1, -1) : host
  const address = canonicalIpAddress(bare)
  const matched =
    address === undefined
      ? certificate.dnsNames.some((name) => matchesName(name, host))
      : certificate.ipAddresses.includes(address)
  return matched ? undefined : sentence(certificate, escapeControl(address === undefined ? host : bare), address)
}

const sentence = (certificate: Named, host: string, address: string | undefined): string => {
  const { commonName } = certificate.subject
  if (!certificate.hasSanExtension && commonName !== "" && host !== "" && matchesLabels(commonName, host)) {
    return "x509: certificate relies on legacy Common Name field, use SANs instead"
  }
  const names = address === undefined ? certificate.dnsNames : certificate.ipAddresses
  if (address !== undefined && names.length === 0) {
    return `x509: cannot validate certificate for ${host} because it doesn't contain any IP SANs`
  }
  if (names.length > listLimit) return `x509: certificate is valid for ${names.length} names, but none matched ${host}`
  const valid = names.map((name) => bounded(name, 255)).join(", ")
  return valid === ""
    ? `x509: certificate is not valid for any names, but wanted to match ${host}`
    : `x509: certificate is valid for ${valid}, not ${host}`
}
