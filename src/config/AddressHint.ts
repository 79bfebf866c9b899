/** Suggests what to write instead of a malformed address. Pure. */

const defaultPorts: ReadonlyMap<string, string> = new Map([
  ["http", "80"],
  ["https", "443"]
])

/** `HOST:PORT` out of the part of a URL before its path; undefined when it would not be an address either. */
const hostPortIn = (authority: string, scheme: string): string | undefined => {
  const place = authority.replace(/^.*@/, "")
  if (!/^(?:[A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,64}\])(?::[A-Za-z0-9-]{1,32})?$/.test(place)) return undefined
  const port = defaultPorts.get(scheme.toLowerCase())
  return /:[A-Za-z0-9-]+$/.test(place.replace(/^\[.*\]/, ""))
    ? place
    : port === undefined
      ? undefined
      : `${place}:${port}`
}

/** For URLs and for addresses followed by a path; undefined for any other text. */
export const addressHint = (text: string): string | undefined => {
  const [url, scheme = "", authority = ""] = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/?#]*)/.exec(text) ?? []
  if (url !== undefined) {
    const instead = hostPortIn(authority, scheme)
    return `a URL is not an address: give ${instead ?? "HOST:PORT"}`
  }
  const [, before] = /^([^/\s]+:\d{1,5})\//.exec(text) ?? []
  const instead = before === undefined ? undefined : hostPortIn(before, "")
  return instead === undefined ? undefined : `an address has no path: give ${instead}`
}

/** An error message about a malformed address, followed by the hint if there is one. */
export const hinted = (sentence: string, text: string): string => {
  const hint = addressHint(text)
  return hint === undefined ? sentence : `${sentence} (${hint})`
}
