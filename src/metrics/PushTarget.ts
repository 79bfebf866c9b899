/** Opens the connection of an HTTP push, and words its errors as Go does. */
import * as Net from "node:net"
import * as Tls from "node:tls"
import { errnoText, joinHostPort, lookupText, type NodeError } from "../runtime/ErrorText.ts"
import { verifiedAs } from "../runtime/HttpExchange.ts"
import { lookupForSocket } from "../runtime/NameLookup.ts"

const placeOf = (url: URL) => ({
  host: url.hostname.replace(/^\[|\]$/g, ""),
  port: url.port === "" ? (url.protocol === "https:" ? 443 : 80) : Number(url.port),
  lookup: lookupForSocket
})

/**
 * Opens connections to a URL's host. TLS trusts the given PEM certificates, parsed once, and presents no client certificate.
 */
export const connector = (trustAnchors: ReadonlyArray<string>): ((url: URL) => Net.Socket) => {
  let context: Tls.SecureContext | undefined
  return (url) => {
    if (url.protocol === "http:") return Net.connect(placeOf(url))
    context ??= Tls.createSecureContext({ ca: [...trustAnchors], minVersion: "TLSv1.2" })
    return Tls.connect({ ...placeOf(url), ...verifiedAs(url), rejectUnauthorized: true, secureContext: context })
  }
}

/** The error text that Go reports for a failed connection. */
export const dialWords = (url: URL, error: NodeError): string => {
  const { host, port } = placeOf(url)
  if (error.syscall !== "connect") return `dial tcp: ${lookupText(error, host)}`
  return `dial tcp ${joinHostPort(error.address ?? host, error.port ?? port)}: connect: ${errnoText(error)}`
}
