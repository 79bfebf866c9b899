/** The document a policy sees as `input`. */
import { Result } from "effect"
import { Malformed } from "../access/Der.ts"
import { certificateValue } from "./rego/certificates/Certificate.ts"
import { record } from "./rego/values/Collections.ts"
import type { RegoObject, Value } from "./rego/values/Value.ts"

/** What is known of the connection beside the peer's certificate. */
export interface PolicyConnection {
  /** The peer's address without its port: an IP address, or the path of a UNIX socket. */
  readonly remoteAddress?: string | undefined
  readonly remotePort?: number | undefined
  /** The name the client asked for (SNI). */
  readonly serverName?: string | undefined
  /** The negotiated protocol. */
  readonly alpn?: string | undefined
  /** `TLSv1.2` or `TLSv1.3`. */
  readonly tlsVersion?: string | undefined
}

/** `input.connection`: every field is there, null where it is not known. */
export const connectionValue = (connection: PolicyConnection): RegoObject =>
  record({
    remote_address: connection.remoteAddress ?? null,
    remote_port: connection.remotePort ?? null,
    server_name: connection.serverName ?? null,
    alpn: connection.alpn ?? null,
    tls_version: connection.tlsVersion ?? null
  })

/** `input.certificate` of a certificate in DER. It is the same for every connection: keep it as long as the certificate. */
export const certificateInput = (der: Uint8Array): Result.Result<RegoObject, string> => {
  try {
    return Result.succeed(certificateValue(der))
  } catch (cause) {
    if (cause instanceof Malformed) return Result.fail(cause.message)
    throw cause
  }
}

/** The input document. Without a connection it has no such member. */
export const policyInput = (certificate: Value, connection?: PolicyConnection): RegoObject =>
  record(connection === undefined ? { certificate } : { certificate, connection: connectionValue(connection) })
