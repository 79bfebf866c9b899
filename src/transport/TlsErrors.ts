/** What went wrong in TLS, from OpenSSL's codes to the Go program's words (docs/compatibility/credentials.md, 10.2). Pure. */
import { chainLimits } from "../access/ChainLimits.ts"
import { unsupportedVersions } from "../config/OfferedVersions.ts"
import type { FailureReason } from "./ConnectionFailure.ts"
import { cause, codeOf, isSystemError, reasonOf, textProperty } from "./SystemErrors.ts"

/** A failure's stable name and its sentence. */
export interface Explained {
  readonly reason: FailureReason
  readonly message: string
}

const alerts: ReadonlyMap<number, string> = new Map([
  [0, "close notify"],
  [10, "unexpected message"],
  [20, "bad record MAC"],
  [21, "decryption failed"],
  [22, "record overflow"],
  [30, "decompression failure"],
  [40, "handshake failure"],
  [42, "bad certificate"],
  [43, "unsupported certificate"],
  [44, "revoked certificate"],
  [45, "expired certificate"],
  [46, "unknown certificate"],
  [47, "illegal parameter"],
  [48, "unknown certificate authority"],
  [49, "access denied"],
  [50, "error decoding message"],
  [51, "error decrypting message"],
  [60, "export restriction"],
  [70, "protocol version not supported"],
  [71, "insufficient security level"],
  [80, "internal error"],
  [86, "inappropriate fallback"],
  [90, "user canceled"],
  [100, "no renegotiation"],
  [109, "missing extension"],
  [110, "unsupported extension"],
  [111, "certificate unobtainable"],
  [112, "unrecognized name"],
  [113, "bad certificate status response"],
  [114, "bad certificate hash value"],
  [115, "unknown PSK identity"],
  [116, "certificate required"],
  [120, "no application protocol"],
  [121, "encrypted client hello required"]
])

/** The alert the peer sent, if that is what the error is about: OpenSSL adds 1000 to its number. */
export const alertNumber = (error: unknown): number | undefined => {
  const message = textProperty(error, "message") ?? ""
  const written = /SSL alert number (\d+)/.exec(message)?.[1]
  if (written !== undefined) return Number(written)
  const packed = /error:0A000([0-9A-F]{3}):/i.exec(message)?.[1]
  const reason = packed === undefined ? 0 : Number.parseInt(packed, 16)
  return reason >= 1000 && reason <= 1255 ? reason - 1000 : undefined
}

type Role = "server" | "client"

const notTls = new Set([
  "HTTP_REQUEST",
  "HTTPS_PROXY_REQUEST",
  "WRONG_VERSION_NUMBER",
  "UNKNOWN_PROTOCOL",
  "PACKET_LENGTH_TOO_LONG",
  "UNEXPECTED_MESSAGE",
  "RECORD_LENGTH_MISMATCH",
  "BAD_PACKET"
])

const firstRecord = "tls: first record does not look like a TLS handshake"

const handshakeWords = (code: string, role: Role, stated: number | undefined): Explained | undefined => {
  if (notTls.has(code)) {
    const hint = role === "client" ? " (the target answered, but not in TLS: does its port speak TLS?)" : ""
    return { reason: "plaintext", message: `${firstRecord}${hint}` }
  }
  switch (code) {
    case "PEER_DID_NOT_RETURN_A_CERTIFICATE":
      return { reason: "no_cert", message: "tls: client didn't provide a certificate" }
    case "UNSUPPORTED_PROTOCOL":
    case "WRONG_SSL_VERSION":
    case "VERSION_TOO_LOW":
      return {
        reason: "protocol",
        message: role === "server" ? unsupportedVersions(stated) : "tls: server selected unsupported protocol version"
      }
    case "NO_SHARED_CIPHER":
      return { reason: "protocol", message: "tls: no cipher suite supported by both client and server" }
    case "NO_SUITABLE_KEY_SHARE":
    case "NO_SUITABLE_GROUPS":
    case "NO_SHARED_GROUP":
    case "NO_SHARED_GROUPS":
      return { reason: "protocol", message: "tls: no key exchanges supported by both client and server" }
    case "NO_SUITABLE_SIGNATURE_ALGORITHM":
    case "NO_SHARED_SIGNATURE_ALGORITHMS":
      return {
        reason: "protocol",
        message: "tls: peer doesn't support any of the certificate's signature algorithms"
      }
    case "NO_APPLICATION_PROTOCOL":
      return { reason: "protocol", message: "tls: client requested unsupported application protocols" }
    case "EXCESSIVE_MESSAGE_SIZE":
      return {
        reason: "bad_certificate",
        message: `tls: ${role === "server" ? "client" : "server"} sent certificates of more than ${chainLimits.bytes} bytes`
      }
    default:
      return undefined
  }
}

const tlsWords = (code: string): Explained | undefined => {
  switch (code) {
    case "DECRYPTION_FAILED_OR_BAD_RECORD_MAC":
      return { reason: "protocol", message: "local error: tls: bad record MAC" }
    case "DATA_LENGTH_TOO_LONG":
    case "ENCRYPTED_LENGTH_TOO_LONG":
    case "RECORD_OVERFLOW":
      return { reason: "protocol", message: "local error: tls: record overflow" }
    case "UNEXPECTED_EOF_WHILE_READING":
      return { reason: "protocol", message: "unexpected EOF" }
    default:
      return undefined
  }
}

const fallback = (error: unknown, code: string): Explained => {
  const words = textProperty(error, "reason") ?? code.replaceAll("_", " ").toLowerCase()
  return { reason: "protocol", message: `tls: ${words}` }
}

/** An error after the handshake. `read` is the operation it interrupted, as in `read tcp A->B`. */
export const explain = (error: unknown, read: string): Explained => {
  const alert = alertNumber(error)
  if (alert !== undefined) {
    return { reason: "alert", message: `remote error: tls: ${alerts.get(alert) ?? `alert(${alert})`}` }
  }
  const code = codeOf(error)
  if (isSystemError(error)) {
    const call = textProperty(error, "syscall") === "write" ? "write" : "read"
    return { reason: reasonOf(error), message: `${read}: ${call}: ${cause(error)}` }
  }
  const ssl = /^ERR_(?:SSL|OSSL_SSL|OSSL)_(.+)$/.exec(code)?.[1]
  if (ssl !== undefined) return tlsWords(ssl) ?? fallback(error, ssl)
  return { reason: "other", message: cause(error) }
}

/** An error before the handshake was done. `stated` is the version that the client's first message states, where it is known. */
export const explainHandshake = (error: unknown, role: Role, read: string, stated?: number): Explained => {
  const code = codeOf(error)
  // Node's own name for a FIN during a client handshake: a reset without the system call that failed.
  if (code === "ECONNRESET" && textProperty(error, "syscall") === undefined) return { reason: "eof", message: "EOF" }
  if (alertNumber(error) !== undefined) return explain(error, read)
  const ssl = /^ERR_SSL_(.+)$/.exec(code)?.[1]
  return (ssl === undefined ? undefined : handshakeWords(ssl, role, stated)) ?? explain(error, read)
}
