/**
 * Whether a URI in a certificate is one that Go's parser reads: a certificate with another one counts as malformed
 * (docs/compatibility/credentials.md, 4.2). What matches is the text itself, its scheme in lower case.
 */

const schemeForm = /^[A-Za-z][A-Za-z0-9+.-]*:/

/** The URI with its scheme in lower case; everything else is left as it is. */
export const lowerScheme = (text: string): string => text.replace(schemeForm, (scheme) => scheme.toLowerCase())

const badEscape = /%(?![0-9A-Fa-f]{2})/
const userCharacters = /^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/
const hostCharacters = /^[A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%]*$/

const portProblem = (port: string) => (/^(:\d*)?$/.test(port) ? undefined : "invalid port after host")

const hostProblem = (host: string): string | undefined => {
  if (!hostCharacters.test(host)) return "invalid character in host name"
  if (/%(?!25|[89A-Fa-f][0-9A-Fa-f])/.test(host)) return "invalid URL escape"
  const end = host.lastIndexOf("]")
  if (host.startsWith("[")) return end < 0 ? "missing ']' in host" : portProblem(host.slice(end + 1))
  const colon = host.lastIndexOf(":")
  if (colon >= 0 && portProblem(host.slice(colon)) !== undefined) return portProblem(host.slice(colon))
  return host !== "" && host.split(".").includes("") ? "invalid domain" : undefined
}

const authorityProblem = (authority: string): string | undefined => {
  const at = authority.lastIndexOf("@")
  const user = authority.slice(0, Math.max(at, 0))
  if (!userCharacters.test(user) || badEscape.test(user)) return "invalid userinfo"
  return hostProblem(authority.slice(at + 1))
}

/** Why this text is not a URI; undefined when it is one. */
export const uriProblem = (text: string): string | undefined => {
  if (/[\0-\x1f\x7f]/.test(text)) return "invalid control character in URL"
  const [beforeFragment = ""] = text.split("#", 1)
  if (badEscape.test(text.slice(beforeFragment.length))) return "invalid URL escape"
  if (beforeFragment.startsWith(":")) return "missing protocol scheme"
  const scheme = schemeForm.exec(beforeFragment)?.[0] ?? ""
  const [rest = ""] = beforeFragment.slice(scheme.length).split("?", 1)
  if (!rest.startsWith("/")) {
    if (scheme !== "") return undefined
    const [segment = ""] = rest.split("/", 1)
    return segment.includes(":")
      ? "first path segment in URL cannot contain colon"
      : badEscape.test(rest)
        ? "invalid URL escape"
        : undefined
  }
  const hasAuthority = rest.startsWith("//") && (scheme !== "" || !rest.startsWith("///"))
  const [authority = ""] = hasAuthority ? rest.slice(2).split("/", 1) : []
  const path = hasAuthority ? rest.slice(2 + authority.length) : rest
  if (badEscape.test(path)) return "invalid URL escape"
  return hasAuthority ? authorityProblem(authority) : undefined
}
