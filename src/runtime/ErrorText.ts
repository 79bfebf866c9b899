/** Go's error texts for Node's socket and handshake errors, for the status port and the log. */

import { unsupportedVersions } from "../config/OfferedVersions.ts"

/** The fields of Node's errors that are read here; any may be missing. */
export interface NodeError {
  readonly code: string | undefined
  readonly syscall: string | undefined
  readonly address: string | undefined
  readonly port: number | undefined
  readonly hostname: string | undefined
  readonly message: string
}

const text = (value: unknown): string | undefined => (typeof value === "string" ? value : undefined)

/** Reads a Node error; of several failed connect attempts the first. */
export const nodeError = (error: unknown): NodeError => {
  if (error instanceof AggregateError && error.errors.length > 0) return nodeError(error.errors[0])
  const fields: ReadonlyMap<string, unknown> =
    typeof error === "object" && error !== null ? new Map(Object.entries(error)) : new Map()
  const port = fields.get("port")
  return {
    code: text(fields.get("code")),
    syscall: text(fields.get("syscall")),
    address: text(fields.get("address")),
    port: typeof port === "number" ? port : undefined,
    hostname: text(fields.get("hostname")),
    message: error instanceof Error ? error.message : String(error)
  }
}

const errnos: ReadonlyMap<string, string> = new Map([
  ["EACCES", "permission denied"],
  ["EADDRINUSE", "address already in use"],
  ["EADDRNOTAVAIL", "cannot assign requested address"],
  ["EAFNOSUPPORT", "address family not supported by protocol"],
  ["EBADF", "bad file descriptor"],
  ["ECONNREFUSED", "connection refused"],
  ["ECONNRESET", "connection reset by peer"],
  ["EHOSTUNREACH", "no route to host"],
  ["EINVAL", "invalid argument"],
  ["EMFILE", "too many open files"],
  ["ENETUNREACH", "network is unreachable"],
  ["ENFILE", "too many open files in system"],
  ["ENOENT", "no such file or directory"],
  ["ENOTDIR", "not a directory"],
  ["ENOTSOCK", "socket operation on non-socket"],
  ["EPERM", "operation not permitted"],
  ["EPIPE", "broken pipe"],
  ["EROFS", "read-only file system"],
  ["ETIMEDOUT", "connection timed out"]
])

/** The system's text for an error code; the error's own message for an unknown code. */
export const errnoText = (error: NodeError): string => errnos.get(error.code ?? "") ?? error.message

/** `HOST:PORT` with IPv6 in brackets and IPv4-mapped addresses as IPv4. */
export const joinHostPort = (host: string, port: number): string => {
  const plain = host.startsWith("::ffff:") && host.includes(".") ? host.slice(7) : host
  return plain.includes(":") ? `[${plain}]:${port}` : `${plain}:${port}`
}

/** Go's text for a name that does not resolve, without the operation. */
export const lookupText = (error: NodeError, host: string): string =>
  `lookup ${error.hostname ?? host}: ${
    error.code === "ENOTFOUND" || error.code === "ENODATA" ? "no such host" : errnoText(error)
  }`

const handshakes: ReadonlyMap<string, string> = new Map([
  ["ERR_SSL_HTTP_REQUEST", "client sent an HTTP request to an HTTPS server"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls: first record does not look like a TLS handshake"],
  ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "tls: oversized record received"],
  ["ERR_SSL_NO_SHARED_CIPHER", "tls: no cipher suite supported by both client and server"],
  [
    "ERR_SSL_NO_SUITABLE_SIGNATURE_ALGORITHM",
    "tls: peer doesn't support any of the certificate's signature algorithms"
  ],
  ["ERR_SSL_NO_SUITABLE_KEY_SHARE", "tls: no key exchanges supported by both client and server"],
  ["ERR_SSL_UNEXPECTED_EOF_WHILE_READING", "EOF"],
  ["ERR_TLS_HANDSHAKE_TIMEOUT", "i/o timeout"]
])

// Alert names: OpenSSL's carry the protocol version that introduced them, Go's the meaning.
const alerts: ReadonlyMap<string, string> = new Map([
  ["unknown ca", "unknown certificate authority"],
  ["certificate unknown", "unknown certificate"],
  ["certificate expired", "expired certificate"],
  ["certificate revoked", "revoked certificate"],
  ["access denied", "access denied"],
  ["protocol version", "protocol version not supported"]
])

const versionErrors: ReadonlyArray<string | undefined> = ["ERR_SSL_UNSUPPORTED_PROTOCOL", "ERR_SSL_VERSION_TOO_LOW"]

/** Why a handshake failed, without the log line's prefix. `stated` is the version that a client's first message stated. */
export const handshakeText = (cause: unknown, stated?: number): string => {
  const error = nodeError(cause)
  if (versionErrors.includes(error.code)) return unsupportedVersions(stated)
  const known = handshakes.get(error.code ?? "")
  if (known !== undefined) return known
  // Node also reports ECONNRESET for a peer that closed; only a real reset has `syscall` set.
  if (error.code === "ECONNRESET" && error.syscall === undefined) return "EOF"
  if (error.syscall !== undefined) return `${error.syscall}: ${errnoText(error)}`
  const alert = /^ERR_SSL_(?:SSLV3|TLSV1|TLSV13)_ALERT_(.+)$/.exec(error.code ?? "")?.[1]
  if (alert !== undefined) {
    const name = alert.toLowerCase().replaceAll("_", " ")
    return `remote error: tls: ${alerts.get(name) ?? name}`
  }
  const reason = /:SSL routines:[^:]*:([^:\n]+)/.exec(error.message)?.[1]
  return reason === undefined ? error.message : `tls: ${reason}`
}
