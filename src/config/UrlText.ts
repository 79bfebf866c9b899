/** URLs as requests and log lines show them. Pure. */

/** Whether a text begins like an `http(s)` URL. */
export const isWebUrl = (text: string): boolean => /^https?:\/\//.test(text)

/**
 * The URL for log lines and error messages, with `***` for its password. From a text that is not a URL the user is removed
 * too.
 */
export const redacted = (text: string): string => {
  const url = URL.parse(text)
  if (url === null) return text.replace(/^((?:[a-z][a-z0-9+.-]*:)?[/\\]*).*@/is, "$1***@")
  if (url.password === "") return text
  const shown = text.replace(/^([a-z][a-z0-9+.-]*:[/\\]*[^:/?#\\]*):[^/?#\\]*@/i, "$1:***@")
  if (shown !== text) return shown
  // Written in a way that only the parser understands.
  url.password = "***"
  return url.href
}

/** `Host` as the URL writes it, its default port too; URL objects drop that. */
export const hostOf = (text: string, url: URL): string =>
  /^https?:\/\/(?:[^/?#]*@)?([^/?#]+)/.exec(text)?.[1] ?? url.host

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    // A percent sign that escapes nothing stands for itself.
    return text
  }
}

/** The value of `Authorization` for the user and password of a URL; undefined without them (RFC 7617). */
export const basicAuth = (url: URL): string | undefined =>
  url.username === "" && url.password === ""
    ? undefined
    : `Basic ${Buffer.from(`${decoded(url.username)}:${decoded(url.password)}`).toString("base64")}`
