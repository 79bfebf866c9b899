/** Where pushed metrics go, as a socket sees it: the connection to a URL's host, and words for one that did not come about. */
import * as Net from "node:net"
import * as Tls from "node:tls"
import { errnoWords, joinHostPort, lookupWords, type NodeError } from "../runtime/ErrorWords.ts"
import { verifiedAs } from "../runtime/HttpExchange.ts"
import { lookupForSocket } from "../runtime/NameLookup.ts"

const placeOf = (url: URL) => ({
  host: url.hostname.replace(/^\[|\]$/g, ""),
  port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
  lookup: lookupForSocket
})

/** Opens connections; https trusts the PEM certificates, which are looked at once, and shows no certificate. */
export const connector = (trustAnchors: ReadonlyArray<string>): ((url: URL) => Net.Socket) => {
  let context: Tls.SecureContext | undefined
  return (url) => {
    if (url.protocol === "http:") return Net.connect(placeOf(url))
    context ??= Tls.createSecureContext({ ca: [...trustAnchors], minVersion: "TLSv1.2" })
    return Tls.connect({ ...placeOf(url), ...verifiedAs(url), rejectUnauthorized: true, secureContext: context })
  }
}

/** Go's words. */
export const dialWords = (url: URL, error: NodeError): string => {
  const { host, port } = placeOf(url)
  if (error.syscall !== "connect") return `dial tcp: ${lookupWords(error, host)}`
  return `dial tcp ${joinHostPort(error.address ?? host, error.port ?? port)}: connect: ${errnoWords(error)}`
}
