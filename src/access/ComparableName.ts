/** Names and bytes as texts that are equal when they are. */
import type { Subject } from "./PeerCertificate.ts"

/** A name as names are compared (RFC 5280, section 7.1): whatever its string types, letter case and spacing. */
export const comparableName = (name: Subject): string =>
  name.attributes.map(({ oid, text }) => `${oid}=${text.trim().replace(/\s+/g, " ").toLowerCase()}`).join("\u0000")

export const hex = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")
