/**
 * What a client whose TLS versions are all too old has offered, as the Go program writes it (docs/compatibility/credentials.md, 10.2). Pure.
 *
 * Up to TLS 1.1 a client's first message states its highest version; later ones list theirs in an extension that is not read
 * here, and state TLS 1.2. Once no version was agreed on, OpenSSL answers in the stated one and reports that as the session's.
 */

/** OpenSSL's names of the versions that a first message can state. */
const numbers: ReadonlyMap<string, number> = new Map([
  ["SSLv3", 0x0300],
  ["TLSv1", 0x0301],
  ["TLSv1.1", 0x0302],
  ["TLSv1.2", 0x0303]
])

/** The number of a version by OpenSSL's name for it. */
export const versionNumber = (name: string | null | undefined): number | undefined => numbers.get(name ?? "")

/** The message about a client that states this version; without one it lists none. */
export const unsupportedVersions = (stated: number | undefined): string => {
  const message = "tls: client offered only unsupported versions"
  if (stated === undefined || stated >= 0x0303) return message
  const known = [0x0302, 0x0301].filter((each) => each <= stated)
  return `${message}: [${(known.length === 0 ? [stated] : known).map((each) => each.toString(16)).join(" ")}]`
}
